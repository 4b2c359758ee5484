import type { EngineRoomStatus } from "../../control/engine-room.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatEngineRoom } from "../../ui/engine-room.ts";

export default class DbStart extends TbCommand<EngineRoomStatus> {
  static override summary = "Start the embedded clusters; other commands do it by themselves when they need one.";
  static override examples = [
    "<%= config.bin %> db start",
    "<%= config.bin %> db start --json",
    "<%= config.bin %> db start --quiet",
  ];

  async run(): Promise<EngineRoomStatus> {
    await this.parse(DbStart);
    const { dbStart } = await import("../../control/engine-room.ts");
    return dbStart(this.tbConfig);
  }

  protected format(data: EngineRoomStatus): string {
    return formatEngineRoom(data);
  }
}
