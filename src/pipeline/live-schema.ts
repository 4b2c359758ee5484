// What a project's real database says of itself: which migrations the project's own runner has applied, which tables it has.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";

const RUNNERS_TABLE = "public.schema_migrations";

/** File names in order; none before the first. */
export async function appliedMigrations(cluster: DatabaseCluster, database: string): Promise<string[]> {
  const known = await cluster.query<{ found: boolean }>(database, "select to_regclass($1) is not null as found", [
    RUNNERS_TABLE,
  ]);
  if (!known.rows[0]?.found) return [];
  const { rows } = await cluster.query<{ name: string }>(database, `select name from ${RUNNERS_TABLE} order by name`);
  return rows.map(({ name }) => name);
}

/** Names of the tables, without the runner's own. */
export async function presentTables(cluster: DatabaseCluster, database: string): Promise<string[]> {
  const { rows } = await cluster.query<{ name: string }>(
    database,
    `select tablename as name from pg_tables
     where schemaname = 'public' and tablename <> 'schema_migrations' order by tablename`,
  );
  return rows.map(({ name }) => name);
}
