import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { LogLine } from "../adapters/deploy-target/deploy-target.ts";
import type { OpenedLog } from "../control/read-log.ts";
import { TbCommand } from "../tb-command.ts";
import { formatLogLine } from "../ui/log-line.ts";

/** The data of `tb logs --json`; with --follow each line is an item of its own. */
export interface Logs {
  /** The project. */
  project: { id: string; name: string };
  /** The deployment that was asked for; null for the one that serves. */
  deployment: string | null;
  /** Where the log is on this machine. */
  file: string;
  /** The lines, oldest first. */
  lines: LogLine[];
}

const DEFAULT_LINES = 50;

export default class LogsCommand extends TbCommand<Logs, LogLine> {
  static override summary = "Print what a project's deployment has logged.";
  static override description =
    "With --follow it goes on until Ctrl-C: through rotated log files, and into the next version when one is deployed. It ends by itself when the project is destroyed.";
  static override examples = [
    "<%= config.bin %> logs todo-api --follow",
    "<%= config.bin %> logs todo-api --since 10m",
    "<%= config.bin %> logs todo-api --deployment dep_4x1 --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  static override flags = {
    follow: Flags.boolean({ char: "f", description: "Go on with every new line." }),
    deployment: Flags.string({
      description: "Of this deployment, also a failed one; its id may be shortened.",
      helpValue: "ID",
    }),
    lines: Flags.integer({
      char: "n",
      description: `How many lines from the end; ${DEFAULT_LINES} by default, all with --since.`,
      min: 1,
      max: 1_000_000,
    }),
    since: Flags.string({ description: "Only lines since then: 10m, 2h, 14:02, an ISO time.", helpValue: "TIME" }),
  };

  async run(): Promise<Logs> {
    const { args, flags } = await this.parse(LogsCommand);
    const { findProject } = await import("../control/projects.ts");
    const { openLog } = await import("../control/read-log.ts");
    const { parsePointInTime } = await import("../ui/point-in-time.ts");
    const since = flags.since === undefined ? null : new Date(parsePointInTime(flags.since, "--since")).toISOString();
    const lines = flags.lines ?? (since === null ? DEFAULT_LINES : null);
    const control = await this.control();
    const project = await findProject(control, await this.owner(), args.project);
    const log = await openLog(control, await this.adapters.deployTarget(), project, flags.deployment ?? null);
    const of = { project: { id: project.project_id, name: project.name }, deployment: log.deployment, file: log.file };
    if (flags.follow) await this.followLog(log, { lines, since });
    return { ...of, lines: flags.follow ? [] : await log.read({ lines, since }) };
  }

  private async followLog(log: OpenedLog, options: { lines: number | null; since: string | null }): Promise<void> {
    this.streaming = true;
    let previous: LogLine | null = null;
    for await (const item of log.follow({ ...options, signal: this.stopSignal() })) {
      await this.writeItem(item, formatLogLine(item, previous));
      previous = item;
    }
    if (!this.stopSignal().aborted) this.progress("The project is gone; there is nothing more to follow.");
  }

  protected format({ lines }: Logs): string {
    if (lines.length === 0) return "Nothing has been logged.";
    return lines.map((line, i) => formatLogLine(line, lines[i - 1] ?? null)).join("\n");
  }
}
