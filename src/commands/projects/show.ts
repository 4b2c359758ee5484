import * as Args from "@oclif/core/args";
import type { ProjectStatus } from "../../control/project-status.ts";
import { TbCommand } from "../../tb-command.ts";
import { fitTable } from "../../ui/layout.ts";
import { formatScores } from "../../ui/scores.ts";
import { formatDeployments, formatStatus } from "../../ui/project-status.ts";

export default class ProjectsShow extends TbCommand<ProjectStatus> {
  static override summary = "Show everything about a project: endpoints, tables, dependencies, deployment.";
  static override examples = [
    "<%= config.bin %> projects show todo-api",
    "<%= config.bin %> projects show prj_4k2m",
    "<%= config.bin %> projects show todo-api --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  async run(): Promise<ProjectStatus> {
    const { args } = await this.parse(ProjectsShow);
    const { findProject } = await import("../../control/projects.ts");
    const { projectStatus } = await import("../../control/project-status.ts");
    const control = await this.control();
    return projectStatus(control, this.adapters, await findProject(control, await this.owner(), args.project));
  }

  protected format(data: ProjectStatus): string {
    const scores = formatScores(data.scores);
    const parts = [
      ["Scores", scores && fitTable([[scores]])],
      ["Endpoints", fitTable(data.endpoints.map(({ method, path, file }) => [method, path, file]))],
      ["Deployments", formatDeployments(data)],
      ["Packages", fitTable(Object.entries(data.dependencies).map(([name, version]) => [name, version]))],
    ] as const;
    const shown = parts.filter(([, table]) => table !== "").map(([title, table]) => `${title}\n${table}`);
    return [formatStatus(data), ...shown].join("\n\n");
  }
}
