// The rows and sequences of one schema, as of one moment, into a folder; and from there into a schema that has its tables.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Client, escapeIdentifier } from "pg";
import { TbError } from "../errors.ts";
import { countLargeObjects, listSequences, listTables, qualified, type SequenceState } from "./catalog.ts";
import { rowsToFile } from "./copy-rows.ts";
import type { BackupTable } from "./manifest.ts";

export interface Dump {
  tables: BackupTable[];
  sequences: SequenceState[];
}

/** @param inSnapshot is called within the transaction, before any row is read. */
export async function dumpSchema(
  client: Client,
  schema: string,
  folder: string,
  signal: AbortSignal,
  inSnapshot: (client: Client) => Promise<void>,
): Promise<Dump> {
  await mkdir(join(folder, "data"), { mode: 0o700 });
  await client.query("begin isolation level repeatable read read only");
  await lockTables(client, schema);
  await inSnapshot(client);
  if ((await countLargeObjects(client)) > 0) throw largeObjects();
  const tables: BackupTable[] = [];
  for (const [index, table] of (await listTables(client, schema)).entries()) {
    const file = `data/${String(index + 1).padStart(4, "0")}-${fileName(table.name)}.copy.gz`;
    tables.push({ ...table, file, ...(await rowsToFile(client, schema, table, join(folder, file), signal)) });
  }
  const sequences = await listSequences(client, schema);
  await client.query("commit");
  return { tables, sequences };
}

/** Readers and writers go on; a migration waits until the backup is written, as it does for pg_dump. */
async function lockTables(client: Client, schema: string): Promise<void> {
  await client.query("set local lock_timeout = '30s'");
  const tables = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p')",
    [escapeIdentifier(schema)],
  );
  for (const { name } of tables.rows) await client.query(`lock table ${qualified(schema, name)} in access share mode`);
}

function largeObjects(): TbError {
  return new TbError("conflict", "The database holds large objects, which a backup of tb does not carry.", {
    suggestion: "Keep such data in a column of type bytea, or back the database up with pg_dump.",
    parks: false,
  });
}

/** Only to be recognised by people; the number tells tables apart. */
function fileName(table: string): string {
  return table.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 60);
}
