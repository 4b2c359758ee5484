// An empty database of the run's own, made what the migrations say. The user's is not touched.
import { TbError } from "../../errors.ts";
import { withResource } from "../../control/ledger.ts";
import { countOf } from "../../ui/count.ts";
import { requireSameServer, serverStart } from "../../verify/server-start.ts";
import { applyMigrations } from "../apply-migrations.ts";
import { appliedMigrations } from "../live-schema.ts";
import { verifyDatabases } from "../names.ts";
import type { Phase, Run } from "../types.ts";
import type { VerifyStart } from "../verify.ts";
import { openWorkspace } from "../workspace.ts";
import type { TreeState } from "./check-out-tree.ts";

export interface EmptyState {
  /** The run's database; null when the project has none, or when nothing can be run in the tree. */
  work: string | null;
  /** How many migrations it has applied. */
  migrations: number;
  /** Whether all of them could be. */
  migrated: boolean;
}

export const migrateEmpty: Phase<VerifyStart & TreeState, EmptyState> = {
  name: "migrate",
  title: "Make an empty database",
  skip: ({ database, tree }) => {
    const instead = { work: null, migrations: 0, migrated: true };
    if (database === null) return { reason: "no database", instead };
    return tree.every(({ passed }) => passed) ? undefined : { reason: "the code cannot run", instead };
  },
  run: async ({ projectId }, run) => run.step("migrate", () => migrate(projectId, run)),
  summarize: ({ migrations, migrated }) =>
    migrated
      ? `Made an empty database with ${countOf(migrations, "migration")}`
      : "Made an empty database; its migrations do not work",
};

async function migrate(projectId: string, run: Run): Promise<EmptyState> {
  const cluster = await run.adapters.databaseCluster();
  await cluster.ensure();
  const { work, probe, test } = verifyDatabases(projectId, run.id);
  const common = { run_id: run.id, project_id: projectId, kind: "work-database", provider: cluster.kind } as const;
  await withResource(run.control, { ...common, name: work }, async () => {
    await cluster.dropDatabase(work); // of an attempt that was cut short
    await cluster.provision(projectId, work);
  });
  // Verification makes and drops these itself; the intent covers a tb that is killed in between.
  for (const name of [probe, test]) await withResource(run.control, { ...common, name }, async () => {});
  const since = await serverStart(cluster, work);
  const workspace = await openWorkspace(run, { projectId, database: null });
  let migrated = true;
  try {
    await applyMigrations(run, await workspace.sandbox(), projectId, work);
  } catch (error) {
    if (!(error instanceof TbError && error.code === "failure")) throw error;
    await requireSameServer(cluster, work, since);
    migrated = false; // the verdict says why: it applies them once more
  }
  return { work, migrations: (await appliedMigrations(cluster, work)).length, migrated };
}
