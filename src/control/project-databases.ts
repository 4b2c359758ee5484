// The databases of projects and the SQL that was run on them.
import type { Control } from "./control.ts";

export interface AppliedMigration {
  projectId: string;
  runId: string;
  modificationId: string;
  database: string;
  cluster: string;
  file: string;
  sql: string;
  tables: string[];
  durationMs: number;
}

/** The database and its first migration, in one statement; repeating it changes nothing. */
export async function recordMigration(control: Control, of: AppliedMigration): Promise<void> {
  await control.query(
    `with known as (
       insert into project_databases (database_name, project_id, run_id, cluster, tables, environment, is_active, created_at, updated_at)
       values ($1, $2, $3, $4, to_jsonb($5::text[]), 'development', true, extract(epoch from now())::bigint, extract(epoch from now())::bigint)
       on conflict (database_name) do update set is_active = true)
     insert into generated_queries (query_id, project_id, run_id, modification_id, database_name, sql, purpose, tables, status,
       duration_ms, environment, created_at)
     values ($3 || '/' || $6, $2, $3, $7, $1, $8, 'migration ' || $6, $5, 'succeeded', $9, 'development', extract(epoch from now())::bigint)
     on conflict (query_id) do nothing`,
    [of.database, of.projectId, of.runId, of.cluster, of.tables, of.file, of.modificationId, of.sql, of.durationMs],
  );
}

/** The project's database, or null when it has none. */
export async function findDatabase(
  control: Control,
  projectId: string,
): Promise<{ name: string; tables: string[] } | null> {
  const [row] = await control.query<{ name: string; tables: string[] }>(
    "select database_name as name, tables from project_databases where project_id = $1 and is_active",
    [projectId],
  );
  return row ?? null;
}

/** The database has been dropped. */
export async function closeDatabase(control: Control, database: string): Promise<void> {
  await control.query(
    "update project_databases set is_active = false, updated_at = extract(epoch from now())::bigint where database_name = $1",
    [database],
  );
}
