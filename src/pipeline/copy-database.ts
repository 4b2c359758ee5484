// The copy of a project's database that a run's agent and its verification work on.
import { allDone } from "../all-done.ts";
import { withResource } from "../control/ledger.ts";
import { workDatabases } from "./names.ts";
import type { Run } from "./types.ts";

/** Copies the live database, in place of a copy that the run has made before. Does nothing for a project without one. */
export async function copyDatabase(
  { projectId, database }: { projectId: string; database: string | null },
  run: Run,
): Promise<void> {
  if (database === null) return;
  const cluster = await run.adapters.databaseCluster();
  const names = workDatabases(projectId);
  const common = { run_id: run.id, project_id: projectId, kind: "work-database", provider: cluster.kind } as const;
  await allDone([
    withResource(run.control, { ...common, name: names.work }, () => cluster.copy(projectId, database, names.work)),
    // Verification makes these itself.
    withResource(run.control, { ...common, name: names.probe }, async () => {}),
    withResource(run.control, { ...common, name: names.test }, async () => {}),
  ]);
}
