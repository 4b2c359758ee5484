// What is there without being in the ledger. Everything is listed at its provider before the ledger is read: what was made
// meanwhile had its intent written before, so it is found there.
import type { LabelledDatabase } from "../../adapters/database-cluster/database-cluster.ts";
import type { StoredDeployments } from "../../adapters/deploy-target/deploy-target.ts";
import type { StoredGit } from "../../adapters/git-host/git-host.ts";
import type { StoredSnapshot } from "../../adapters/object-store/object-store.ts";
import type { StoredSandbox } from "../../adapters/sandbox/sandbox.ts";
import type { Candidate, CleanupKind, CleanupScope, Done, Found, Unknown } from "./plan.ts";
import { DONE, IN_USE } from "./plan.ts";
import { isHeld, knownProjects, runStates, type HeldResource, type KnownProject } from "./queries.ts";

/** What the adapters have, as of one look. */
export interface Inventory {
  sandboxes: StoredSandbox[];
  databases: LabelledDatabase[];
  repositories: StoredGit[];
  directories: StoredGit[];
  deployments: StoredDeployments[];
  snapshots: StoredSnapshot[];
}

/** Milliseconds: what is younger may be at work without a run. */
const YOUNG = 60 * 60_000;

/** What `tb dev` works on holds somebody's data, whether it runs or not. */
const DEVELOPMENT = "_dev";

const UNKNOWN = "this state knows nothing of it; another one may";

export async function findOrphans(scope: CleanupScope, seen: Inventory, held: HeldResource[]): Promise<Found> {
  const [ledger, projects] = [new Set(held.map(({ name }) => name)), await knownProjects(scope.control)];
  const found: Found = { candidates: [], unknown: [] };
  await addSandboxes(scope, seen.sandboxes, ledger, found);
  for (const database of seen.databases) {
    if (!ledger.has(database.name)) addDatabase(scope, database, projects, found);
  }
  for (const [kind, name, projectId, bytes, remove] of projectThings(scope, seen)) {
    if (ledger.has(name)) continue;
    const project = projects.get(projectId);
    if (!project) found.unknown.push({ kind, name, reason: UNKNOWN });
    else if (project.status === "destroyed" && !project.busy) {
      found.candidates.push(candidate(scope, kind, name, projectId, bytes, removedReason(project), remove));
    }
  }
  return found;
}

async function addSandboxes(
  scope: CleanupScope,
  sandboxes: StoredSandbox[],
  ledger: ReadonlySet<string>,
  found: Found,
): Promise<void> {
  const loose = sandboxes.filter(({ id }) => /^sbx_[0-9a-z]+$/.test(id) && !ledger.has(id));
  const states = await runStates(
    scope.control,
    loose.map(({ id }) => runOf(id)),
  );
  for (const { id, bytes, changedAt } of loose) {
    const state = states.get(runOf(id));
    if (state === "running" || state === "parked") continue;
    const remove = async () => (await scope.adapters.sandbox()).destroy(id);
    if (state) {
      const reason = `its run ${runOf(id)} has ended`;
      found.candidates.push(candidate(scope, "sandbox", id, null, bytes, reason, remove));
    } else if (changedAt < scope.before) {
      const reason = "no run knows it, and nobody has used it for long";
      found.candidates.push(candidate(scope, "sandbox", id, null, bytes, reason, remove));
    } else found.unknown.push({ kind: "sandbox", name: id, reason: UNKNOWN });
  }
}

/** The run that a sandbox is named after. */
function runOf(sandboxId: string): string {
  return `run_${sandboxId.slice("sbx_".length)}`;
}

/** A project's own database goes only when the project was removed; what was made beside it, when nobody works on it. */
function addDatabase(
  scope: CleanupScope,
  { name, bytes, sessions, createdAt }: LabelledDatabase,
  projects: ReadonlyMap<string, KnownProject>,
  found: Found,
): void {
  const [, projectId = "", more] = /^turbobackend_(prj_[0-9a-z]+?)(_[0-9a-z_]+)?$/.exec(name) ?? [];
  const project = projects.get(projectId);
  const unknown = (reason: string): Unknown => ({ kind: "database", name, reason });
  if (!project) return void found.unknown.push(unknown(UNKNOWN));
  const removed = project.status === "destroyed";
  if (more === DEVELOPMENT && !removed) return;
  if (more === undefined && !removed) {
    return void found.unknown.push(unknown(`it is the database of ${project.name}, but the ledger does not have it`));
  }
  const young = createdAt !== null && Date.now() - createdAt.getTime() < YOUNG;
  if (project.busy || sessions > 0 || (young && !removed)) return;
  const reason = removed ? removedReason(project) : `no run of ${project.name} works on it any more`;
  const remove = async () => (await scope.adapters.databaseCluster()).dropDatabase(name);
  found.candidates.push(candidate(scope, "database", name, projectId, bytes, reason, remove));
}

type ProjectThing = [
  kind: CleanupKind,
  name: string,
  projectId: string,
  bytes: number | null,
  remove: () => Promise<void>,
];

/** What lives as long as its project, under the names that the ledger uses. */
function projectThings({ adapters }: CleanupScope, seen: Inventory): ProjectThing[] {
  const archives = new Set(seen.snapshots.map(({ projectId }) => projectId));
  return [
    ...seen.deployments.map(({ projectId, bytes }): ProjectThing => [
      "deployment",
      projectId,
      projectId,
      bytes,
      async () => (await adapters.deployTarget()).destroy(projectId),
    ]),
    ...seen.repositories
      .filter(({ name }) => name.startsWith("turbobackend-prj_"))
      .map(({ name, bytes }): ProjectThing => [
        "repository",
        name,
        name.slice("turbobackend-".length),
        bytes,
        async () => (await adapters.gitHost()).deleteRepository(name),
      ]),
    ...seen.directories
      .filter(({ name }) => name.startsWith("prj_"))
      .map(({ name, bytes }): ProjectThing => [
        "git directory",
        name,
        name,
        bytes,
        async () => (await adapters.gitHost()).forget(name),
      ]),
    ...[...archives].map((projectId): ProjectThing => [
      "snapshots",
      projectId,
      projectId,
      null,
      async () => (await adapters.objectStore()).deleteSnapshots(projectId),
    ]),
  ];
}

function removedReason({ name }: KnownProject): string {
  return `its project ${name} was removed`;
}

function candidate(
  { control }: CleanupScope,
  kind: CleanupKind,
  name: string,
  project: string | null,
  bytes: number | null,
  reason: string,
  remove: () => Promise<void>,
): Candidate {
  return {
    kind,
    name,
    project,
    action: "remove",
    reason,
    bytes,
    act: async (): Promise<Done> => {
      if (await isHeld(control, name)) return IN_USE;
      await remove();
      return DONE;
    },
  };
}
