// Opens the control database: tb's own state, in the embedded cluster or at PG_CONTROL_URL.
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig, type CustomTypesConfig, escapeIdentifier, Pool, type PoolClient, types } from "pg";
import {
  classifyConnectionError,
  connectionError,
  type ConnectionFailure,
} from "../adapters/database-cluster/connection-errors.ts";
import { createEmbeddedPostgres } from "../adapters/database-cluster/embedded-postgres.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { errorCode } from "../secrets/private-files.ts";
import type { Control } from "./control.ts";
import { migrateControl, pendingMigrations, readMigrations } from "./migrate-control.ts";

export type { Control } from "./control.ts";

export interface OpenOptions {
  /** Applies pending migrations (default). False: a database that needs some is refused. */
  migrate?: boolean;
}

/** The database of the embedded cluster; at a server of the user's own, the URL names it. */
const DATABASE = "tb_control";

/** Shared by the control modules and the durable engine. Ten commands at once stay below the server's 150. */
const POOL_SIZE = 8;

/** Opens the control database with its schema up to date; starts the embedded cluster when it does not run. When everything
 * is up this costs one connection and one query.
 * Throws TbError "configuration", "authentication" or "transient" when there is no way in. */
export async function openControl(config: Config, options: OpenOptions = {}): Promise<Control> {
  const { pool, source } = await openPool(config, options);
  return createControl(pool, config.controlSchema, source);
}

/** Applies pending migrations and returns their names. Throws like `openControl`. */
export async function migrateControlDatabase(config: Config): Promise<string[]> {
  const { pool, applied } = await openPool(config, {});
  await pool.end();
  return applied;
}

interface OpenPool {
  pool: Pool;
  source: ControlSource;
  applied: string[];
}

async function openPool(config: Config, options: OpenOptions): Promise<OpenPool> {
  const source = controlSource(config);
  let pool: Pool | undefined;
  try {
    pool = await source.pool();
    try {
      return { pool, source, applied: await bringUpToDate(pool, config, options) };
    } catch (error) {
      if (!source.start || !MAY_BE_DOWN.has(classifyConnectionError(error))) throw error;
    }
    await pool.end();
    await source.start();
    pool = await source.pool();
    return { pool, source, applied: await bringUpToDate(pool, config, options) };
  } catch (error) {
    if (pool && !pool.ended) await pool.end();
    throw source.explain(error);
  }
}

const MAY_BE_DOWN: ReadonlySet<ConnectionFailure> = new Set(["absent", "busy", "no-database"]);

interface ControlSource {
  pool(): Promise<Pool>;
  /** Starts the server and creates the database; only for the embedded one. */
  start?: () => Promise<void>;
  /** Connection errors as a user reads them; others unchanged. */
  explain(error: unknown): unknown;
}

function controlSource(config: Config): ControlSource {
  return config.controlUrl === null ? embeddedSource(config) : externalSource(config.controlUrl, config);
}

function embeddedSource(config: Config): ControlSource {
  const server = createEmbeddedPostgres(config, "control");
  async function settings(database: string): Promise<ClientConfig> {
    try {
      return { ...(await server.administrator()), database };
    } catch (error) {
      if (!(error instanceof TbError && error.code === "not_found")) throw error;
      await server.ensure(); // the very first start
      return { ...(await server.administrator()), database };
    }
  }
  return {
    pool: async () => createPool(await settings(DATABASE), config.controlSchema),
    start: async () => {
      await server.ensure();
      await createDatabase(await settings("postgres"));
    },
    explain: (error) => {
      if (error instanceof TbError || !MAY_BE_DOWN.has(classifyConnectionError(error))) {
        return explained(error, "embedded in tb", "its password file (tb db status names the folder)");
      }
      const reason = error instanceof Error ? error.message : String(error);
      return new TbError("transient", `tb's own database does not answer: ${reason}.`, {
        suggestion: "tb db start",
        cause: error,
      });
    },
  };
}

function externalSource(url: string, config: Config): ControlSource {
  let client: Client;
  try {
    client = new Client({ connectionString: url }); // only parses
  } catch (error) {
    throw new TbError("configuration", "PG_CONTROL_URL is not a valid connection string.", {
      suggestion: "Write it as postgres://user:password@host:5432/database (special characters percent-encoded).",
      cause: error,
    });
  }
  const server = `${client.user ?? ""}@${client.host}:${client.port}/${client.database ?? ""}`;
  return {
    pool: () => Promise.resolve(createPool({ connectionString: url }, config.controlSchema)),
    explain: (error) => explained(error, server, "PG_CONTROL_URL"),
  };
}

