// Figures of one project: its database, and what went wrong with it lately.
import type { Adapters } from "../../adapters/index.ts";
import type { LogLine } from "../../adapters/deploy-target/deploy-target.ts";
import type { DatabaseCluster } from "../../adapters/database-cluster/database-cluster.ts";
import { TbError } from "../../errors.ts";
import type { Control } from "../control.ts";
import { findDatabase } from "../project-databases.ts";
import type { ProjectRow } from "../projects.ts";
import { ACTIVITY, type Activity } from "./cluster-stats.ts";

interface TableStats {
  name: string;
  /** With its indexes. */
  bytes: number;
  /** Estimated by the server. */
  rows: number;
  /** Rows that were changed or deleted and whose room is not free yet; estimated. */
  dead_rows: number;
}

export interface DatabaseStats extends Activity {
  name: string;
  /** Of the deployed backend (`app`) and of migrations (`own`): open connections, and how many the role may have. */
  connections: { app: { used: number; limit: number }; own: { used: number; limit: number } };
  /** Largest first. */
  tables: TableStats[];
}

export interface ProjectStats {
  project: { id: string; name: string };
  /** null for a project without a database, and while the server does not run. */
  database: DatabaseStats | null;
  /** SQL that tb ran on its database in the last days. */
  statements: { total: number; failed: number };
  /** Requests in the last part of the deployment's log; null when it is not deployed or none are logged. */
  requests: { total: number; failed: number; since: string } | null;
  runs: RunCounts;
}

/** How many runs began in the last days, by what became of them. */
export interface RunCounts {
  running: number;
  parked: number;
  failed: number;
  succeeded: number;
  cancelled: number;
}

/** Of the log of a deployment that are read for its requests. */
const LOG_LINES = 10_000;

export interface StatsTools {
  control: Control;
  adapters: Adapters;
  /** null while the server of the projects does not run. */
  cluster: DatabaseCluster | null;
  days: number;
}

export async function projectStats(tools: StatsTools, project: ProjectRow): Promise<ProjectStats> {
  const { project_id: id, name } = project;
  const found = await findDatabase(tools.control, id);
  return {
    project: { id, name },
    database: found && tools.cluster ? await databaseStats(tools.cluster, id, found.name) : null,
    statements: await countStatements(tools, id),
    requests: await countRequests(tools, id),
    runs: await countRuns(tools.control, tools.days, id),
  };
}

async function databaseStats(cluster: DatabaseCluster, projectId: string, name: string): Promise<DatabaseStats | null> {
  const activity = await cluster.query<Activity & { present: boolean }>(
    "postgres",
    `select ${ACTIVITY}, count(*) > 0 as present from pg_stat_database where datname = $1`,
    [name],
  );
  const { present, ...figures } = activity.rows[0]!;
  if (!present) return null;
  const tables = await cluster.query<TableStats>(
    name,
    `select relname as name, pg_total_relation_size(relid)::float8 as bytes, n_live_tup::float8 as rows,
            n_dead_tup::float8 as dead_rows
     from pg_stat_user_tables where schemaname = 'public' and relname <> 'schema_migrations' order by 2 desc, 1`,
  );
  const [app, own] = [
    await roleConnections(cluster, projectId, "app", name),
    await roleConnections(cluster, projectId, "own", name),
  ];
  return { name, ...figures, connections: { app, own }, tables: tables.rows };
}

async function roleConnections(
  cluster: DatabaseCluster,
  projectId: string,
  role: "app" | "own",
  database: string,
): Promise<{ used: number; limit: number }> {
  const { user } = await cluster.connection(projectId, role, database);
  const { rows } = await cluster.query<{ used: number; limit: number }>(
    "postgres",
    `select (select count(*)::int from pg_stat_activity where usename = $1) as used,
            coalesce((select rolconnlimit from pg_roles where rolname = $1), 0) as "limit"`,
    [user],
  );
  return rows[0]!;
}

async function countStatements({ control, days }: StatsTools, projectId: string): Promise<ProjectStats["statements"]> {
  const [row] = await control.query<ProjectStats["statements"]>(
    `select count(*)::int as total, (count(*) filter (where status = 'failed'))::int as failed
     from generated_queries where project_id = $1 and created_at > extract(epoch from now()) - $2 * 86400`,
    [projectId, days],
  );
  return row!;
}

/** Of all projects when none is named. */
export async function countRuns(control: Control, days: number, projectId: string | null): Promise<RunCounts> {
  const rows = await control.query<{ state: keyof RunCounts; n: number }>(
    `select state, count(*)::int as n from runs
     where created_at > extract(epoch from now()) - $1 * 86400 and ($2::text is null or project_id = $2) group by state`,
    [days, projectId],
  );
  const none: RunCounts = { running: 0, parked: 0, failed: 0, succeeded: 0, cancelled: 0 };
  return Object.assign(none, Object.fromEntries(rows.map(({ state, n }) => [state, n])));
}

/** The deployed backend logs a line of JSON for each request. Failed are those it answered with 5xx. */
async function countRequests({ adapters }: StatsTools, projectId: string): Promise<ProjectStats["requests"]> {
  const lines = await lastLines(adapters, projectId);
  const requests = lines.flatMap(({ at, line }) => {
    const [, status] = /^\{"time":"[^"]+","method":"[A-Z]+","path":.*"status":(\d{3}),"ms":\d+\}$/.exec(line) ?? [];
    return status === undefined ? [] : [{ at, status: Number(status) }];
  });
  const [first] = requests;
  if (!first) return null;
  return { total: requests.length, failed: requests.filter(({ status }) => status >= 500).length, since: first.at };
}

async function lastLines(adapters: Adapters, projectId: string): Promise<LogLine[]> {
  try {
    return await (
      await adapters.deployTarget()
    ).readLog(projectId, { deployment: null, lines: LOG_LINES, since: null });
  } catch (error) {
    if (error instanceof TbError && error.code === "not_found") return []; // never deployed
    throw error;
  }
}
