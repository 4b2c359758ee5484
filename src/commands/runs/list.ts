import * as Flags from "@oclif/core/flags";
import type { ListedRun } from "../../control/run-view.ts";
import type { RunState } from "../../control/runs.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatTime } from "../../ui/output.ts";
import { fitTable } from "../../ui/layout.ts";

/** The data of `tb runs list --json`. */
export interface ListedRuns {
  /** Newest first. */
  runs: ListedRun[];
}

const STATES: RunState[] = ["running", "parked", "failed", "succeeded", "cancelled"];

export default class RunsList extends TbCommand<ListedRuns> {
  static override summary = "List runs, newest first; parked ones can be resumed.";
  static override examples = [
    "<%= config.bin %> runs list",
    "<%= config.bin %> runs list --state parked --project todo-api",
    "<%= config.bin %> runs list --limit 5 --json",
  ];

  static override flags = {
    state: Flags.custom<RunState>({ options: STATES })({
      description: "Only runs in this state.",
      helpGroup: "FILTER",
    }),
    project: Flags.string({
      description: "Only runs of this project: name, or id (also of one that was destroyed).",
      helpValue: "PROJECT",
      helpGroup: "FILTER",
    }),
    limit: Flags.integer({ description: "How many at most.", default: 20, min: 1, max: 1000, helpGroup: "FILTER" }),
  };

  async run(): Promise<ListedRuns> {
    const { flags } = await this.parse(RunsList);
    const { viewRuns } = await import("../../control/run-view.ts");
    const [control, ownerId] = [await this.control(), await this.owner()];
    const projectId = flags.project === undefined ? undefined : await this.projectId(flags.project);
    return { runs: await viewRuns(control, ownerId, { state: flags.state, projectId, limit: flags.limit }) };
  }

  private async projectId(nameOrId: string): Promise<string> {
    if (/^prj_[0-9a-z]{10}$/.test(nameOrId)) return nameOrId;
    const { findProject } = await import("../../control/projects.ts");
    return (await findProject(await this.control(), await this.owner(), nameOrId)).project_id;
  }

  protected format({ runs }: ListedRuns): string {
    if (runs.length === 0) return "There are no such runs.";
    const parked = runs.find(({ state }) => state === "parked");
    const running = runs.find(({ state }) => state === "running");
    const table = fitTable(
      runs.map((run) => [
        run.id,
        run.pipeline,
        run.state,
        run.project?.name ?? run.project?.id ?? "-",
        formatTime(Date.parse(run.created_at) / 1000),
      ]),
    );
    const next = [
      ...(running ? [`  → tb runs watch ${running.id}`] : []),
      ...(parked ? [`  → tb resume ${parked.id}`, `  → tb cancel ${parked.id}`] : []),
    ];
    return next.length > 0 ? `${table}\n\n${next.join("\n")}` : table;
  }
}
