import * as Args from "@oclif/core/args";
import type { ErrorCode } from "../../errors.ts";
import type { Renamed } from "../../control/rename-project.ts";
import { TbCommand } from "../../tb-command.ts";
import { fitTable, prose } from "../../ui/layout.ts";

export default class ProjectsRename extends TbCommand<Renamed> {
  static override summary = "Give a project another name.";
  static override description =
    "Only the name by which tb knows it changes. Its id, database, repository, code and URL stay as they are.";
  static override examples = [
    "<%= config.bin %> projects rename todo-api chores",
    "<%= config.bin %> projects rename prj_4k2m chores",
    "<%= config.bin %> projects rename todo-api chores --json",
  ];

  static override args = {
    project: Args.string({ description: "Name or id of the project.", required: true }),
    name: Args.string({ description: "The new name.", required: true }),
  };

  static override exitCodes: readonly ErrorCode[] = ["conflict"];

  async run(): Promise<Renamed> {
    const { args } = await this.parse(ProjectsRename);
    const { renameProject } = await import("../../control/rename-project.ts");
    return renameProject(await this.control(), await this.owner(), args.project, args.name);
  }

  protected format({ outcome, project, previous_name: before, stays }: Renamed): string {
    if (outcome === "unchanged") return prose(`${project.name} has that name already; nothing was changed.`);
    const rows = [
      ["Id", project.id],
      ...(stays.url ? [["URL", stays.url]] : []),
      ...(stays.database ? [["Database", stays.database]] : []),
      ...(stays.repository ? [["Code", stays.repository]] : []),
    ];
    return [
      `${before} is called ${project.name} now. What stays:`,
      fitTable(rows),
      "",
      `  → tb status ${project.name}`,
    ].join("\n");
  }
}
