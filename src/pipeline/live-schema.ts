// What a project's real database says of itself: which migrations the project's own runner has applied, which tables it has.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";

const RUNNERS_TABLE = "public.schema_migrations";

export async function databaseExists(cluster: DatabaseCluster, database: string): Promise<boolean> {
  const { rows } = await cluster.query("postgres", "select 1 from pg_database where datname = $1", [database]);
  return rows.length > 0;
}

/** File names in order; none before the first. */
export async function appliedMigrations(cluster: DatabaseCluster, database: string): Promise<string[]> {
  const known = await cluster.query<{ found: boolean }>(database, "select to_regclass($1) is not null as found", [
    RUNNERS_TABLE,
  ]);
  if (!known.rows[0]?.found) return [];
  const { rows } = await cluster.query<{ name: string }>(database, `select name from ${RUNNERS_TABLE} order by name`);
  return rows.map(({ name }) => name);
}

/** Which migrations of the real database another one, made from a commit's migrations, has with another text or not at all. */
export async function changedMigrations(
  cluster: DatabaseCluster,
  real: string,
  other: string,
): Promise<{ changed: string[]; missing: string[] }> {
  const [applied, made] = [await checksums(cluster, real), await checksums(cluster, other)];
  const names = [...applied.keys()];
  return {
    changed: names.filter((name) => made.has(name) && made.get(name) !== applied.get(name)),
    missing: names.filter((name) => !made.has(name)),
  };
}

async function checksums(cluster: DatabaseCluster, database: string): Promise<Map<string, string>> {
  if ((await appliedMigrations(cluster, database)).length === 0) return new Map();
  const { rows } = await cluster.query<{ name: string; checksum: string }>(
    database,
    `select name, checksum from ${RUNNERS_TABLE} order by name`,
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
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
