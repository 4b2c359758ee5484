// Activities for tests: random ones, put into a real control database.
import type { ActivityRow } from "../../src/control/activity.ts";
import type { ActivityFilter } from "../../src/control/activity-filter.ts";
import type { Control } from "../../src/control/control.ts";

export const OWNER = "ada@example.com";
export type NewRow = Omit<ActivityRow, "reference_ids"> & { reference_ids: Record<string, unknown> };

/** The same sequence of numbers from 0 to 1 for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** What a text may hold that some format could take amiss. */
export const NASTY = [
  "Added 2 endpoints: GET /api/users, POST /api/users",
  'says "hello", twice',
  "line one\nline two\r\nline three",
  "50% of user_name \\ 100_000",
  "Größe GRÖSSE ÉCOLE 漢字 🎉👩‍👩‍👧",
  "=HYPERLINK(1)",
  "+1",
  "-2",
  "@sum",
  "\tindented",
  "\u0001delimited\u0002quoted\u0002",
  "\u0002",
  "",
  "it's; drop table project_actions; --",
  "\u001b[31mred\u001b[0m\u0007",
  "{}[],:null",
] as const;

const TYPES = ["deployment", "github_push", "endpoints_added", "tables_added"];
let made = 0;

/** An activity of one of the projects, somewhere in ten days. */
export function randomRow(random: () => number, projects: readonly string[]): NewRow {
  made += 1;
  const run = Math.floor(random() * 8);
  return {
    action_id: `act_${Math.floor(random() * 1e9).toString(36)}_${made}`,
    project_id: pick(random, projects),
    user_id: OWNER,
    request_id: run === 0 ? null : `req_${run}`,
    run_id: run === 0 ? null : `run_${run}`,
    action_type: pick(random, TYPES),
    action_details: pick(random, NASTY),
    status: random() < 0.2 ? "failed" : "succeeded",
    environment: pick(random, ["development", "production"]),
    reference_ids: random() < 0.5 ? {} : { modification_id: `mod_${run}`, branch_name: 'a "b"\n\\c' },
    // Often the same second, so that the id decides the order.
    created_at: 1_790_000_000 + Math.floor(random() * 240) * 3600,
  };
}

export function randomFilter(random: () => number): ActivityFilter {
  const maybe = <T>(value: T): T | null => (random() < 0.35 ? value : null);
  const since = maybe(1_790_000_000 + Math.floor(random() * 200 * 3600));
  const span = pick(random, [3600, 86_400, 5 * 86_400]);
  return {
    types: random() < 0.5 ? [] : [...new Set([pick(random, TYPES), pick(random, TYPES)])],
    status: maybe(pick(random, ["failed", "succeeded"])),
    environment: maybe(pick(random, ["development", "production"])),
    since,
    until: maybe((since ?? 1_790_000_000) + span),
    runId: random() < 0.15 ? `run_${1 + Math.floor(random() * 7)}` : null,
    search:
      random() < 0.25 ? pick(random, ["USERS", "%", "_", "\\", "größe", "école", "'", '"', "漢字", "zzz", "\n"]) : null,
  };
}

/** The filter as JavaScript understands it. */
export function matches(filter: ActivityFilter, row: NewRow): boolean {
  const { types, status, environment, since, until, runId, search } = filter;
  return (
    (types.length === 0 || types.includes(row.action_type)) &&
    (status === null || row.status === status) &&
    (environment === null || row.environment === environment) &&
    (since === null || row.created_at >= since) &&
    (until === null || row.created_at < until) &&
    (runId === null || row.run_id === runId) &&
    (search === null || row.action_details.toLowerCase().includes(search.toLowerCase()))
  );
}

export async function insertProjects(
  control: Control,
  projects: readonly string[],
  owner = OWNER,
  status = "active",
): Promise<void> {
  for (const id of projects) {
    await control.query(
      `insert into project_contexts (project_id, owner_id, name, type, status, created_at, updated_at)
       values ($1, $2, $3, 'nitro', $4, 1, 1)`,
      [id, owner, `name-of-${id}`, status],
    );
  }
}

/** All in one statement. */
export async function insertRows(control: Pick<Control, "query">, rows: readonly NewRow[]): Promise<void> {
  await control.query(
    `insert into project_actions (action_id, project_id, user_id, request_id, run_id, action_type, action_details, status,
       environment, reference_ids, created_at)
     select action_id, project_id, user_id, request_id, run_id, action_type, action_details, status, environment,
       reference_ids, created_at
     from jsonb_populate_recordset(null::project_actions, $1)`,
    [JSON.stringify(rows)],
  );
}

export function newestFirst(a: NewRow, b: NewRow): number {
  return b.created_at - a.created_at || (a.action_id < b.action_id ? 1 : -1);
}
