// The agent's door to its copy of the database: what the model writes is read first, runs as the owner of the copy, and is
// written down whatever comes of it.
import type { Connection } from "../../adapters/database-cluster/database-cluster.ts";
import { recordQuery, type ExecutedQuery } from "../../control/generated-queries.ts";
import { TbError } from "../../errors.ts";
import type { Run } from "../../pipeline/types.ts";
import { redact } from "../../secrets/redactor.ts";
import { storable } from "../clean-text.ts";
import { runSql, type SqlResult } from "./run-sql.ts";
import { vetSql } from "./vet-sql.ts";

export interface CopyOf {
  projectId: string;
  connection: Connection;
}

/** Runs the SQL of one call. The record is made in tb's own database: no rollback takes it away.
 * Throws TbError "failure" for what is refused, and what Postgres says. */
export function createCopyQuery(
  run: Pick<Run, "id" | "control">,
  of: CopyOf,
): (sql: string, callName: string) => Promise<SqlResult> {
  async function record(sql: string, callName: string, outcome: Outcome): Promise<void> {
    await recordQuery(run.control, {
      queryId: `${run.id}/${callName}`,
      projectId: of.projectId,
      runId: run.id,
      database: of.connection.database,
      sql: storable(redact(sql)),
      purpose: `query of the agent (${callName})`,
      environment: "development",
      ...outcome,
      error: outcome.error === null ? null : storable(redact(outcome.error)),
    });
  }

  return async (sql, callName) => {
    const vetted = await vetSql(sql);
    if ("problems" in vetted) {
      const refused = { refused: true, error: vetted.problems.join("\n"), tables: [], durationMs: null };
      await record(sql, callName, refused);
      throw new TbError("failure", ["The SQL was refused, nothing was run:", ...vetted.problems].join("\n"));
    }
    const started = performance.now();
    const { tables } = vetted;
    try {
      const result = await runSql(of.connection, vetted.statements);
      await record(sql, callName, { tables, error: null, durationMs: performance.now() - started });
      return result;
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      await record(sql, callName, { tables, error: said, durationMs: performance.now() - started });
      throw error;
    }
  };
}

type Outcome = Pick<ExecutedQuery, "tables" | "error" | "durationMs" | "refused">;
