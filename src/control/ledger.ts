// The resource ledger: everything a run makes outside the control database is written here before it is made, so that a
// crash at any moment leaves a row from which it can be found and released.
import { createHash } from "node:crypto";
import type { Control } from "./control.ts";

/** `work-database` and `sandbox` live as long as their run, `database-switch` until its run has settled it; the rest as
 * long as their project. */
export type ResourceKind =
  | "project"
  | "database-roles"
  | "database"
  | "work-database"
  | "database-switch"
  | "sandbox"
  | "git-directory"
  | "repository"
  | "snapshot"
  | "deployment";

export interface Resource {
  resource_id: string;
  run_id: string;
  project_id: string | null;
  kind: ResourceKind;
  /** Deterministic, made from ids: `turbobackend_prj_x7k2`. */
  name: string;
  provider: string;
  state: "intended" | "created" | "released";
}

const COLUMNS = "resource_id, run_id, project_id, kind, name, provider, state";

/** Writes the intent, makes the thing, writes that it is there. Repeating it after a crash is harmless because `make` is
 * idempotent (a look before it creates) and the row is the same one. What another run of the project already holds (its
 * deployment, say) stays that run's, so that undoing this one does not take it away. */
export async function withResource<T>(
  control: Control,
  resource: Pick<Resource, "run_id" | "project_id" | "kind" | "name" | "provider">,
  make: () => Promise<T>,
): Promise<T> {
  const id = `res_${createHash("sha256").update(`${resource.run_id} ${resource.kind} ${resource.provider} ${resource.name}`).digest("hex").slice(0, 20)}`;
  await control.query(
    `insert into resources (resource_id, run_id, project_id, kind, name, provider, state, created_at)
     values ($1, $2, $3, $4, $5, $6, 'intended', extract(epoch from now())::bigint)
     on conflict do nothing`,
    [id, resource.run_id, resource.project_id, resource.kind, resource.name, resource.provider],
  );
  await control.query(
    `update resources mine set state = 'intended', released_at = null where resource_id = $1 and state = 'released' and not exists
       (select from resources held where held.kind = mine.kind and held.provider = mine.provider and held.name = mine.name
        and held.state <> 'released')`,
    [id],
  );
  const made = await make();
  await control.query("update resources set state = 'created' where resource_id = $1", [id]);
  return made;
}

/** Makes the thing this run's, whoever held it: what a run put in use must not go when an older run is undone. */
export async function adoptResource(
  control: Control,
  { run_id, kind, name, provider }: Pick<Resource, "run_id" | "kind" | "name" | "provider">,
): Promise<void> {
  await control.query(
    `update resources set run_id = $1, state = 'created'
     where kind = $2 and name = $3 and provider = $4 and state <> 'released'`,
    [run_id, kind, name, provider],
  );
}

/** The run that made the project: what is made for the project later, outside any run, is written down as this run's.
 * null when the project is gone. */
export async function runOfProject(control: Control, projectId: string): Promise<string | null> {
  const [row] = await control.query<{ run_id: string }>(
    "select run_id from resources where project_id = $1 and kind = 'project' and state <> 'released'",
    [projectId],
  );
  return row?.run_id ?? null;
}

/** What is not released yet, newest first: the order in which it has to go. */
export async function liveResources(
  control: Control,
  of: { runId: string } | { projectId: string },
): Promise<Resource[]> {
  const byRun = "runId" in of;
  return control.query<Resource>(
    `select ${COLUMNS} from resources where ${byRun ? "run_id" : "project_id"} = $1 and state <> 'released' order by sequence desc`,
    [byRun ? of.runId : of.projectId],
  );
}

export async function markReleased(control: Control, resourceId: string): Promise<void> {
  await control.query(
    "update resources set state = 'released', released_at = extract(epoch from now())::bigint where resource_id = $1",
    [resourceId],
  );
}
