import type { StopOutcome } from "../../control/engine-room.ts";
import { TbCommand } from "../../tb-command.ts";

interface Stopped {
  control: StopOutcome;
  projects: StopOutcome;
}

const WORDS: Record<StopOutcome, string> = {
  stopped: "stopped",
  not_running: "was not running",
  external: "is a server of your own; tb does not stop it",
};

export default class DbStop extends TbCommand<Stopped> {
  static override summary = "Stop the embedded clusters. Deployed backends answer 503 until they run again.";
  static override examples = [
    "<%= config.bin %> db stop",
    "<%= config.bin %> db stop --json",
    "<%= config.bin %> db stop --quiet",
  ];

  async run(): Promise<Stopped> {
    await this.parse(DbStop);
    const { dbStop } = await import("../../control/engine-room.ts");
    return dbStop(this.tbConfig);
  }

  protected format({ control, projects }: Stopped): string {
    return `control cluster ${WORDS[control]}\nprojects cluster ${WORDS[projects]}\n  → tb db start`;
  }
}
