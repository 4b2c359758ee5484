// The rows of a backup into a schema that has its tables. The caller's transaction makes it all of them or none.
import { join } from "node:path";
import { type Client, escapeIdentifier } from "pg";
import {
  listFilledViews,
  listForeignKeys,
  listTables,
  listTriggers,
  qualified,
  type TableColumns,
  type Trigger,
} from "./catalog.ts";
import { measureFile, measureRows, rowsFromFile, type CopiedRows } from "./copy-rows.ts";
import { damaged, type BackupManifest, type BackupTable } from "./manifest.ts";

/** Every file is there and is what was written. Throws TbError "failure" that names the first one that is not. */
export async function checkFiles(folder: string, manifest: BackupManifest): Promise<void> {
  for (const { file, file_bytes, file_checksum } of manifest.tables) {
    await checkFile(folder, file, file_checksum, file_bytes);
  }
  for (const { file, checksum } of manifest.migrations) await checkFile(folder, file, checksum, null);
}

async function checkFile(folder: string, file: string, checksum: string, bytes: number | null): Promise<void> {
  let found: Awaited<ReturnType<typeof measureFile>>;
  try {
    found = await measureFile(join(folder, file));
  } catch (error) {
    throw damaged(folder, `${file} cannot be read`, error);
  }
  if (found.checksum !== checksum || (bytes !== null && found.bytes !== bytes)) {
    throw damaged(folder, `${file} is not what was written`);
  }
}

/** Replaces all rows of the schema by those of the backup. Foreign keys are taken off and made again afterwards, which
 * proves them; triggers do not fire. The client is the owner of the tables, in a transaction.
 * Throws TbError "failure" when the backup does not fit the tables. */
export async function loadSchema(
  client: Client,
  schema: string,
  folder: string,
  manifest: BackupManifest,
  signal: AbortSignal,
): Promise<void> {
  await requireSameTables(client, schema, folder, manifest);
  const [keys, triggers] = [await listForeignKeys(client, schema), await listTriggers(client, schema)];
  for (const { table, name } of keys) {
    await client.query(`alter table ${qualified(schema, table)} drop constraint ${escapeIdentifier(name)}`);
  }
  for (const trigger of triggers) await client.query(alterTrigger(schema, trigger, "disable trigger"));
  for (const { name } of manifest.tables) await client.query(`truncate ${qualified(schema, name)}`);
  for (const table of manifest.tables) {
    const loaded = await rowsFromFile(client, schema, table, join(folder, table.file), signal);
    if (!isSame(loaded, table)) throw damaged(folder, `${table.file} does not hold the rows of ${table.name}`);
  }
  for (const { name, last_value, is_called } of manifest.sequences) {
    await client.query("select setval($1::regclass, $2::bigint, $3)", [qualified(schema, name), last_value, is_called]);
  }
  for (const trigger of triggers) await client.query(alterTrigger(schema, trigger, ENABLE[trigger.enabled]));
  for (const { table, name, definition } of keys) {
    await client.query(
      `alter table ${qualified(schema, table)} add constraint ${escapeIdentifier(name)} ${definition}`,
    );
  }
  for (const view of await listFilledViews(client, schema)) {
    await client.query(`refresh materialized view ${qualified(schema, view)}`);
  }
}

const ENABLE: Record<Trigger["enabled"], string> = {
  O: "enable trigger",
  R: "enable replica trigger",
  A: "enable always trigger",
};

function alterTrigger(schema: string, { table, name }: Trigger, how: string): string {
  return `alter table ${qualified(schema, table)} ${how} ${escapeIdentifier(name)}`;
}

/** Names of the tables whose rows are not those of the manifest, row by row. */
export async function differingTables(
  client: Client,
  schema: string,
  tables: readonly BackupTable[],
  signal: AbortSignal,
): Promise<string[]> {
  const differing: string[] = [];
  for (const table of tables) {
    if (!isSame(await measureRows(client, schema, table, signal), table)) differing.push(table.name);
  }
  return differing;
}

function isSame(found: CopiedRows, wanted: BackupTable): boolean {
  return found.checksum === wanted.checksum && found.rows === wanted.rows;
}

async function requireSameTables(
  client: Client,
  schema: string,
  folder: string,
  manifest: BackupManifest,
): Promise<void> {
  const [present, wanted] = [shape(await listTables(client, schema)), shape(manifest.tables)];
  const missing = wanted.find((table) => !present.includes(table));
  const extra = present.find((table) => !wanted.includes(table));
  if (missing) throw damaged(folder, `its migrations do not make the table ${missing}`);
  if (extra) throw damaged(folder, `it has no rows for the table ${extra}, which its migrations make`);
}

function shape(tables: readonly TableColumns[]): string[] {
  return tables.map(({ name, columns }) => `${name} (${columns.join(", ")})`);
}
