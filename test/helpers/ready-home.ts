// Homes in which the database servers were started once before: making them takes longer than most tests, and is what other
// tests are about (init, embedded-postgres, database). The first test that asks for one makes the model of all of them.
import { execFile } from "node:child_process";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { locateCluster, prepareFolders } from "../../src/adapters/database-cluster/postgres-location.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../src/config.ts";
import { openControl } from "../../src/control/database.ts";
import { prepareEngine } from "../../src/pipeline/engine.ts";
import { removeHome } from "./postgres.ts";

const CLUSTERS = ["control", "projects"] as const;

/** Gives an empty home both clusters, stopped, with tb's schema and the engine's tables as of now.
 * `model` is the folder of the model, shared by all tests of a run. */
export async function prepareHome(home: string, model: string): Promise<void> {
  await ensureModel(model);
  const [from, to] = [await locateCluster(join(model, "home"), "control"), await locateCluster(home, "control")];
  await prepareFolders(to);
  const parts = [...CLUSTERS, ...CLUSTERS.map((which) => `${which}.password`), "pg_hba.conf"];
  await promisify(execFile)("cp", ["-a", ...parts.map((part) => join(from.base, part)), to.base]); // keeps the owner
}

export async function removeModel(model: string): Promise<void> {
  if (await exists(join(model, "home"))) await removeHome(join(model, "home"));
  await rm(model, { recursive: true, force: true });
}

async function ensureModel(model: string): Promise<void> {
  const [making, ready] = [join(model, "making"), join(model, "ready")];
  try {
    await mkdir(making);
  } catch {
    while (!(await exists(ready))) await sleep(50); // another test makes it
    return;
  }
  await makeModel(join(model, "home"));
  await writeFile(ready, "");
}

async function makeModel(home: string): Promise<void> {
  await mkdir(home, { mode: 0o700 });
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
  const control = await openControl(config);
  await prepareEngine(control);
  await control.close();
  await selectDatabaseCluster(config).ensure();
  for (const which of CLUSTERS) {
    const server = createEmbeddedPostgres(config, which);
    const client = new Client({ ...(await server.administrator()), database: "postgres" });
    await client.connect();
    await client.query("alter system set fsync = off"); // no test pulls the plug: killed processes lose nothing by it
    await client.end();
    await server.stop();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
