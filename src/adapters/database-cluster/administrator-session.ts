// Short sessions of the cluster's administrator. Only those in the maintenance database are kept for the next one, because a
// database with a session cannot be copied.
import { setTimeout as sleep } from "node:timers/promises";
import { Client, DatabaseError } from "pg";
import type { ClusterSettings } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { classifyConnectionError, connectionError } from "./connection-errors.ts";

/** The cluster as its administrator sees it; the only difference between an embedded and an external one. */
export interface ClusterSource {
  readonly kind: "embedded" | "external";
  /** False for an embedded server that was never started. */
  exists(): Promise<boolean>;
  /** Starts an embedded server; an external one runs already. */
  start(): Promise<void>;
  /** Starts an embedded server again that was killed, and says so. */
  revive(): Promise<boolean>;
  administrator(): Promise<ClusterSettings & { ssl?: false }>;
}

/** The database that every server has. */
export const MAINTENANCE = "postgres";

interface SessionOptions {
  /** Whether an embedded server that is down is started; default true. */
  start?: boolean;
  /** Milliseconds that a query may take. */
  patience?: number;
}

/** A large copy takes minutes; a network that hangs is noticed by keepalives before. */
const LONGEST_QUERY = 900_000;

/** Attempts of work that met another session's change to the shared catalogs. */
const ATTEMPTS = 12;

/** Milliseconds that a session waits for the next work. Opening one costs the server a process. */
const KEPT_FOR = 3000;

export interface AdministratorSessions {
  /** Runs the work in a session on that database, starting an embedded server that is down (unless told not to).
   * Throws TbError "authentication", "configuration" or "transient" when there is no way in. */
  run<T>(database: string, work: (client: Client) => Promise<T>, options?: SessionOptions): Promise<T>;
  /** Ends the sessions that nobody uses. */
  close(): Promise<void>;
}

export function createAdministratorSessions(source: ClusterSource): AdministratorSessions {
  /** Each with what takes it out of here. */
  const idle = new Map<Client, () => void>();

  function keep(client: Client): void {
    const timer = setTimeout(() => void end(client), KEPT_FOR).unref();
    const take = () => {
      clearTimeout(timer);
      idle.delete(client);
      client.off("end", take);
    };
    client.on("end", take); // the server went
    idle.set(client, take);
  }

  function end(client: Client): Promise<void> {
    idle.get(client)?.();
    return client.end();
  }

  /** As good as new, or null. */
  async function reuse(): Promise<Client | null> {
    for (const [client, take] of idle) {
      take();
      try {
        await client.query("discard all");
        return client;
      } catch {
        await client.end(); // the server went; a new session says so if it still matters
      }
    }
    return null;
  }

  async function open(database: string, options: SessionOptions): Promise<{ client: Client; last: boolean }> {
    const last = database !== MAINTENANCE || options.patience !== undefined;
    const client = last ? null : await reuse();
    return { client: client ?? (await connect(source, database, options)), last };
  }

  return {
    async run(database, work, options = {}) {
      const { client, last } = await open(database, options);
      let whole = false;
      try {
        const result = await work(client);
        whole = !last;
        return result;
      } finally {
        if (whole) keep(client);
        else await client.end();
      }
    },
    async close() {
      await Promise.all([...idle.keys()].map(end));
    },
  };
}

async function connect(
  source: ClusterSource,
  database: string,
  { start = true, patience = LONGEST_QUERY }: SessionOptions,
): Promise<Client> {
  try {
    return await connectOnce(source, database, patience);
  } catch (error) {
    const failure = error instanceof TbError && error.code === "not_found" ? "absent" : classifyConnectionError(error);
    if (!start || source.kind === "external" || (failure !== "absent" && failure !== "busy"))
      throw await explain(source, error);
  }
  await source.start();
  try {
    return await connectOnce(source, database, patience);
  } catch (error) {
    throw await explain(source, error);
  }
}

async function connectOnce(source: ClusterSource, database: string, patience: number): Promise<Client> {
  const client = new Client({
    ...(await source.administrator()),
    database,
    application_name: "tb",
    connectionTimeoutMillis: 10_000,
    query_timeout: patience,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  client.on("error", () => {}); // the statement under way fails with the same error
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function explain(source: ClusterSource, error: unknown): Promise<unknown> {
  if (error instanceof TbError) return error;
  const { user, host, port } = await source.administrator();
  if (source.kind === "embedded") return connectionError(error, "of the projects (embedded in tb)", "tb db status");
  return connectionError(
    error,
    `${user}@${host}:${port}`,
    "DB_CLUSTER_HOST, DB_CLUSTER_PORT, DB_CLUSTER_USER and DB_CLUSTER_PASSWORD",
  );
}

/** Repeats work that is safe to repeat while it collides with other sessions in the catalogs that all databases share. */
export async function retryCollisions<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isCollision(error)) throw error;
      await sleep(20 * attempt * Math.random());
    }
  }
}

/** Unique violations and duplicates come from someone creating the same thing: the next attempt finds it. */
const COLLISIONS = new Set(["40001", "40P01", "23505", "42710", "42P04"]);

function isCollision(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return COLLISIONS.has(error.code ?? "") || /tuple concurrently (updated|deleted)/.test(error.message);
}
