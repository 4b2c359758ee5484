// New activities as they are committed. What is new is not told by times or ids, which are given before a transaction ends and
// so appear out of order, but by Postgres' own account of which transactions a snapshot sees (docs/decisions.md).
import { setTimeout as sleep } from "node:timers/promises";
import { TbError } from "../errors.ts";
import {
  activityItem,
  ACTIVITY_COLUMNS,
  type ActivityItem,
  type ActivityRow,
  listActivities,
  type Place,
} from "./activity.ts";
import { type ActivityFilter, conditions, parameters } from "./activity-filter.ts";
import type { ActivityScope } from "./activity-scope.ts";
import type { Control } from "./control.ts";

/** Milliseconds between two looks: one index lookup each. */
const PAUSE = 200;
/** How many activities are read at once. */
const PAGE = 500;

/** What Postgres calls a snapshot, as text: which transactions had ended. */
export type Moment = string;

export interface FollowOptions {
  signal: AbortSignal;
  /** The database has stopped answering (why), or answers again (null). */
  onOutage: (error: TbError | null) => void;
}

/** The newest activities, and the moment that `newActivities` continues from: none is in both, none in neither. */
export async function beginFollowing(
  control: Control,
  scope: ActivityScope,
  filter: ActivityFilter,
  limit: number,
): Promise<{ activities: ActivityItem[]; moment: Moment }> {
  return control.transaction(async (query) => {
    await query("set transaction isolation level repeatable read read only");
    const [row] = await query<{ moment: Moment }>("select pg_current_snapshot()::text as moment");
    const activities = await listActivities({ query }, scope, filter, { limit, before: null });
    return { activities, moment: row!.moment };
  });
}

/** Every activity that was committed after the moment, once, until the signal aborts. A database that does not answer is waited
 * for; any other error is thrown. Projects that are made meanwhile are followed too, unless one was asked for. */
export async function* newActivities(
  control: Control,
  scope: ActivityScope,
  filter: ActivityFilter,
  since: Moment,
  { signal, onOutage }: FollowOptions,
): AsyncGenerator<ActivityItem, void, void> {
  let [from, upTo, after]: [Moment, Moment | null, Place | null] = [since, null, null];
  let away = false;
  while (!signal.aborted) {
    let page: Page | null = null;
    try {
      page = await readPage(control, scope, filter, from, upTo, after);
    } catch (error) {
      if (!(error instanceof TbError && error.code === "transient")) throw error;
      if (!away) onOutage(error);
      away = true;
    }
    if (page) {
      if (away) onOutage(null);
      away = false;
      for (const row of page.rows) yield activityItem(row, row.project);
      if (page.rows.length === PAGE) [upTo, after] = [page.moment, page.rows.at(-1)!];
      else [from, upTo, after] = [page.moment, null, null];
    }
    if (page?.rows.length !== PAGE) await pause(signal);
  }
}

interface Page {
  moment: Moment;
  rows: (ActivityRow & { project: string })[];
}

/** What was committed after `from` and no later than `upTo` (now, when it is null), in the order of the timeline. */
async function readPage(
  control: Control,
  scope: ActivityScope,
  filter: ActivityFilter,
  from: Moment,
  upTo: Moment | null,
  after: Place | null,
): Promise<Page> {
  const { bind, values } = parameters();
  const seen = `${bind(from)}::pg_snapshot`;
  const end = upTo === null ? "pg_current_snapshot()" : `${bind(upTo)}::pg_snapshot`;
  const where = [
    `owner_id = ${bind(scope.ownerId)}`,
    ...(scope.one ? [`project_id = ${bind([...scope.projects.keys()][0]!)}`] : []),
    ...conditions(filter, bind),
    ...(after ? [`(created_at, action_id) > (${bind(after.created_at)}, ${bind(after.action_id)})`] : []),
  ].join(" and ");
  // Materialised, so that the few fresh rows are found by their index before anything else is looked at.
  const rows = await control.query<{ moment: Moment } & (Page["rows"][number] | { action_id: null })>(
    `with now as (select ${end} as snapshot),
     fresh as materialized (
       select ${ACTIVITY_COLUMNS} from now join project_actions
         on committed_by >= pg_snapshot_xmin(${seen}) and committed_by < pg_snapshot_xmax(now.snapshot)
       where not pg_visible_in_snapshot(committed_by, ${seen}) and pg_visible_in_snapshot(committed_by, now.snapshot)),
     wanted as (
       select fresh.*, project
       from fresh join (select project_id, owner_id, name as project from project_contexts) as mine using (project_id)
       where ${where} order by created_at, action_id limit ${PAGE})
     select now.snapshot::text as moment, wanted.* from now left join wanted on true order by created_at, action_id`,
    values,
  );
  return {
    moment: rows[0]!.moment,
    rows: rows.filter((row): row is { moment: Moment } & Page["rows"][number] => row.action_id !== null),
  };
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(PAUSE, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
