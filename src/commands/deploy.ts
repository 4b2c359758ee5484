import * as Args from "@oclif/core/args";
import type { DeployResult } from "../pipeline/phases/record-deploy.ts";
import { TbCommand } from "../tb-command.ts";
import { formatDeployed } from "../ui/deploy-result.ts";

export default class Deploy extends TbCommand<DeployResult> {
  static override summary = "Build a project's main branch and run it.";
  static override description =
    "Migrations that are not applied yet are applied first. The new version starts beside the one that serves and takes over when its health check answers; otherwise the old one stays.";
  static override examples = [
    "<%= config.bin %> deploy todo-api",
    "<%= config.bin %> deploy prj_4k2m --json",
    "<%= config.bin %> deploy todo-api --events",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  async run(): Promise<DeployResult> {
    const { args } = await this.parse(Deploy);
    const { startDeploy } = await import("../pipeline/start-deploy.ts");
    return startDeploy(this.runner(), await this.control(), {
      ownerId: await this.owner(),
      project: args.project,
    });
  }

  protected format(data: DeployResult): string {
    return formatDeployed(data);
  }
}
