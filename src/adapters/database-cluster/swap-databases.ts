// One database takes the place of another by renaming both in one transaction: whoever looks sees the old one or the new one.
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, DatabaseError, escapeIdentifier } from "pg";
import { TbError } from "../../errors.ts";

export interface Swap {
  live: string;
  next: string;
  retired: string;
}

const OBJECT_IN_USE = "55006";
const INSUFFICIENT_PRIVILEGE = "42501";

/** A rename waits up to five seconds for the sessions of a database to go, and keeps new ones waiting at its lock; so they
 * are ended by a second session, until the rename is through. */
export async function swapDatabases(switcher: Client, ender: Client, names: Swap): Promise<void> {
  const present = await presentOf(switcher, Object.values(names));
  if (!present.has(names.next)) {
    if (present.has(names.live) && present.has(names.retired)) return; // done before
    throw new TbError("not_found", `There is no database ${names.next}.`);
  }
  await switcher.query("begin");
  try {
    if (present.has(names.live)) await rename(switcher, ender, names.live, names.retired);
    await rename(switcher, ender, names.next, names.live);
    await switcher.query("commit");
  } catch (error) {
    await switcher.query("rollback");
    throw explain(error, names.live);
  }
}

async function presentOf(client: Client, names: string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    "select datname as name from pg_database where datname = any($1)",
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}

async function rename(switcher: Client, ender: Client, from: string, to: string): Promise<void> {
  let underWay = true;
  const renaming = switcher
    .query(`alter database ${escapeIdentifier(from)} rename to ${escapeIdentifier(to)}`)
    .finally(() => (underWay = false));
  const ending = endSessions(ender, from, () => underWay);
  await Promise.all([renaming, ending]);
}

async function endSessions(ender: Client, database: string, goOn: () => boolean): Promise<void> {
  do {
    await ender.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
      [database],
    );
    await sleep(20);
  } while (goOn());
}

function explain(error: unknown, database: string): unknown {
  if (!(error instanceof DatabaseError)) return error;
  if (error.code === OBJECT_IN_USE) {
    return new TbError("transient", `The sessions of ${database} do not end: ${error.detail ?? error.message}`, {
      suggestion: "Try again; if it goes on, stop what is connected to it.",
      cause: error,
    });
  }
  if (error.code !== INSUFFICIENT_PRIVILEGE) return error;
  return new TbError("configuration", `Sessions of ${database} may not be ended by tb: ${error.message}.`, {
    suggestion: "Disconnect the other user from that database (psql, a GUI), then try again.",
    cause: error,
  });
}
