import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { ErrorCode, TbError } from "../errors.ts";
import type { DeployResult } from "../pipeline/phases/record-deploy.ts";
import { unsafeNoSandbox } from "../sandbox-flag.ts";
import { TbCommand } from "../tb-command.ts";
import { formatDeployed } from "../ui/deploy-result.ts";

export default class Deploy extends TbCommand<DeployResult> {
  static override summary = "Run a project's main branch, or bring an earlier version back.";
  static override description = `The version starts beside the one that serves and takes over when its health check answers; otherwise the old one stays. Deploying main applies its new migrations first, after trying them with the new version on an empty database.

A rollback starts the version that served before. Migrations go forward only: those that came later stay applied, and tb says which. Where the older version may trip over one (something was dropped, renamed or made stricter), it asks first.

When the version serves already in good health, nothing is done.`;
  static override examples = [
    "<%= config.bin %> deploy todo-api",
    "<%= config.bin %> deploy todo-api --rollback",
    "<%= config.bin %> deploy todo-api --rollback --to dep_4x1 --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  static override flags = {
    force: Flags.boolean({ description: "Build and start it also when it serves already." }),
    rollback: Flags.boolean({ description: "Bring the version back that served before.", helpGroup: "ROLLBACK" }),
    to: Flags.string({
      description: "The version of this deployment; its id may be shortened.",
      helpValue: "DEPLOYMENT",
      helpGroup: "ROLLBACK",
      dependsOn: ["rollback"],
    }),
    "unsafe-no-sandbox": unsafeNoSandbox,
    "allow-newer-schema": Flags.boolean({
      description: "Go back although the older version may trip over later migrations.",
      helpGroup: "ROLLBACK",
      dependsOn: ["rollback"],
    }),
  };

  static override exitCodes: readonly ErrorCode[] = ["approval_required", "conflict"];

  async run(): Promise<DeployResult> {
    const { args, flags } = await this.parse(Deploy);
    const { startDeploy } = await import("../pipeline/start-deploy.ts");
    const accept = async (warning: TbError) => flags["allow-newer-schema"] || this.ask(warning);
    return startDeploy(this.runner(), await this.control(), this.adapters, {
      ownerId: await this.owner(),
      project: args.project,
      force: flags.force,
      rollback: flags.rollback ? { to: flags.to ?? null, accept } : null,
    });
  }

  private async ask(warning: TbError): Promise<boolean> {
    if (!this.canAsk()) return false;
    const { askConfirm } = await import("../ui/prompts.ts");
    this.progress([warning.message, ...(warning.details ?? []).map((line) => `  ${line}`)].join("\n"));
    return askConfirm("Go back all the same?");
  }

  protected format(data: DeployResult): string {
    return formatDeployed(data);
  }
}
