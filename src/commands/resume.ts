import * as Args from "@oclif/core/args";
import type { ErrorCode } from "../errors.ts";
import { backupFailure } from "../pipeline/backup-failure.ts";
import type { AlreadyFinished } from "../pipeline/start-run.ts";
import { unsafeNoSandbox } from "../sandbox-flag.ts";
import { TbCommand } from "../tb-command.ts";
import { prose } from "../ui/layout.ts";
import { formatTime } from "../ui/output.ts";
import { formatRunResult, type RunResult } from "../ui/run-result.ts";
import { notVerified } from "../ui/verify-result.ts";

export default class Resume extends TbCommand<RunResult | AlreadyFinished> {
  static override summary = "Continue a run that was interrupted, killed or parked.";
  static override description = "Finished steps are not done again; no model turn is paid twice.";
  static override examples = [
    "<%= config.bin %> resume run_7f3k2m9x0a",
    "<%= config.bin %> resume 7f3k",
    "<%= config.bin %> resume run_7f3k2m9x0a --events",
  ];

  static override args = {
    run: Args.string({ description: "Id of the run, or the beginning of it.", required: true }),
  };

  static override flags = { "unsafe-no-sandbox": unsafeNoSandbox };

  static override exitCodes: readonly ErrorCode[] = ["verification_failed", "conflict", "partial"];

  async run(): Promise<RunResult | AlreadyFinished> {
    const { args } = await this.parse(Resume);
    const { findRun } = await import("../control/runs.ts");
    const { alreadyFinished, resumeRun } = await import("../pipeline/start-run.ts");
    const row = await findRun(await this.control(), args.run);
    const finished = alreadyFinished(row);
    if (finished) return finished;
    const result = (await this.runner().follow(row.run_id, (deps) => resumeRun(deps, row))) as RunResult;
    const shortfall = "backups" in result ? backupFailure(result) : notVerified(result);
    if (shortfall) this.conclude(shortfall);
    return result;
  }

  protected format(data: RunResult | AlreadyFinished): string {
    if (!("finished_at" in data)) return formatRunResult(data);
    const when = formatTime(Date.parse(data.finished_at) / 1000);
    const text = `Run ${data.run.id} has finished already (${when}); there is nothing to continue.`;
    return `${prose(text)}\n  → tb runs show ${data.run.id}`;
  }
}
