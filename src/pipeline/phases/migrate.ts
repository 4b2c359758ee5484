// Migrations that the version has and the database lacks, before the version that needs them takes over.
import type { DatabaseCluster } from "../../adapters/database-cluster/database-cluster.ts";
import { recordQuery, setTables } from "../../control/generated-queries.ts";
import { TbError } from "../../errors.ts";
import { tablesIn } from "../../plan/read-migration.ts";
import { countOf } from "../../ui/count.ts";
import { applyMigrations } from "../apply-migrations.ts";
import type { DeployStart } from "../deploy.ts";
import { appliedMigrations, presentTables } from "../live-schema.ts";
import type { Phase, Run } from "../types.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";
import type { BuildState } from "./find-build.ts";

type In = DeployStart & { build: BuildState };

export const migrate: Phase<In, { migrated: string[] }> = {
  name: "migrate",
  title: "Migrate the database",
  skip: ({ database, build }) => {
    if (database === null) return { reason: "no database", instead: { migrated: [] } };
    return build.kept === null ? undefined : { reason: "nothing new", instead: { migrated: [] } };
  },
  run: async (state, run) => {
    const { migrated, tables } = await run.step("migrate", () => migrateLive(state, state.database!, run));
    if (migrated.length > 0) {
      const touched = tables.length > 0 ? ` affecting tables: ${tables.join(", ")}` : "";
      await run.emit({
        type: "activity",
        action: "queries_executed",
        environment: "production",
        details: `Executed ${countOf(migrated.length, "migration")}${touched}`,
      });
    }
    return { migrated };
  },
  summarize: ({ migrated }) =>
    migrated.length > 0 ? `Migrated the database: ${migrated.join(", ")}` : "Database is up to date",
};

/** What was applied is written down also when a later one fails: it stays. */
async function migrateLive(state: In, database: string, run: Run): Promise<{ migrated: string[]; tables: string[] }> {
  const cluster = await run.adapters.databaseCluster();
  const workspace = await openWorkspace(run, { projectId: state.projectId, database: null });
  let failure: unknown;
  let durationMs = 0;
  try {
    ({ durationMs } = await applyMigrations(run, await workspace.sandbox(), state.projectId, database));
  } catch (error) {
    failure = error;
  }
  const before = new Set(state.build.pending);
  const migrated = (await appliedMigrations(cluster, database)).filter((name) => before.has(name));
  const tables = await record({ state, database, run, workspace, migrated, durationMs, failure }, cluster);
  if (failure) throw explain(failure, migrated);
  return { migrated, tables };
}

interface Attempted {
  state: In;
  database: string;
  run: Run;
  workspace: Workspace;
  migrated: string[];
  durationMs: number;
  failure: unknown;
}

/** Returns the tables that the applied ones touched. */
async function record(attempted: Attempted, cluster: DatabaseCluster): Promise<string[]> {
  const { state, database, run, workspace, migrated, durationMs, failure } = attempted;
  // Anything else (an interruption, a lost connection) says nothing of the migration: it is tried again on resume.
  const refused = failure instanceof TbError && failure.code === "failure" ? failure : null;
  const failed = refused ? state.build.pending.find((name) => !migrated.includes(name)) : undefined;
  const sandbox = await workspace.sandbox();
  const touched: string[] = [];
  for (const file of [...migrated, ...(failed ? [failed] : [])]) {
    const sql = await sandbox.readFile(`migrations/${file}`);
    const tables = tablesIn(sql);
    const error = file === failed ? lastDetail(refused!) : null;
    if (error === null) touched.push(...tables);
    await recordQuery(run.control, {
      queryId: `${run.id}/${file}`,
      projectId: state.projectId,
      runId: run.id,
      database,
      sql,
      purpose: `migration ${file}`,
      tables,
      error,
      durationMs: error === null && migrated.length === 1 ? durationMs : null, // of all of them together otherwise
      environment: "production",
    });
  }
  if (migrated.length > 0) await setTables(run.control, database, await presentTables(cluster, database));
  return [...new Set(touched)];
}

function lastDetail(error: TbError): string {
  return error.details?.at(-1) ?? error.message;
}

function explain(failure: unknown, migrated: string[]): unknown {
  if (!(failure instanceof TbError) || failure.code !== "failure") return failure;
  const kept = migrated.length > 0 ? [`Applied before it, and kept: ${migrated.join(", ")}`] : [];
  return new TbError(
    "failure",
    "Deployment failed: a migration could not be applied; the previous version is serving.",
    {
      details: [...(failure.details ?? []), "Nothing of it was kept.", ...kept],
      suggestion: "Correct it, push to main, and deploy again.",
      cause: failure,
    },
  );
}
