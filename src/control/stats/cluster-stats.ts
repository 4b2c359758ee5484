// Figures of a whole Postgres cluster, from its own statistics.
import { Client, type ClientConfig } from "pg";
import { connectionError } from "../../adapters/database-cluster/connection-errors.ts";

export interface Activity {
  /** Bytes. */
  size_bytes: number;
  /** Share of blocks that were found in memory, 0 to 1; null when nothing was read yet. */
  cache_hit_ratio: number | null;
  /** Transactions that were committed since the statistics began. */
  transactions: number;
  /** Transactions that were rolled back. */
  rollbacks: number;
  /** Deadlocks that the server had to break. */
  deadlocks: number;
}

export interface ClusterFigures extends Activity {
  /** Open client connections, and how many the server allows. */
  connections: { used: number; limit: number };
  /** When the server started (ISO); the figures go back to then, or further when it was stopped in order. */
  started_at: string;
  /** What has been under way for longest, other than this command; null when nothing is. */
  longest_statement: { database: string | null; seconds: number; state: string; statement: string } | null;
  slow_statements: SlowStatements;
}

interface SlowStatements {
  /** What told; null when the server keeps no record of finished statements. */
  source: "pg_stat_statements" | null;
  /** What is missing, in a sentence; null when nothing is. */
  missing: string | null;
  /** The ten that took longest on average. */
  statements: { database: string | null; statement: string; calls: number; mean_ms: number; total_ms: number }[];
}

export interface ClusterStats {
  name: "control" | "projects";
  kind: "embedded" | "external";
  running: boolean;
  /** Why a server of the user's own could not be asked; null when it could. */
  problem: string | null;
  /** null while the server does not run. */
  figures: ClusterFigures | null;
}

const LONGEST_TEXT = 200;

/** Sums over `pg_stat_database`; also used for one database. */
export const ACTIVITY = `
  coalesce(sum(pg_database_size(datid)), 0)::float8 as size_bytes,
  round(sum(blks_hit) / nullif(sum(blks_hit + blks_read), 0), 4)::float8 as cache_hit_ratio,
  coalesce(sum(xact_commit), 0)::float8 as transactions,
  coalesce(sum(xact_rollback), 0)::float8 as rollbacks,
  coalesce(sum(deadlocks), 0)::float8 as deadlocks`;

/** Never throws: a server that cannot be asked has a problem. */
export async function clusterStats(
  base: Pick<ClusterStats, "name" | "kind">,
  settings: ClientConfig,
  variables: string,
): Promise<ClusterStats> {
  const client = new Client({ ...settings, connectionTimeoutMillis: 5000, query_timeout: 30_000 });
  client.on("error", () => {}); // the statement under way fails with the same error
  try {
    await client.connect();
    return { ...base, running: true, problem: null, figures: await readFigures(client) };
  } catch (error) {
    const server = `${client.user ?? ""}@${client.host}:${client.port}`;
    const { message } = connectionError(
      error,
      base.kind === "embedded" ? `of the ${base.name} cluster` : server,
      variables,
    );
    return { ...base, running: false, problem: message, figures: null };
  } finally {
    await client.end();
  }
}

async function readFigures(client: Client): Promise<ClusterFigures> {
  const activity = await client.query<Activity>(
    `select ${ACTIVITY} from pg_stat_database where datid <> 0 and has_database_privilege(datid, 'connect')`,
  );
  const server = await client.query<{ used: number; limit: number; started: Date }>(
    `select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
            current_setting('max_connections')::int as "limit", pg_postmaster_start_time() as started`,
  );
  const { used, limit, started } = server.rows[0]!;
  return {
    ...activity.rows[0]!,
    connections: { used, limit },
    started_at: started.toISOString(),
    longest_statement: await longestStatement(client),
    slow_statements: await slowStatements(client),
  };
}

async function longestStatement(client: Client): Promise<ClusterFigures["longest_statement"]> {
  const { rows } = await client.query<NonNullable<ClusterFigures["longest_statement"]>>(
    `select datname as database, round(extract(epoch from clock_timestamp() - coalesce(xact_start, query_start)), 1)::float8 as seconds,
            state, left(regexp_replace(query, '\\s+', ' ', 'g'), $1) as statement
     from pg_stat_activity
     where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()
     order by coalesce(xact_start, query_start) limit 1`,
    [LONGEST_TEXT],
  );
  return rows[0] ?? null;
}

async function slowStatements(client: Client): Promise<SlowStatements> {
  // The setting is hidden from ordinary roles: then it is null.
  const { rows } = await client.query<{ loaded: boolean | null; created: boolean }>(
    `select (select setting ~ 'pg_stat_statements' from pg_settings where name = 'shared_preload_libraries') as loaded,
            to_regclass('pg_stat_statements') is not null as created`,
  );
  const { loaded, created } = rows[0]!;
  if (loaded === false || !created) return { source: null, missing: missingPart(loaded), statements: [] };
  const slow = await client.query<SlowStatements["statements"][number]>(
    `select d.datname as database, left(regexp_replace(s.query, '\\s+', ' ', 'g'), $1) as statement, s.calls::float8 as calls,
            round(s.mean_exec_time::numeric, 2)::float8 as mean_ms, round(s.total_exec_time::numeric, 1)::float8 as total_ms
     from pg_stat_statements s left join pg_database d on d.oid = s.dbid order by s.mean_exec_time desc limit 10`,
    [LONGEST_TEXT],
  );
  return { source: "pg_stat_statements", missing: null, statements: slow.rows };
}

function missingPart(loaded: boolean | null): string {
  return loaded
    ? "pg_stat_statements is loaded, but not created: CREATE EXTENSION pg_stat_statements; in database postgres."
    : "The server does not load pg_stat_statements, so it keeps no record of finished statements.";
}
