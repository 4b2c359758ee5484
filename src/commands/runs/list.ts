import * as Flags from "@oclif/core/flags";
import type { ListedRun } from "../../control/run-view.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatTable, formatTime } from "../../ui/output.ts";

interface Listed {
  runs: ListedRun[];
}

export default class RunsList extends TbCommand<Listed> {
  static override summary = "List runs, newest first; parked ones can be resumed.";
  static override examples = [
    "<%= config.bin %> runs list",
    "<%= config.bin %> runs list --state parked",
    "<%= config.bin %> runs list --limit 5 --json",
  ];

  static override flags = {
    state: Flags.string({
      description: "Only runs in this state.",
      options: ["running", "parked", "failed", "succeeded", "cancelled"],
    }),
    limit: Flags.integer({ description: "How many at most.", default: 20, min: 1, max: 1000 }),
  };

  async run(): Promise<Listed> {
    const { flags } = await this.parse(RunsList);
    const { viewRuns } = await import("../../control/run-view.ts");
    return { runs: await viewRuns(await this.control(), await this.owner(), flags) };
  }

  protected format({ runs }: Listed): string {
    if (runs.length === 0) return "There are no such runs.";
    const parked = runs.find(({ state }) => state === "parked");
    const table = formatTable(
      runs.map((run) => [
        run.id,
        run.pipeline,
        run.state,
        run.project?.name ?? "-",
        formatTime(Date.parse(run.created_at) / 1000),
      ]),
    );
    return parked ? `${table}\n\n  → tb resume ${parked.id}\n  → tb cancel ${parked.id}` : table;
  }
}
