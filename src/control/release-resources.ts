// The one undo: walks the ledger newest first and releases what is there. Every release is idempotent, so a walk that was
// cut short is simply walked again.
import { allDone } from "../all-done.ts";
import type { Adapters } from "../adapters/index.ts";
import type { Control } from "./control.ts";
import { liveResources, markReleased, type Resource, type ResourceKind } from "./ledger.ts";
import { endContainerSession } from "./container-sessions.ts";
import { switchBack } from "./database-switch.ts";
import { removeDeployments } from "./deployments.ts";
import { closeDatabase } from "./project-databases.ts";
import { forgetProject } from "./projects.ts";
import { closeRepository } from "./repositories.ts";

/** Kinds that only serve a run and go when it has succeeded. */
export const RUN_SCOPED: ReadonlySet<ResourceKind> = new Set(["sandbox", "work-database"]);

export interface ReleaseOptions {
  /** Release only these kinds; default all. */
  only?: ReadonlySet<ResourceKind>;
  /** Leave this kind for later. */
  except?: ResourceKind;
}

/** Releases what only the run needed, all at once: none of it depends on another. Throws the first error, when the rest is
 * done. */
export async function releaseRunScoped(
  control: Control,
  adapters: Adapters,
  runId: string,
  kinds: ReadonlySet<ResourceKind> = RUN_SCOPED,
): Promise<void> {
  const scoped = (await liveResources(control, { runId })).filter(({ kind }) => kinds.has(kind));
  await allDone(scoped.map((resource) => releaseResource(control, adapters, resource)));
}

/** Releases the live resources of a run or a project. Throws the first error; what was released stays released. */
export async function releaseResources(
  control: Control,
  adapters: Adapters,
  of: { runId: string } | { projectId: string },
  options: ReleaseOptions = {},
): Promise<Resource[]> {
  const released: Resource[] = [];
  for (const resource of await liveResources(control, of)) {
    if (options.only && !options.only.has(resource.kind)) continue;
    if (resource.kind === options.except) continue;
    await releaseResource(control, adapters, resource);
    released.push(resource);
  }
  return released;
}

/** Releases one resource and writes that it is gone. Repeating it is fine. */
export async function releaseResource(control: Control, adapters: Adapters, resource: Resource): Promise<void> {
  await release(control, adapters, resource);
  await markReleased(control, resource.resource_id);
}

async function release(control: Control, adapters: Adapters, resource: Resource): Promise<void> {
  const { kind, name, project_id } = resource;
  switch (kind) {
    case "project":
      return forgetProject(control, name);
    case "database":
      await (await adapters.databaseCluster()).dropDatabase(name);
      return closeDatabase(control, name);
    case "work-database":
      return (await adapters.databaseCluster()).dropDatabase(name);
    case "database-switch":
      return switchBack(await adapters.databaseCluster(), resource);
    case "database-roles":
      return (await adapters.databaseCluster()).dropRoles(project_id!);
    case "sandbox":
      await (await adapters.sandbox()).destroy(name);
      return endContainerSession(control, name);
    case "git-directory":
      return (await adapters.gitHost()).forget(name);
    case "repository":
      await (await adapters.gitHost()).deleteRepository(name);
      return closeRepository(control, project_id!);
    case "snapshot":
      return (await adapters.objectStore()).deleteSnapshots(name);
    case "deployment":
      await (await adapters.deployTarget()).destroy(name);
      return removeDeployments(control, name);
  }
}
