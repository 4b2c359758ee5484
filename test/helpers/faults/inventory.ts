// Everything that tb has made outside its tables and everything its tables hold on to, as lines that can be compared.
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseCluster } from "../../../src/adapters/database-cluster/database-cluster.ts";
import { sharedBase } from "../../../src/adapters/shared-base.ts";
import type { Control } from "../../../src/control/control.ts";
import { chosenSocketFolder } from "../../../src/processes/socket-folder.ts";
import { createSecretStore } from "../../../src/secrets/secret-store.ts";

export interface Place {
  home: string;
  control: Control;
  cluster: DatabaseCluster;
}

/** Files, sockets, databases, roles, processes, rows of the engine, and what the ledger counts as held. */
export async function inventory(place: Place): Promise<string[]> {
  const base = sharedBase(await createSecretStore({ home: place.home }).installationId());
  const found = await Promise.all([
    filesBelow(place.home),
    filesBelow(join(base, "sandboxes")),
    socketFolders(place, base),
    databases(place.cluster),
    rows(place.control),
    processes([place.home, base]),
  ]);
  return found.flat();
}

/** The cache outlives every project, and the servers look after their own folders. */
const PASSED_OVER: ReadonlySet<string> = new Set(["cache", "postgres"]);

/** Files, links and sockets, and folders that are empty but for those of the object store. */
async function filesBelow(root: string, below = root): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(below, { withFileTypes: true }).catch(() => [])) {
    const path = join(below, entry.name);
    if (below === root && PASSED_OVER.has(entry.name)) continue;
    if (!entry.isDirectory()) found.push(`file ${path}`);
    else {
      const inside = await filesBelow(root, path);
      if (inside.length === 0 && !/^[0-9a-f]{2}$/.test(entry.name) && below !== root) found.push(`folder ${path}`);
      found.push(...inside);
    }
  }
  return found;
}

/** Stand-ins for folders whose paths are too long for sockets, of every project and run there has ever been. */
async function socketFolders({ home, control }: Place, base: string): Promise<string[]> {
  const ids = await control.query<{ id: string; kind: string }>(
    "select project_id as id, 'project' as kind from project_contexts union all select run_id, 'run' from runs",
  );
  const longs = ids.flatMap(({ id, kind }) => {
    if (kind === "project") return [join(home, "deployments", id)];
    const sandbox = `sbx_${id.slice("run_".length)}`;
    return [home, base].flatMap((root) => ["run", "db"].map((name) => join(root, "sandboxes", sandbox, name)));
  });
  const found = await Promise.all(
    longs.map(async (long) => {
      const chosen = chosenSocketFolder(long);
      return chosen !== long && (await readdir(chosen).catch(() => null)) ? [`socket folder ${chosen} of ${long}`] : [];
    }),
  );
  return found.flat();
}

async function databases(cluster: DatabaseCluster): Promise<string[]> {
  const roles = await cluster.query<{ name: string }>(
    "postgres",
    "select rolname as name from pg_roles where rolname like 'turbobackend\\_%'",
  );
  return [
    ...(await cluster.listDatabases()).map((name) => `database ${name}`),
    ...roles.rows.map(({ name }) => `role ${name}`),
  ];
}

async function rows(control: Control): Promise<string[]> {
  const found = await control.query<{ line: string }>(
    `select 'run ' || run_id || ' ' || pipeline || ' ' || state as line from runs where state in ('running', 'parked')
     union all select 'ledger ' || kind || ' ' || name || ' ' || state from resources where state <> 'released'
     union all select 'sandbox row ' || session_id from container_sessions where ended_at is null
     union all select 'deployment row ' || deployment_id from deployments where status = 'active'
     union all select 'project row ' || name from project_contexts where status <> 'destroyed'
     union all select 'engine workflow ' || workflow_uuid from tb_engine.workflow_status
     union all select 'engine step of ' || workflow_uuid from tb_engine.operation_outputs
     union all select 'engine input of ' || workflow_uuid from tb_engine.workflow_input
     union all select 'engine output of ' || workflow_uuid from tb_engine.workflow_output
     union all select 'engine queue ' || name from tb_engine.queues`,
  );
  return found.map(({ line }) => line);
}

/** Processes that were told of one of these folders, run in it or were started from it; the servers are not counted. */
async function processes(roots: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    if (Number(pid) === process.pid) continue;
    const [command, environment, folder] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
      readFile(`/proc/${pid}/environ`, "utf8").catch(() => ""),
      readlink(`/proc/${pid}/cwd`).catch(() => ""),
    ]);
    const places = [command, environment, folder].join("\n");
    if (command === "" || /^postgres:|\/postgres\0/.test(command)) continue;
    if (roots.some((root) => places.includes(root)))
      found.push(`process ${pid} ${command.replaceAll("\0", " ").trim()}`);
  }
  return found;
}
