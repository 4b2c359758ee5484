import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { TbError } from "../errors.ts";
import type { DestroyResult } from "../pipeline/phases/record-destroy.ts";
import { TbCommand } from "../tb-command.ts";
import { formatDestroyed } from "../ui/destroy-result.ts";

export default class Destroy extends TbCommand<DestroyResult> {
  static override summary = "Remove a project for good: deployment, database, repository, snapshots.";
  static override description = "Only its timeline stays. There is no undo; the project's name has to be given twice.";
  static override examples = [
    "<%= config.bin %> destroy todo-api --confirm todo-api",
    "<%= config.bin %> destroy prj_4k2m --confirm todo-api",
    "<%= config.bin %> destroy todo-api --confirm todo-api --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  static override flags = {
    confirm: Flags.string({ description: "The project's name, to show that you mean it.", helpValue: "NAME" }),
  };

  async run(): Promise<DestroyResult> {
    const { args, flags } = await this.parse(Destroy);
    const { findProject } = await import("../control/projects.ts");
    const { startDestroy } = await import("../pipeline/start-destroy.ts");
    const control = await this.control();
    const project = await findProject(control, await this.owner(), args.project);
    if (flags.confirm !== project.name) {
      throw new TbError(
        "approval_required",
        `This would remove ${project.name} (${project.project_id}) with its database for good.`,
        {
          suggestion: `tb destroy ${args.project} --confirm ${project.name}`,
        },
      );
    }
    return startDestroy(this.runner(), control, project);
  }

  protected format(data: DestroyResult): string {
    return formatDestroyed(data);
  }
}
