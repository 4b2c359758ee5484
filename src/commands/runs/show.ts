import * as Args from "@oclif/core/args";
import type { ShownRun } from "../../control/run-view.ts";
import { TbCommand } from "../../tb-command.ts";
import { failedChecks } from "../../ui/verify-result.ts";
import { fitTable } from "../../ui/layout.ts";
import { formatDuration, formatTime, formatUsd } from "../../ui/output.ts";

const NEXT: Partial<Record<ShownRun["state"], string[]>> = { parked: ["resume", "cancel"], running: ["runs watch"] };

export default class RunsShow extends TbCommand<ShownRun> {
  static override summary = "Show what a run did, what it holds and what it cost.";
  static override examples = [
    "<%= config.bin %> runs show run_7f3k2m9x0a",
    "<%= config.bin %> runs show 7f3k",
    "<%= config.bin %> runs show 7f3k --json",
  ];

  static override args = {
    run: Args.string({ description: "Id of the run, or the beginning of it.", required: true }),
  };

  async run(): Promise<ShownRun> {
    const { args } = await this.parse(RunsShow);
    const { findRun } = await import("../../control/runs.ts");
    const { showRun } = await import("../../control/run-view.ts");
    const control = await this.control();
    return showRun(control, await findRun(control, args.run));
  }

  protected format(run: ShownRun): string {
    const head = [
      ["Run", `${run.id}  ${run.pipeline}  ${run.state}`],
      ["Project", run.project ? `${run.project.name ?? "-"}  ${run.project.id}` : "-"],
      ["Asked", run.request ?? "-"],
      ["Began", formatTime(Date.parse(run.created_at) / 1000)],
      ["Cost", `${formatUsd(run.cost.usd)}  ${run.cost.input_tokens} tokens in, ${run.cost.output_tokens} out`],
      ...(run.error ? [["Error", run.error.message]] : []),
      ...(run.verification ? [["Verified", run.verification.passed ? "yes" : "no"]] : []),
    ];
    const phases = run.phases.map(({ name, state, duration_ms }) => [
      name,
      state.replace("_", " "),
      duration_ms === null ? "" : formatDuration(duration_ms),
    ]);
    const held = run.resources
      .filter(({ state }) => state !== "released")
      .map(({ kind, name }) => ["holds", kind, name]);
    const next = NEXT[run.state]?.map((command) => `  → tb ${command} ${run.id}`) ?? [];
    const found = failedChecks(run.verification?.checks ?? [])
      .join("\n")
      .trimStart();
    return [fitTable(head), fitTable(phases), found && `  ${found}`, fitTable(held), next.join("\n")]
      .filter(Boolean)
      .join("\n\n");
  }
}
