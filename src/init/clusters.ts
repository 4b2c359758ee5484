// Both database servers, created and started, and tb's own tables in theirs.
import { createEmbeddedPostgres, type EmbeddedPostgres } from "../adapters/database-cluster/embedded-postgres.ts";
import { selectDatabaseCluster } from "../adapters/database-cluster/select-database-cluster.ts";
import type { Config } from "../config.ts";
import { migrateControlDatabase, openControl } from "../control/database.ts";
import { countOf } from "../ui/count.ts";
import type { Done } from "./init-machine.ts";

/** The server of tb's own state, its schema, and the tables of the engine. */
export async function startControl(config: Config, say: (text: string) => void): Promise<Done> {
  const server = config.controlUrl === null ? createEmbeddedPostgres(config, "control") : null;
  const before = await stateOf(server);
  if (before === "absent") say("Creating the database of tb's own state");
  const applied = await migrateControlDatabase(config);
  const engine = await prepareTables(config);
  const tables = applied.length > 0 ? `, ${countOf(applied.length, "migration")} applied` : "";
  const summary = server ? `tb's own database ${BECAME[before]}${tables}.` : `tb's own database answers${tables}.`;
  return { done: before !== "running" || applied.length > 0 || engine, summary };
}

/** Of the engine: the first run would have to make them. */
async function prepareTables(config: Config): Promise<boolean> {
  const { prepareEngine } = await import("../pipeline/engine.ts");
  const control = await openControl(config);
  try {
    return await prepareEngine(control);
  } finally {
    await control.close();
  }
}

/** The server of the projects' databases. */
export async function startProjects(config: Config, say: (text: string) => void): Promise<Done> {
  const server = config.projectsCluster === null ? createEmbeddedPostgres(config, "projects") : null;
  const before = await stateOf(server);
  if (before === "absent") say("Creating the server of the projects' databases");
  const cluster = selectDatabaseCluster(config);
  await cluster.ensure();
  await cluster.close();
  const summary = server
    ? `The projects' database server ${BECAME[before]}.`
    : "The projects' database server answers.";
  return { done: before !== "running", summary };
}

type State = "absent" | "stopped" | "running";

const BECAME: Record<State, string> = { absent: "created and started", stopped: "started", running: "runs" };

/** A server of the user's own counts as running: whether it does is seen when it is asked. */
async function stateOf(server: EmbeddedPostgres | null): Promise<State> {
  if (!server || (await server.isRunning())) return "running";
  return (await server.status()).initialised ? "stopped" : "absent";
}
