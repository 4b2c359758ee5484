import * as Args from "@oclif/core/args";
import { TbCommand } from "../tb-command.ts";
import { prose } from "../ui/layout.ts";

interface Cancelled {
  outcome: "cancelled" | "unchanged";
  run: { id: string };
  released: string[];
}

export default class Cancel extends TbCommand<Cancelled> {
  static override summary = "Stop a run and undo everything it has made.";
  static override examples = [
    "<%= config.bin %> cancel run_7f3k2m9x0a",
    "<%= config.bin %> cancel 7f3k",
    "<%= config.bin %> cancel 7f3k --json",
  ];

  static override args = {
    run: Args.string({ description: "Id of the run, or the beginning of it.", required: true }),
  };

  async run(): Promise<Cancelled> {
    const { args } = await this.parse(Cancel);
    const { findRun } = await import("../control/runs.ts");
    const { cancelRun } = await import("../pipeline/start-run.ts");
    const row = await findRun(await this.control(), args.run);
    const { outcome, released } = await this.runner().follow(row.run_id, (deps) => cancelRun(deps, row));
    return { outcome, run: { id: row.run_id }, released };
  }

  protected format({ outcome, run, released }: Cancelled): string {
    if (outcome === "unchanged")
      return prose(`Run ${run.id} has ended before and was undone then; there was nothing to do.`);
    return [`Cancelled ${run.id}; it has left nothing behind.`, ...released.map((name) => `  removed ${name}`)].join(
      "\n",
    );
  }
}
