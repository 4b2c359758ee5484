import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { ActivityItem } from "../control/activity.ts";
import type { ExportFormat } from "../control/activity-export.ts";
import type { ActivityFilter } from "../control/activity-filter.ts";
import type { ActivityGroup, Grouping } from "../control/activity-groups.ts";
import type { ActivityScope } from "../control/activity-scope.ts";
import { ACTIVITY_STATUSES, ACTIVITY_TYPES, ENVIRONMENTS } from "../control/activity-types.ts";
import { TbError } from "../errors.ts";
import { TbCommand } from "../tb-command.ts";
import { formatActivity, formatGroups, formatTimeline, timelineLayout } from "../ui/activity-lines.ts";
import { ACCEPTED_TIMES, parsePeriod } from "../ui/activity-moment.ts";
import { shellWord } from "../ui/shell-word.ts";

/** The data of `tb activity`. */
export interface Timeline {
  /** Newest first; none with --group-by. */
  activities: ActivityItem[];
  /** For --before: where the next page begins; null when there is none. */
  next: string | null;
  /** What --group-by asked for; null without it. */
  group_by: Grouping | null;
  /** Null without --group-by. */
  groups: ActivityGroup[] | null;
}

const LIMIT = 20;
/** How many earlier ones --follow begins with. */
const BEGIN = 10;

export default class Activity extends TbCommand<Timeline, ActivityItem> {
  static override summary = "Show what has happened to a project, or to all of them, newest first.";
  static override description = `The types are ${ACTIVITY_TYPES.join(", ")}.

Times are ${ACCEPTED_TIMES}. A day is a whole day of local time, also after --until. A project that was removed keeps its timeline: name it by its id.

--group-by day counts days of local time; TZ=UTC in the environment makes them days of UTC.
--export prints all that match, oldest first, as of one moment. In CSV a text that a spreadsheet would take for a formula gets an apostrophe in front; NDJSON has every text as it is.`;
  static override examples = [
    "<%= config.bin %> activity todo-api --since yesterday --type deployment,github_push",
    "<%= config.bin %> activity --follow --status failed",
    "<%= config.bin %> activity todo-api --export csv > activity.csv",
  ];

  static override args = {
    project: Args.string({ description: "Name or id of the project; all projects by default." }),
  };

  static override flags = {
    type: Flags.string({
      description: "Only these types; several with commas.",
      helpValue: "TYPE", // their list is in the description
      options: [...ACTIVITY_TYPES],
      multiple: true,
      delimiter: ",",
      helpGroup: "FILTER",
    }),
    status: Flags.string({
      description: "Only what ended like this.",
      options: [...ACTIVITY_STATUSES],
      helpGroup: "FILTER",
    }),
    environment: Flags.string({
      description: "Only what happened there.",
      options: [...ENVIRONMENTS],
      helpGroup: "FILTER",
    }),
    since: Flags.string({ description: "Only from this time on.", helpValue: "TIME", helpGroup: "FILTER" }),
    until: Flags.string({ description: "Only up to this time.", helpValue: "TIME", helpGroup: "FILTER" }),
    run: Flags.string({ description: "Only of this run.", helpValue: "ID", helpGroup: "FILTER" }),
    search: Flags.string({
      description: "Only with this text in the details, in capitals or not.",
      helpValue: "TEXT",
      helpGroup: "FILTER",
    }),
    limit: Flags.integer({
      description: `How many at most; ${LIMIT} by default, all with --export and --group-by.`,
      min: 1,
      max: 10_000,
    }),
    before: Flags.string({
      description: 'The page before this activity: what --json shows as "next".',
      helpValue: "ID",
    }),
    follow: Flags.boolean({
      char: "f",
      description: `Begin with the last ${BEGIN} and print new ones as they happen, until Ctrl-C.`,
      exclusive: ["group-by", "export", "before"],
    }),
    "group-by": Flags.option({
      description: "Count instead of listing.",
      options: ["day", "type"] as const,
      exclusive: ["export", "before"],
    })(),
    export: Flags.option({
      description: "Print all of them for other programs.",
      options: ["ndjson", "csv"] as const,
      exclusive: ["before"],
    })(),
  };

  private one = false;

