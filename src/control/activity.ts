// The timeline of projects, as it is read, newest first; it is written together with run events (events.ts).
import { TbError } from "../errors.ts";
import {
  type ActivityFilter,
  type Bind,
  conditions,
  parameters,
  projectCondition,
  searchPattern,
} from "./activity-filter.ts";
import type { ActivityScope } from "./activity-scope.ts";
import type { Control } from "./control.ts";

/** One line of a timeline. */
export interface ActivityItem {
  id: string;
  /** When it happened. */
  at: string;
  project: { id: string; name: string };
  /** Such as "deployment" or "endpoints_added". */
  type: string;
  /** What happened, in a sentence. */
  details: string;
  /** "succeeded" or "failed". */
  status: string;
  /** "development", or "production" for deployments. */
  environment: string;
  /** Who asked for it. */
  user: string;
  request_id: string | null;
  run_id: string | null;
  /** Ids of what it is about: `modification_id`, `branch_name` and others. */
  reference_ids: Record<string, string>;
}

/** A row of project_actions. */
export interface ActivityRow extends Place {
  project_id: string;
  user_id: string;
  request_id: string | null;
  run_id: string | null;
  action_type: string;
  action_details: string;
  status: string;
  environment: string;
  reference_ids: Record<string, string>;
}

/** Where an activity stands in the timeline. */
export interface Place {
  created_at: number;
  action_id: string;
}

export const ACTIVITY_COLUMNS = `action_id, project_id, user_id, request_id, run_id, action_type, action_details, status,
  environment, reference_ids, created_at`;

export function activityItem(row: ActivityRow, project: string): ActivityItem {
  return {
    id: row.action_id,
    at: new Date(row.created_at * 1000).toISOString(),
    project: { id: row.project_id, name: project },
    type: row.action_type,
    details: row.action_details,
    status: row.status,
    environment: row.environment,
    user: row.user_id,
    request_id: row.request_id,
    run_id: row.run_id,
    reference_ids: row.reference_ids,
  };
}

/** Newest first, at most `limit`, those before a place only. */
export async function listActivities(
  control: Pick<Control, "query">,
  scope: ActivityScope,
  filter: ActivityFilter,
  { limit, before }: { limit: number; before: Place | null },
): Promise<ActivityItem[]> {
  if (scope.projects.size === 0) return [];
  const parts = await partsOf(control, scope, filter);
  const { bind, values } = parameters();
  const rows = await control.query<ActivityRow>(selectNewest(scope, filter, before, parts, limit, bind), values);
  return rows.map((row) => activityItem(row, scope.projects.get(row.project_id)!));
}

/** The place of an activity of the scope. Throws TbError "not_found". */
export async function findPlace(control: Control, scope: ActivityScope, actionId: string): Promise<Place> {
  const [place] = await control.query<Place>(
    "select created_at, action_id from project_actions where action_id = $1 and project_id = any($2)",
    [actionId, [...scope.projects.keys()]],
  );
  if (place) return place;
  throw new TbError("not_found", `There is no activity "${actionId}" in this timeline.`, {
    suggestion: 'Give the id that --json shows as "next".',
  });
}

/** The parts of the table whose newest are looked up one by one, because an index has each of them in order. */
interface Parts {
  column: "project_id" | "action_type";
  keys: readonly string[];
}

/** From here on there are more matches of a search than are quickly sorted. */
const MANY_MATCHES = 20_000;

async function partsOf(
  control: Pick<Control, "query">,
  { projects }: ActivityScope,
  { types, status, runId, search }: ActivityFilter,
): Promise<Parts | null> {
  if (projects.size === 1 || runId !== null) return null;
  // What is found everywhere is found soon in the newest of each project; what is rare, the index of the words finds.
  if (search !== null && (await estimateMatches(control, search)) < MANY_MATCHES) return null;
  // What failed has an index of its own, by project.
  if (types.length > 0 && search === null && status !== "failed") return { column: "action_type", keys: types };
  return { column: "project_id", keys: [...projects.keys()] };
}

/** How many rows the planner expects to match. */
async function estimateMatches(control: Pick<Control, "query">, search: string): Promise<number> {
  const [row] = await control.query<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(
    "explain (format json) select from project_actions where action_details ilike $1",
    [searchPattern(search)],
  );
  return row!["QUERY PLAN"][0].Plan["Plan Rows"];
}

function selectNewest(
  { projects }: ActivityScope,
  filter: ActivityFilter,
  before: Place | null,
  parts: Parts | null,
  limit: number,
  bind: Bind,
): string {
  const newest = `order by created_at desc, action_id desc limit ${bind(limit)}`;
  const where = [
    parts ? `${parts.column} = part.key` : projectCondition([...projects.keys()], bind),
    ...(parts?.column === "action_type" ? [projectCondition([...projects.keys()], bind)] : []),
    ...conditions(parts?.column === "action_type" ? { ...filter, types: [] } : filter, bind),
    ...(before ? [`(created_at, action_id) < (${bind(before.created_at)}, ${bind(before.action_id)})`] : []),
  ].join(" and ");
  if (!parts) return `select ${ACTIVITY_COLUMNS} from project_actions where ${where} ${newest}`;
  // Places first, which an index alone may tell; then the rows of those few that remain.
  return `select ${ACTIVITY_COLUMNS} from project_actions join (
      select place.* from unnest(${bind(parts.keys)}::text[]) as part (key) cross join lateral (
        select created_at, action_id from project_actions where ${where} ${newest}) as place
      ${newest}) as place using (created_at, action_id)
    order by created_at desc, action_id desc`;
}
