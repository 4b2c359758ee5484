// How many activities there are, per day or per type: from the sums per day where those tell, else from the activities.
import {
  type ActivityFilter,
  type Bind,
  conditions,
  kindConditions,
  parameters,
  projectCondition,
} from "./activity-filter.ts";
import type { ActivityScope } from "./activity-scope.ts";
import type { Control } from "./control.ts";

export type Grouping = "day" | "type";

/** One group of --group-by. */
export interface ActivityGroup {
  /** The day ("2026-11-26", in local time) or the type. */
  key: string;
  activities: number;
  /** How many of them failed. */
  failed: number;
}

const DAY = 86_400;
/** Time zones differ by multiples of this many seconds. */
const QUARTER = 900;

/** Days newest first, types by their number. */
export async function groupActivities(
  control: Control,
  scope: ActivityScope,
  filter: ActivityFilter,
  by: Grouping,
  options: { sums?: boolean } = {},
): Promise<ActivityGroup[]> {
  if (scope.projects.size === 0) return [];
  const { bind, values } = parameters();
  const sums = (options.sums ?? true) && filter.runId === null && filter.search === null;
  const local = by === "day" && !isLocalTimeUtc();
  // A day of another time zone is made of parts of two days of the sums.
  const counted = sums && !local ? fromSums(scope, filter, by, bind) : fromActivities(scope, filter, by, bind);
  const rows = await control.query<{ key: string | number; activities: number; failed: number }>(
    `select key, sum(n) as activities, coalesce(sum(n) filter (where status = 'failed'), 0) as failed
     from (${counted}) as counted group by key having sum(n) > 0`,
    values,
  );
  if (by === "day") return perDay(rows.map((row) => ({ ...row, key: Number(row.key) })));
  return rows
    .map((row) => ({ ...row, key: String(row.key) }))
    .toSorted((a, b) => b.activities - a.activities || (a.key < b.key ? -1 : 1));
}

function fromActivities({ projects }: ActivityScope, filter: ActivityFilter, by: Grouping, bind: Bind): string {
  const where = [projectCondition([...projects.keys()], bind), ...conditions(filter, bind)].join(" and ");
  const key = by === "type" ? "action_type" : `created_at / ${QUARTER} * ${QUARTER}`;
  return `select ${key} as key, status, count(*) as n from project_actions where ${where} group by 1, 2`;
}

/** Whole days from the sums, what is left at both ends from the activities. */
function fromSums(scope: ActivityScope, filter: ActivityFilter, by: Grouping, bind: Bind): string {
  const { since, until } = filter;
  const first = since === null ? null : Math.ceil(since / DAY);
  const end = until === null ? null : Math.floor(until / DAY);
  if (first !== null && end !== null && first >= end) return fromActivities(scope, filter, by, bind);
  const mine = projectCondition([...scope.projects.keys()], bind);
  const where = [
    mine,
    ...kindConditions(filter, bind),
    ...(first === null ? [] : [`day >= date '1970-01-01' + ${bind(first)}::integer`]),
    ...(end === null ? [] : [`day < date '1970-01-01' + ${bind(end)}::integer`]),
  ].join(" and ");
  const key = by === "type" ? "action_type" : `(day - date '1970-01-01')::bigint * ${DAY}`;
  return [
    `select ${key} as key, status, activities as n from project_action_days where ${where}`,
    ...(since === null || since === first! * DAY
      ? []
      : [fromActivities(scope, { ...filter, until: first! * DAY }, by, bind)]),
    ...(until === null || until === end! * DAY
      ? []
      : [fromActivities(scope, { ...filter, since: end! * DAY }, by, bind)]),
  ].join(" union all ");
}

/** Adds up what begins at the given seconds by the days of local time. */
function perDay(rows: { key: number; activities: number; failed: number }[]): ActivityGroup[] {
  const days = new Map<string, ActivityGroup>();
  for (const row of rows) {
    const key = localDay(row.key);
    const known = days.get(key) ?? { key, activities: 0, failed: 0 };
    days.set(key, { key, activities: known.activities + row.activities, failed: known.failed + row.failed });
  }
  return [...days.values()].toSorted((a, b) => (a.key < b.key ? 1 : -1));
}

function localDay(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}

/** In winter and in summer. */
function isLocalTimeUtc(): boolean {
  const year = new Date().getFullYear();
  return [0, 6].every((month) => new Date(year, month, 1).getTimezoneOffset() === 0);
}