function explained(error: unknown, server: string, settings: string): unknown {
  if (error instanceof TbError || classifyConnectionError(error) === "other") return error;
  return connectionError(error, server, settings);
}

function createPool(settings: ClientConfig, schema: string): Pool {
  const pool = new Pool({
    ...settings,
    max: POOL_SIZE,
    application_name: "tb",
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000, // a network that hangs would otherwise hang tb for ever
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    allowExitOnIdle: true,
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it; only its types say otherwise
    onConnect: (client) => client.query(`set search_path to ${escapeIdentifier(schema)}`),
  });
  pool.on("error", () => {}); // an idle connection was lost: the pool has dropped it, the next query opens another
  pool.on("connect", (client) => client.on("error", () => {})); // lost in use: the next query on it says so
  return pool;
}

async function createDatabase(settings: ClientConfig): Promise<void> {
  const client = new Client(settings);
  await client.connect();
  try {
    const { rows } = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (rows.length === 0) await client.query(`create database ${DATABASE} template template0`);
  } catch (error) {
    // 42P04 and 23505: another tb created it at the same moment.
    if (!["42P04", "23505"].includes(errorCode(error) ?? "")) throw error;
  } finally {
    await client.end();
  }
}

async function bringUpToDate(pool: Pool, config: Config, options: OpenOptions): Promise<string[]> {
  const migrations = await readMigrations();
  const client = await pool.connect();
  try {
    const pending = await pendingMigrations(client, migrations);
    if (pending.length === 0) return [];
    if (options.migrate === false) {
      throw new TbError(
        "configuration",
        `The control database lacks ${pending.length} migrations (${pending[0]!.name} first).`,
        {
          suggestion: "Run: tb db migrate",
        },
      );
    }
    return await migrateControl(client, config.controlSchema, migrations);
  } finally {
    client.release();
  }
}

function createControl(pool: Pool, schema: string, source: ControlSource): Control {
  async function query<Row extends object>(text: string, values?: unknown[], name?: string): Promise<Row[]> {
    try {
      const query = { text, ...(values && { values }), ...(name && { name }), types: PLAIN_NUMBERS };
      return (await pool.query<Row>(query)).rows;
    } catch (error) {
      throw source.explain(error);
    }
  }

  async function transaction<T>(work: (query: Control["query"]) => Promise<T>): Promise<T> {
    const client = await connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const result = await work(async <Row extends object>(text: string, values?: unknown[]) => {
        return (await client.query<Row>({ text, ...(values && { values }), types: PLAIN_NUMBERS })).rows;
      });
      await commit(client);
      return result;
    } catch (error) {
      try {
        await client.query("rollback");
      } catch (rollbackError) {
        broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError)); // the connection is gone, and the transaction with it
      }
      throw source.explain(error);
    } finally {
      client.release(broken);
    }
  }

  /** A commit whose answer was lost may have been done all the same: the server remembers. It has no number for a
   * transaction that has only read, whose commit changes nothing. */
  async function commit(client: PoolClient): Promise<void> {
    const { rows } = await client.query<{ id: string | null }>("select pg_current_xact_id_if_assigned()::text as id");
    const id = rows[0]!.id;
    try {
      await client.query("commit");
    } catch (error) {
      if (id === null || !(await wasCommitted(pool, id))) throw error;
    }
  }

  async function connect(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw source.explain(error);
    }
  }

  return { pool, schema, query, transaction, close: () => pool.end() };
}

/** How often, and every how many milliseconds, a transaction is asked for that has not ended yet. */
const LOOKS = 50;
const LOOK_EVERY = 100;

/** False also when nobody answers. */
async function wasCommitted(pool: Pool, transactionId: string): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    let status: string | null;
    try {
      const { rows } = await pool.query<{ status: string | null }>("select pg_xact_status($1::xid8) as status", [
        transactionId,
      ]);
      status = rows[0]!.status;
    } catch {
      return false; // whoever asked for the commit tells its error
    }
    if (status !== "in progress") return status === "committed";
    await sleep(LOOK_EVERY);
  }
  return false;
}

const INT8 = 20;
const NUMERIC = 1700;

/** bigint and numeric as JavaScript numbers: seconds, counts, sizes and money here stay far below 2^53. Set for each query,
 * because the durable engine shares the pool and expects the driver's own types. */
const PLAIN_NUMBERS: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 || oid === NUMERIC ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};
