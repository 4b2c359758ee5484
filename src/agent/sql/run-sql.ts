// Runs vetted statements in one transaction, each by itself, and keeps no more of what comes back than can be shown.
import type { Client } from "pg";
import type { Connection } from "../../adapters/database-cluster/database-cluster.ts";
import { TbError } from "../../errors.ts";
import type { VettedStatement } from "./vet-sql.ts";

/** Milliseconds. */
const LONGEST_STATEMENT = 10_000;
const LONGEST_WAIT_FOR_LOCK = 3_000;
const LONGEST_TRANSACTION = 30_000;
/** Rows that are kept, and bytes that are received for all statements: this process never holds more. */
export const MOST_ROWS = 100;
const MOST_BYTES = 8 * 1024 * 1024;

export interface SqlResult {
  /** Of the last statement, at most 100. */
  rows: object[];
  /** How many it returned or changed; null where that means nothing. */
  rowCount: number | null;
  /** The schema was changed and put back: what the statements do was only tried. */
  tried: boolean;
}

/** All of the statements or none. Throws what Postgres says; TbError "failure" for too large a result or too long a
 * transaction. */
export async function runSql(connection: Connection, statements: readonly VettedStatement[]): Promise<SqlResult> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ ...connection, application_name: "tb agent", connectionTimeoutMillis: 10_000 });
  client.on("error", () => {}); // the statement under way fails with the same error
  await client.connect();
  const guard = guardSession(client);
  try {
    const tried = statements.some(({ kind }) => kind === "schema");
    await begin(client);
    let last: Omit<SqlResult, "tried"> = { rows: [], rowCount: null };
    for (const { text } of statements) last = await runOne(client, text, pg.Query);
    await client.query(tried ? "rollback" : "commit");
    return { ...last, tried };
  } catch (error) {
    throw guard.broken() ?? error;
  } finally {
    guard.end();
    await client.end(); // a transaction that is still open is rolled back
  }
}

async function begin(client: Client): Promise<void> {
  await client.query(`begin;
    set local statement_timeout = ${LONGEST_STATEMENT};
    set local lock_timeout = ${LONGEST_WAIT_FOR_LOCK};
    set local idle_in_transaction_session_timeout = ${LONGEST_TRANSACTION};
    set local search_path = public`);
}

/** By the extended protocol, which takes one statement and no second one behind it. Without a callback, and so without a time
 * limit of the driver's, which is one: the rows are not collected then. */
async function runOne(
  client: Client,
  text: string,
  Query: typeof import("pg").Query,
): Promise<Omit<SqlResult, "tried">> {
  const rows: object[] = [];
  const query = new Query<object>({ text, queryMode: "extended" } as import("pg").QueryConfig);
  const rowCount = await new Promise<number | null>((resolve, reject) => {
    query.on("row", (row) => void (rows.length < MOST_ROWS && rows.push(row)));
    query.on("end", (result) => resolve(result.rowCount));
    query.on("error", reject);
    client.query(query);
  });
  // The parser has seen to it that nothing ends the transaction; this does not rely on that.
  if (client.getTransactionStatus() !== "T") throw new TbError("failure", "The statement has ended the transaction.");
  return { rows, rowCount };
}

/** Ends the session when it sends too much or takes too long; the driver alone would keep every row and wait for ever. */
function guardSession(client: Client): { broken(): TbError | null; end(): void } {
  const { stream } = (client as unknown as { connection: { stream: import("node:net").Socket } }).connection;
  let reason: TbError | null = null;
  let received = 0;

  function stop(message: string): void {
    reason ??= new TbError("failure", message, { parks: false });
    stream.destroy();
  }

  function count(chunk: Buffer): void {
    received += chunk.length;
    if (received > MOST_BYTES)
      stop(`The result is larger than ${MOST_BYTES / 1024 / 1024} MB. Select fewer rows or columns, or use LIMIT.`);
  }

  stream.on("data", count);
  const timer = setTimeout(
    () => stop(`The statements took longer than ${LONGEST_TRANSACTION / 1000} seconds together.`),
    LONGEST_TRANSACTION,
  );
  return {
    broken: () => reason,
    end() {
      clearTimeout(timer);
      stream.off("data", count);
    },
  };
}
