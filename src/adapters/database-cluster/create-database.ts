// New databases: an empty one, and the copy of another.
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, DatabaseError, escapeIdentifier } from "pg";
import { TbError } from "../../errors.ts";
import { retryCollisions } from "./administrator-session.ts";

/** Databases above this size (bytes) are copied file by file instead of through the write-ahead log. */
const LARGE = 200_000_000;

/** For a source whose sessions are ended: they may reconnect. Postgres itself waits five seconds for sessions to go. */
const COPY_ATTEMPTS = 3;

const OBJECT_IN_USE = "55006";

/** template0, because nobody can be connected to it; the text of every database is UTF-8. */
export async function createEmpty(client: Client, database: string): Promise<void> {
  const { rows } = await client.query("select 1 from pg_database where datname = $1", [database]);
  if (rows.length === 0)
    await client.query(`create database ${escapeIdentifier(database)} template template0 encoding 'UTF8'`);
}

/** Sessions of a copy are ended, because a copy is only ever worked on by tb. A project's own database serves its app: its
 * sessions are left alone, and after the five seconds that Postgres waits for them the copy is refused. */
export async function createFrom(client: Client, from: string, to: string): Promise<void> {
  const { rows } = await client.query<{ size: string; copy: boolean }>(
    `select pg_database_size(oid) as size, coalesce(shobj_description(oid, 'pg_database') like 'turbobackend copy %', false) as copy
     from pg_database where datname = $1`,
    [from],
  );
  if (!rows[0]) throw new TbError("not_found", `There is no database ${from}.`);
  const strategy = Number(rows[0].size) > LARGE ? "file_copy" : "wal_log";
  const statement = `create database ${escapeIdentifier(to)} template ${escapeIdentifier(from)} strategy ${strategy}`;
  for (let attempt = 1; ; attempt += 1) {
    if (rows[0].copy)
      await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [from]);
    try {
      await retryCollisions(() => client.query(statement));
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError && error.code === OBJECT_IN_USE)) throw error;
      if (!rows[0].copy || attempt === COPY_ATTEMPTS) throw await inUse(client, from, error);
      await sleep(100 * attempt);
    }
  }
}

async function inUse(client: Client, database: string, cause: Error): Promise<TbError> {
  const { rows } = await client.query<{ sessions: string }>(
    "select count(*) as sessions from pg_stat_activity where datname = $1",
    [database],
  );
  return new TbError(
    "transient",
    `The database ${database} cannot be copied while it is in use (sessions: ${rows[0]?.sessions ?? "?"}).`,
    {
      suggestion: "Stop what is connected to it (such as the deployed app), then try again.",
      cause,
    },
  );
}
