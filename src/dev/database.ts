// The development database of a project: its own, never the one that the deployment works on.
import type { Connection, DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import type { Control } from "../control/control.ts";
import { runOfProject, withResource } from "../control/ledger.ts";
import { TbError } from "../errors.ts";
import { devDatabase } from "../pipeline/names.ts";
import { databaseEnv } from "../pipeline/workspace.ts";

export interface DevDatabase {
  name: string;
  /** What the server gets: it may read and write rows. */
  serverEnv: Record<string, string>;
  /** What the migrations get besides. */
  ownerEnv: Record<string, string>;
}

/** Makes it, or finds it as it was left. `fresh` drops it first. Throws like the cluster's `ensure`. */
export async function openDevDatabase(
  control: Control,
  cluster: DatabaseCluster,
  project: { id: string; name: string },
  fresh: boolean,
): Promise<DevDatabase> {
  const name = devDatabase(project.id);
  const runId = await runOfProject(control, project.id);
  if (runId === null) throw new TbError("not_found", `${project.name} has been removed.`);
  await cluster.ensure();
  const resource = { run_id: runId, project_id: project.id, kind: "database", name, provider: cluster.kind } as const;
  await withResource(control, resource, async () => {
    if (fresh) await cluster.dropDatabase(name);
    await cluster.provision(project.id, name);
  });
  const app: Connection = await cluster.connection(project.id, "app", name);
  const own = await cluster.connection(project.id, "own", name);
  return {
    name,
    // Said outright, because the user's own .env may say something else, for another server.
    serverEnv: { ...databaseEnv(app), ...(app.ssl === false && { DB_SSL: "disable" }) },
    ownerEnv: { MIGRATE_DB_USER: own.user, MIGRATE_DB_PASSWORD: own.password },
  };
}