  async run(): Promise<Timeline> {
    const { args, flags } = await this.parse(Activity);
    const period = parsePeriod(flags, { open: flags.follow });
    if (flags.export === "csv" && (flags.json || flags.events)) {
      throw new TbError("usage", `--export csv prints CSV, which --${flags.json ? "json" : "events"} cannot.`, {
        suggestion: "Leave one of them out, or take --export ndjson.",
      });
    }
    const [control, ownerId] = await Promise.all([this.control(), this.owner()]);
    const { findScope } = await import("../control/activity-scope.ts");
    const scope = await findScope(control, ownerId, args.project);
    this.one = scope.one;
    const filter: ActivityFilter = {
      ...period,
      types: flags.type ?? [],
      status: flags.status ?? null,
      environment: flags.environment ?? null,
      runId: flags.run === undefined ? null : await this.findRunId(flags.run),
      search: flags.search || null,
    };
    if (flags.follow) await this.followFrom(scope, filter, flags.limit ?? BEGIN);
    else if (flags.export) await this.exportAll(scope, filter, flags.export, flags.limit ?? null);
    else if (flags["group-by"]) return this.group(scope, filter, flags["group-by"], flags.limit);
    else return this.list(scope, filter, flags.limit ?? LIMIT, flags.before);
    return { activities: [], next: null, group_by: null, groups: null };
  }

  private async list(
    scope: ActivityScope,
    filter: ActivityFilter,
    limit: number,
    before: string | undefined,
  ): Promise<Timeline> {
    const { findPlace, listActivities } = await import("../control/activity.ts");
    const control = await this.control();
    const place = before === undefined ? null : await findPlace(control, scope, before);
    const found = await listActivities(control, scope, filter, { limit: limit + 1, before: place });
    const activities = found.slice(0, limit);
    const next = found.length > limit ? activities.at(-1)!.id : null;
    return { activities, next, group_by: null, groups: null };
  }

  private async group(
    scope: ActivityScope,
    filter: ActivityFilter,
    by: Grouping,
    limit: number | undefined,
  ): Promise<Timeline> {
    const { groupActivities } = await import("../control/activity-groups.ts");
    const groups = await groupActivities(await this.control(), scope, filter, by);
    return { activities: [], next: null, group_by: by, groups: groups.slice(0, limit) };
  }

  private async followFrom(scope: ActivityScope, filter: ActivityFilter, earlier: number): Promise<void> {
    const { beginFollowing, newActivities } = await import("../control/activity-follow.ts");
    this.streaming = true;
    const signal = this.stopSignal();
    const control = await this.control();
    const { activities, moment } = await beginFollowing(control, scope, filter, earlier);
    const layout = timelineLayout(activities, { projects: !scope.one, more: true });
    for (const activity of activities.toReversed()) await this.writeItem(activity, formatActivity(activity, layout));
    this.progress("Waiting for what happens next. Ctrl-C ends.");
    const onOutage = (error: TbError | null) =>
      this.progress(error ? `${error.message} Waiting for it.` : "It answers again.");
    for await (const activity of newActivities(control, scope, filter, moment, { signal, onOutage })) {
      await this.writeItem(activity, formatActivity(activity, layout));
    }
  }

  private async exportAll(
    scope: ActivityScope,
    filter: ActivityFilter,
    format: ExportFormat,
    limit: number | null,
  ): Promise<void> {
    const { exportActivities } = await import("../control/activity-export.ts");
    this.streaming = true;
    const around = this.argv.includes("--events") ? (['{"type":"item","item":', "}"] as const) : undefined;
    const parts = exportActivities(await this.control(), scope, filter, { format, limit, ...(around && { around }) });
    for await (const part of parts) await this.writeRaw(part);
  }

  private async findRunId(idOrPrefix: string): Promise<string> {
    const { findRun } = await import("../control/runs.ts");
    return (await findRun(await this.control(), idOrPrefix)).run_id;
  }

  protected format({ activities, next, group_by, groups }: Timeline): string {
    const filtered = this.argv.some((each) => /^--(type|status|environment|since|until|run|search|before)/.test(each));
    const nothing = filtered ? "Nothing of that kind has happened." : "Nothing has happened yet.";
    if (groups && group_by) return groups.length > 0 ? formatGroups(groups, group_by) : nothing;
    if (activities.length === 0) return nothing;
    const lines = formatTimeline(activities, !this.one);
    return next === null ? lines : `${lines}\n\n  → ${nextPage(this.argv, next)}`;
  }
}

/** The command that shows what comes before, to be pasted into a shell. */
function nextPage(argv: readonly string[], next: string): string {
  const same = argv.filter((each, i) => !/^--before(=|$)/.test(each) && argv[i - 1] !== "--before");
  return ["tb activity", ...same.map(shellWord), "--before", next].join(" ");
}
