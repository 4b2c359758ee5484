import * as Args from "@oclif/core/args";
import type { CreateResult } from "../pipeline/phases/record.ts";
import type { DeployResult } from "../pipeline/phases/record-deploy.ts";
import { TbCommand } from "../tb-command.ts";
import { formatCreated } from "../ui/create-result.ts";
import { formatDeployed } from "../ui/deploy-result.ts";

type Result = CreateResult | DeployResult;

export default class Resume extends TbCommand<Result> {
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

  async run(): Promise<Result> {
    const { args } = await this.parse(Resume);
    const { findRun } = await import("../control/runs.ts");
    const { resumeRun } = await import("../pipeline/start-run.ts");
    const row = await findRun(await this.control(), args.run);
    return (await this.runner().follow(row.run_id, (deps) => resumeRun(deps, row))) as Result;
  }

  protected format(data: Result): string {
    return data.outcome === "created" ? formatCreated(data) : formatDeployed(data);
  }
}
