// The engine room as `tb db start|stop|status|migrate` see it: the control cluster and the projects cluster.
import { Client, type ClientConfig } from "pg";
import { connectionError } from "../adapters/database-cluster/connection-errors.ts";
import { createEmbeddedPostgres } from "../adapters/database-cluster/embedded-postgres.ts";
import type { EmbeddedClusterName } from "../adapters/database-cluster/postgres-location.ts";
import { selectDatabaseCluster } from "../adapters/database-cluster/select-database-cluster.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { migrateControlDatabase, openControl } from "./database.ts";
import { pendingMigrations, readMigrations } from "./migrate-control.ts";

export interface ClusterStatus {
  name: EmbeddedClusterName;
  kind: "embedded" | "external";
  running: boolean;
  /** Of the running server, such as "18.4"; null when it does not run. */
  version: string | null;
  /** `user@host:port` of an external server, the data folder of an embedded one. */
  location: string;
  pid: number | null;
  log_file: string | null;
  /** Whole data folder; null for an external server. */
  size_bytes: number | null;
  /** tb's own databases in it. */
  databases: { name: string; size_bytes: number }[];
  /** Why an external server could not be asked. */
  problem: string | null;
}

interface SchemaStatus {
  name: string;
  /** Newest applied migration; null when there is none, or when the server does not run. */
  version: string | null;
  /** Migrations this tb brings and the database lacks; null when the server does not run. */
  pending: string[] | null;
  /** Why the schema cannot be used, such as: migrated by a newer tb. */
  problem: string | null;
}

export interface EngineRoomStatus {
  control: ClusterStatus & { schema: SchemaStatus };
  projects: ClusterStatus;
}

export type StopOutcome = "stopped" | "not_running" | "external";

/** What is there, without starting anything. */
export async function dbStatus(config: Config): Promise<EngineRoomStatus> {
  const [control, projects] = [await controlStatus(config), await projectsStatus(config)];
  return { control, projects };
}

/** Starts both clusters (external ones are only checked) and brings the control schema up to date. Idempotent. */
export async function dbStart(config: Config): Promise<EngineRoomStatus> {
  const control = await openControl(config);
  await control.close();
  const cluster = selectDatabaseCluster(config);
  await cluster.ensure();
  await cluster.close(); // or the command would wait for its session
  return dbStatus(config);
}

/** Stops the embedded servers. Deployed apps lose their database until the next start. */
export async function dbStop(config: Config): Promise<{ control: StopOutcome; projects: StopOutcome }> {
  return {
    projects: config.projectsCluster ? "external" : await stopEmbedded(config, "projects"),
    control: config.controlUrl === null ? await stopEmbedded(config, "control") : "external",
  };
}

/** Applies pending migrations of the control schema, starting its server if need be; `version` is the newest one then. */
export async function dbMigrate(config: Config): Promise<{ applied: string[]; version: string | null }> {
  const applied = await migrateControlDatabase(config);
  return { applied, version: (await readMigrations()).at(-1)?.name ?? null };
}

async function stopEmbedded(config: Config, which: EmbeddedClusterName): Promise<StopOutcome> {
  return (await createEmbeddedPostgres(config, which).stop()) ? "stopped" : "not_running";
}

async function controlStatus(config: Config): Promise<ClusterStatus & { schema: SchemaStatus }> {
  const schema: SchemaStatus = { name: config.controlSchema, version: null, pending: null, problem: null };
  async function look(client: Client): Promise<void> {
    await client.query("select set_config('search_path', $1, false)", [config.controlSchema]);
    const migrations = await readMigrations();
    try {
      schema.pending = (await pendingMigrations(client, migrations)).map(({ name }) => name);
    } catch (error) {
      if (!(error instanceof TbError)) throw error;
      schema.problem = error.message;
    }
    schema.version = await newestApplied(client);
  }
  if (config.controlUrl !== null) {
    const status = await externalStatus(
      "control",
      { connectionString: config.controlUrl },
      "PG_CONTROL_URL",
      null,
      look,
    );
    return { ...status, schema };
  }
  const status = await embeddedStatus(config, "control");
  if (status.databases.some(({ name }) => name === "tb_control")) {
    const settings = await createEmbeddedPostgres(config, "control").administrator();
    await withClient({ ...settings, database: "tb_control" }, look);
  }
  return { ...status, schema };
}

async function newestApplied(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ found: string | null }>(
    "select to_regclass('schema_migrations')::text as found",
  );
  if (!rows[0]?.found) return null;
  const newest = await client.query<{ name: string | null }>("select max(name) as name from schema_migrations");
  return newest.rows[0]?.name ?? null;
}

async function projectsStatus(config: Config): Promise<ClusterStatus> {
  if (!config.projectsCluster) return embeddedStatus(config, "projects");
  const settings = { ...config.projectsCluster, database: "postgres" };
  return externalStatus("projects", settings, "the DB_CLUSTER_ variables", "turbobackend\\_%");
}

async function embeddedStatus(config: Config, which: EmbeddedClusterName): Promise<ClusterStatus> {
  const server = createEmbeddedPostgres(config, which);
  const found = await server.status();
  const status: ClusterStatus = {
    name: which,
    kind: "embedded",
    running: found.running,
    version: null,
    location: found.dataDirectory,
    pid: found.pid,
    log_file: found.logFile,
    size_bytes: found.sizeBytes,
    databases: [],
    problem: null,
  };
  if (!found.running) return status;
  try {
    const settings = { ...(await server.administrator()), database: "postgres" };
    const known = await withClient(settings, (client) =>
      describe(client, which === "control" ? "tb\\_%" : "turbobackend\\_%"),
    );
    return { ...status, ...known };
  } catch (error) {
    return { ...status, problem: connectionError(error, `of the ${which} cluster`, "its log").message };
  }
}

/** `databases`: pattern of the names to list; null lists the one that is connected to. */
async function externalStatus(
  name: EmbeddedClusterName,
  settings: ClientConfig,
  variables: string,
  databases: string | null,
  look: (client: Client) => Promise<void> = async () => {},
): Promise<ClusterStatus> {
  const { user, host, port } = new Client(settings);
  const location = `${user ?? ""}@${host}:${port}`;
  const base: ClusterStatus = {
    name,
    kind: "external",
    running: false,
    version: null,
    location,
    pid: null,
    log_file: null,
    size_bytes: null,
    databases: [],
    problem: null,
  };
  try {
    return await withClient(settings, async (client) => {
      await look(client);
      return { ...base, running: true, ...(await describe(client, databases)) };
    });
  } catch (error) {
    return { ...base, problem: connectionError(error, location, variables).message };
  }
}

async function describe(client: Client, pattern: string | null): Promise<Pick<ClusterStatus, "version" | "databases">> {
  const { rows } = await client.query<{ name: string; size: string }>(
    `select datname as name, pg_database_size(oid) as size from pg_database
     where case when $1::text is null then datname = current_database() else datname like $1 end order by datname`,
    [pattern],
  );
  const version = await client.query<{ version: string }>("select current_setting('server_version') as version");
  return {
    version: version.rows[0]?.version ?? null,
    databases: rows.map(({ name, size }) => ({ name, size_bytes: Number(size) })),
  };
}

async function withClient<T>(settings: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...settings, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  client.on("error", () => {}); // the statement under way fails with the same error
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
