// SQL that was run on a project's database after it was made.
import type { Control } from "./control.ts";

export interface ExecutedQuery {
  queryId: string;
  projectId: string;
  runId: string;
  database: string;
  sql: string;
  purpose: string;
  tables: string[];
  /** What the database said, or why it was not asked; null when it worked. */
  error: string | null;
  /** It was never run: not allowed. */
  refused?: boolean;
  /** null when it was not measured by itself. */
  durationMs: number | null;
  environment: "development" | "production";
}

/** Under its id: of the same one again, the last outcome counts. */
export async function recordQuery(control: Control, of: ExecutedQuery): Promise<void> {
  await control.query(
    `insert into generated_queries (query_id, project_id, run_id, database_name, sql, purpose, tables, status, error,
       duration_ms, environment, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, extract(epoch from now())::bigint)
     on conflict (query_id) do update
       set status = excluded.status, error = excluded.error, duration_ms = excluded.duration_ms`,
    [
      of.queryId,
      of.projectId,
      of.runId,
      of.database,
      of.sql,
      of.purpose,
      of.tables,
      statusOf(of),
      of.error,
      of.durationMs,
      of.environment,
    ],
  );
}

function statusOf({ error, refused = false }: ExecutedQuery): "succeeded" | "failed" | "refused" {
  if (refused) return "refused";
  return error === null ? "succeeded" : "failed";
}

/** The tables that the database has now. */
export async function setTables(control: Control, database: string, tables: string[]): Promise<void> {
  await control.query(
    `update project_databases set tables = to_jsonb($2::text[]), updated_at = extract(epoch from now())::bigint
     where database_name = $1`,
    [database, tables],
  );
}
