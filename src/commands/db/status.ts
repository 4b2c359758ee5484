import type { EngineRoomStatus } from "../../control/engine-room.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatEngineRoom } from "../../ui/engine-room.ts";

export default class DbStatus extends TbCommand<EngineRoomStatus> {
  static override summary = "Show the two clusters: tb's own state and the projects' databases.";
  static override examples = [
    "<%= config.bin %> db status",
    "<%= config.bin %> db status --json",
    "<%= config.bin %> db status --json > status.json",
  ];

  async run(): Promise<EngineRoomStatus> {
    await this.parse(DbStatus);
    const { dbStatus } = await import("../../control/engine-room.ts");
    return dbStatus(this.tbConfig);
  }

  protected format(data: EngineRoomStatus): string {
    return formatEngineRoom(data);
  }
}
