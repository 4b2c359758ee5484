import * as Args from "@oclif/core/args";
import { TbError, toErrorJson, type ErrorCode } from "../../errors.ts";
import type { RunSink } from "../../pipeline/types.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatRunResult, type RunResult } from "../../ui/run-result.ts";
import { notVerified } from "../../ui/verify-result.ts";

export default class RunsWatch extends TbCommand<RunResult> {
  static override summary = "Follow a run that another process works on.";
  static override description =
    "Shows it as the command that started it does, and ends with its result and its exit code. Ctrl-C only stops watching.";
  static override examples = [
    "<%= config.bin %> runs watch",
    "<%= config.bin %> runs watch 7f3k",
    "<%= config.bin %> runs watch run_7f3k2m9x0a --events",
  ];

  static override args = {
    run: Args.string({ description: "Id of the run, or the beginning of it; the newest that works by default." }),
  };

  static override exitCodes: readonly ErrorCode[] = ["verification_failed", "limit_reached", "conflict", "partial"];

  async run(): Promise<RunResult> {
    const { args, flags } = await this.parse(RunsWatch);
    const { findRun } = await import("../../control/runs.ts");
    const { watchRun } = await import("../../control/watch-run.ts");
    const { effectiveState } = await import("../../control/run-view.ts");
    const { outcomeOf } = await import("../../pipeline/run-outcome.ts");
    const control = await this.control();
    const row = await findRun(control, args.run ?? (await this.newestWorking()));
    if (effectiveState(row) !== "running" && !flags.events) {
      this.runId = row.run_id;
      return this.cameTo(outcomeOf(row));
    }
    const stop = this.stopSignal();
    return this.runner().follow(row.run_id, async ({ sinks }) => {
      async function tell(event: Parameters<RunSink>[0]): Promise<void> {
        for (const sink of sinks) await sink(event, false);
      }
      const ended = await watchRun(control, row.run_id, tell, stop);
      if (ended) return this.cameTo(outcomeOf(ended));
      const left = new TbError("interrupted", `Stopped watching; run ${row.run_id} goes on.`, {
        suggestion: `tb runs watch ${row.run_id}`,
      });
      // Ends what is drawn, or the stream of events.
      await tell({
        type: "run.parked",
        error: toErrorJson(left),
        runId: row.run_id,
        seq: -1,
        at: new Date().toISOString(),
      });
      throw left;
    });
  }

  /** Ends this command as the one that started the run ended. */
  private cameTo(result: object): RunResult {
    const shortfall = notVerified(result);
    if (shortfall) this.conclude(shortfall);
    return result as RunResult;
  }

  private async newestWorking(): Promise<string> {
    const { viewRuns } = await import("../../control/run-view.ts");
    const [newest] = await viewRuns(await this.control(), await this.owner(), { state: "running", limit: 1 });
    if (newest) return newest.id;
    throw new TbError("not_found", "No run is being worked on.", {
      suggestion: "tb runs list      shows what has run",
    });
  }

  protected format(data: RunResult): string {
    return formatRunResult(data);
  }
}
