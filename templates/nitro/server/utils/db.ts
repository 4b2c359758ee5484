import { DatabaseError, Pool, type QueryResultRow, types } from "pg";
import { readEnv } from "./env.ts";
import { problem } from "./problem.ts";
import type { Fragment } from "./sql.ts";

// Unix seconds and counts fit in a double, and so do all values of numeric(12, 2), to the cent. A date has no time
// zone: it stays "YYYY-MM-DD".
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);
types.setTypeParser(types.builtins.DATE, String);

let pool: Pool | undefined;

/** The connections of this process, made at the first use. */
export function database(): Pool {
  if (pool) return pool;
  const env = readEnv();
  pool = new Pool({
    host: env.DB_HOST,
    port: env.DB_PORT,
    database: env.DB_NAME,
    user: env.DB_USER,
    password: env.DB_PASSWORD,
    ssl: env.DB_SSL,
    max: env.DB_POOL,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 10_000,
    query_timeout: 15_000,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
  });
  pool.on("error", report);
  pool.on("connect", (client) => client.on("error", () => {})); // one that breaks in use fails the query under way
  return pool;
}

/** A connection that breaks while nobody uses it; the next query gets a new one. */
function report(error: Error): void {
  if (!pool?.ending) console.error(`An idle database connection failed: ${error.message}`);
}

export async function closeDatabase(): Promise<void> {
  await pool?.end();
}

/** All rows of a query. */
export async function many<T extends QueryResultRow>(query: Fragment): Promise<T[]> {
  try {
    return await rows<T>(query);
  } catch (error) {
    throw translate(error);
  }
}

/** Not `pool.query`, which closes the connection after any error: one whose statement was only refused is as good as before.
 * Without values there may be several statements, and a transaction that they have left open. */
async function rows<T extends QueryResultRow>({ text, values }: Fragment): Promise<T[]> {
  const client = await database().connect();
  let broken = true;
  try {
    const result = await client.query<T>(text, values);
    broken = false;
    return result.rows;
  } catch (error) {
    broken = !(error instanceof DatabaseError && error.severity === "ERROR" && values.length > 0);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The first row of a query, if it has one. */
export async function maybeOne<T extends QueryResultRow>(query: Fragment): Promise<T | undefined> {
  return (await many<T>(query))[0];
}

/** The first row of a query that always has one, such as an insert. */
export async function one<T extends QueryResultRow>(query: Fragment): Promise<T> {
  const row = await maybeOne<T>(query);
  if (!row) throw new Error("The query returned no row.");
  return row;
}

/** What is the caller's doing becomes 4xx, a database out of reach 503, and the rest a 500 without the row's values. */
function translate(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) {
    if (error instanceof TypeError || !(error instanceof Error)) return error;
    return unavailable(error.message);
  }
  switch (error.code) {
    case "23505":
      return problem(409, "A record with this value already exists.");
    case "23001": // on delete restrict
    case "23503":
      return problem(409, "A referenced record does not exist, or this record is still in use.");
  }
  // Integrity and data exceptions: a null, a check, a number or date out of range, a character that cannot be stored.
  if (/^2[23]/.test(error.code ?? "")) return problem(422, "A value was rejected by the database.");
  // Connection, authentication, too many connections, shutting down or cancelled by a timeout.
  if (/^(08|28|3D|53|57)/.test(error.code ?? "")) return unavailable(error.message);
  return new Error(`Database error ${error.code}: ${error.message}`);
}

function unavailable(reason: string): unknown {
  console.error(`The database is unavailable: ${reason}`);
  return problem(503, "The database is unavailable.");
}
