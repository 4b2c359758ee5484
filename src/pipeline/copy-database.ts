// The development copy of a project's database, which a run's agent works on: made when somebody asks for it, because not every
// agent does, and to make a database costs a third of a second of the machine.
import { allDone } from "../all-done.ts";
import { liveResources, type Resource, withResource } from "../control/ledger.ts";
import { releaseResource } from "../control/release-resources.ts";
import { workDatabases } from "./names.ts";
import type { Run } from "./types.ts";

export interface CopyOf {
  projectId: string;
  /** The live database. */
  database: string;
}

/** Copies the live database, unless the run has its copy. Whatever of one was left half made is replaced. */
export async function ensureCopy({ projectId, database }: CopyOf, run: Run): Promise<void> {
  if (await hasCopy(projectId, run)) return;
  const cluster = await run.adapters.databaseCluster();
  const { work } = workDatabases(projectId);
  await withWorkDatabase(projectId, run, work, () => cluster.copy(projectId, database, work));
}

/** Whether it has been made, and is whole. */
export async function hasCopy(projectId: string, run: Run): Promise<boolean> {
  return (await copiesOf(projectId, run)).some(({ state }) => state === "created");
}

/** Drops it; the next who asks gets one of what is live then. Nothing is done when there is none. */
export async function discardCopy(projectId: string, run: Run): Promise<void> {
  for (const copy of await copiesOf(projectId, run)) await releaseResource(run.control, run.adapters, copy);
}

/** Writes down the databases that a verification makes for itself. */
export async function announceScratch(projectId: string, run: Run): Promise<void> {
  const { probe, test } = workDatabases(projectId);
  await allDone([probe, test].map((name) => withWorkDatabase(projectId, run, name, async () => {})));
}

async function withWorkDatabase(projectId: string, run: Run, name: string, make: () => Promise<void>): Promise<void> {
  const { kind: provider } = await run.adapters.databaseCluster();
  const resource = { run_id: run.id, project_id: projectId, kind: "work-database", name, provider } as const;
  await withResource(run.control, resource, make);
}

async function copiesOf(projectId: string, run: Run): Promise<Resource[]> {
  const { work } = workDatabases(projectId);
  const held = await liveResources(run.control, { runId: run.id });
  return held.filter(({ kind, name }) => kind === "work-database" && name === work);
}
