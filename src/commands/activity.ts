import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { TbCommand } from "../tb-command.ts";
import { formatTable, formatTime } from "../ui/output.ts";

interface Timeline {
  activities: {
    id: string;
    at: string;
    project: { id: string; name: string };
    type: string;
    details: string;
    status: string;
    environment: string;
    user: string;
    request_id: string | null;
    run_id: string | null;
    reference_ids: Record<string, string>;
  }[];
}

/** Of a line; `--json` has the whole. */
const MAX_DETAILS = 100;

export default class Activity extends TbCommand<Timeline> {
  static override summary = "Show what has happened to a project, or to all of them, newest first.";
  static override examples = [
    "<%= config.bin %> activity",
    "<%= config.bin %> activity todo-api --limit 5",
    "<%= config.bin %> activity todo-api --json",
  ];

  static override args = {
    project: Args.string({ description: "Name or id of the project; all projects by default." }),
  };

  static override flags = {
    limit: Flags.integer({ description: "How many at most.", default: 20, min: 1, max: 10_000 }),
  };

  async run(): Promise<Timeline> {
    const { args, flags } = await this.parse(Activity);
    const { listActivity } = await import("../control/activity.ts");
    const { findProject } = await import("../control/projects.ts");
    const control = await this.control();
    const ownerId = await this.owner();
    const of = args.project
      ? { projectId: (await findProject(control, ownerId, args.project)).project_id }
      : { ownerId };
    const rows = await listActivity(control, of, flags.limit);
    return {
      activities: rows.map((row) => ({
        id: row.action_id,
        at: new Date(row.created_at * 1000).toISOString(),
        project: { id: row.project_id, name: row.project },
        type: row.action_type,
        details: row.action_details,
        status: row.status,
        environment: row.environment,
        user: row.user_id,
        request_id: row.request_id,
        run_id: row.run_id,
        reference_ids: row.reference_ids,
      })),
    };
  }

  protected format({ activities }: Timeline): string {
    if (activities.length === 0) return "Nothing has happened yet.";
    return formatTable(
      activities.map(({ at, project, type, details, status, run_id }) => [
        formatTime(Date.parse(at) / 1000),
        project.name,
        status === "failed" ? `${type} ✖` : type,
        run_id ?? "",
        details.length > MAX_DETAILS ? `${details.slice(0, MAX_DETAILS - 1)}…` : details,
      ]),
    );
  }
}
