import * as Args from "@oclif/core/args";
import type { ProjectStatus } from "../control/project-status.ts";
import { TbCommand } from "../tb-command.ts";
import { formatStatus } from "../ui/project-status.ts";

export default class Status extends TbCommand<ProjectStatus> {
  static override summary = "Show whether a project runs, and where its parts are.";
  static override examples = [
    "<%= config.bin %> status todo-api",
    "<%= config.bin %> status prj_4k2m",
    "<%= config.bin %> status todo-api --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  async run(): Promise<ProjectStatus> {
    const { args } = await this.parse(Status);
    const { findProject } = await import("../control/projects.ts");
    const { projectStatus } = await import("../control/project-status.ts");
    const control = await this.control();
    return projectStatus(control, this.adapters, await findProject(control, await this.owner(), args.project));
  }

  protected format(data: ProjectStatus): string {
    return formatStatus(data);
  }
}
