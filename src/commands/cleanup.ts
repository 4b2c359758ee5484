import * as Flags from "@oclif/core/flags";
import type { CleanupResult } from "../control/cleanup/cleanup.ts";
import { TbError, type ErrorCode } from "../errors.ts";
import { TbCommand } from "../tb-command.ts";
import { formatCleanup } from "../ui/cleanup.ts";

export default class Cleanup extends TbCommand<CleanupResult> {
  static override summary = "Remove what nobody needs any more, and put old snapshots away.";
  static override description =
    "Removes what ended runs still hold, sandboxes and copies of databases without a run, half-made files, earlier builds, unused dependencies and old backups; archives old snapshots. Parked runs keep everything they hold, and what another installation made is never touched.";
  static override examples = [
    "<%= config.bin %> cleanup --dry-run",
    "<%= config.bin %> cleanup --yes",
    "<%= config.bin %> cleanup --yes --older-than 7d --keep 2",
  ];
  static override exitCodes: readonly ErrorCode[] = ["approval_required", "partial"];

  static override flags = {
    "dry-run": Flags.boolean({ description: "List what would go, and change nothing.", exclusive: ["yes"] }),
    yes: Flags.boolean({ char: "y", description: "Do not ask." }),
    "older-than": Flags.string({
      description: "How long something has to be unused when no run tells (also s, m, h, w).",
      default: "30d",
      helpValue: "30d",
    }),
    keep: Flags.integer({
      description: "How many earlier builds, snapshots and backups of a project stay.",
      default: 5,
      min: 1,
      max: 1000,
    }),
  };

  async run(): Promise<CleanupResult> {
    const { flags } = await this.parse(Cleanup);
    const { parsePointInTime } = await import("../ui/point-in-time.ts");
    const before = new Date(parsePointInTime(flags["older-than"], "--older-than"));
    const { home, controlUrl } = this.tbConfig;
    const { exists } = await import("../processes/folders.ts");
    if (controlUrl === null && !(await exists(home))) return NOTHING;
    const { carryOut, describePlan, planCleanup } = await import("../control/cleanup/cleanup.ts");
    const plan = await planCleanup(await this.control(), this.adapters, { home, before, keep: flags.keep });
    const planned = describePlan(plan);
    if (flags["dry-run"] || planned.outcome === "unchanged") return planned;
    if (!flags.yes) await this.ask(planned);
    const result = await carryOut(plan, (text) => this.progress(text));
    const failed = result.items.filter(({ outcome }) => outcome === "failed");
    if (failed.length > 0) this.conclude(notAll(failed.length, result.items.length));
    return result;
  }

  /** Throws TbError "approval_required" when nobody agrees. */
  private async ask(planned: CleanupResult): Promise<void> {
    const refusal = new TbError("approval_required", `${planned.items.length} things would go.`, {
      suggestion: "tb cleanup --dry-run      look at them\ntb cleanup --yes",
    });
    if (!this.canAsk()) throw refusal;
    this.progress(formatCleanup(planned));
    const { askConfirm } = await import("../ui/prompts.ts");
    if (!(await askConfirm("Go on?"))) throw refusal;
  }

  protected format(data: CleanupResult): string {
    return formatCleanup(data);
  }
}

/** No home, so nothing was ever made; looking must not make one. */
const NOTHING: CleanupResult = { outcome: "unchanged", items: [], bytes: 0, parked: [], unknown: [] };

function notAll(failed: number, all: number): TbError {
  return new TbError("partial", `${failed} of ${all} could not be done.`, {
    suggestion: "tb cleanup --yes      tries again",
    retryable: true,
  });
}
