import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { TbCommand } from "../tb-command.ts";

interface Logs {
  project: { id: string; name: string };
  file: string;
  lines: string[];
}

export default class LogsCommand extends TbCommand<Logs> {
  static override summary = "Print the last lines that a project's deployment has logged.";
  static override examples = [
    "<%= config.bin %> logs todo-api",
    "<%= config.bin %> logs todo-api --lines 200",
    "<%= config.bin %> logs todo-api --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  static override flags = {
    deployment: Flags.string({ description: "Of this deployment instead of the current one.", helpValue: "ID" }),
    lines: Flags.integer({ description: "How many lines from the end.", default: 50, min: 1, max: 100_000 }),
  };

  async run(): Promise<Logs> {
    const { args, flags } = await this.parse(LogsCommand);
    const { findProject } = await import("../control/projects.ts");
    const { readLog } = await import("../control/read-log.ts");
    const project = await findProject(await this.control(), await this.owner(), args.project);
    const { file, lines } = await readLog(await this.adapters.deployTarget(), project, flags);
    return { project: { id: project.project_id, name: project.name }, file, lines };
  }

  protected format({ lines }: Logs): string {
    return lines.length > 0 ? lines.join("\n") : "Nothing has been logged yet.";
  }
}
