import { createHash } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import {
  type Migration,
  migrateControl,
  pendingMigrations,
  readMigrations,
} from "../../src/control/migrate-control.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { readyScratch } from "../helpers/homes.ts";

const FIRST = migration("0001-first", "create table first (id int)");
const SECOND = migration("0002-second", "alter table first add column name text; create table second (id int)");

let scratch: ScratchHome;
let client: Client;
let schema = 0;

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}

async function connect(): Promise<Client> {
  const settings = await createEmbeddedPostgres(scratch.config, "control").administrator();
  const opened = new Client({ ...settings, database: "postgres" });
  await opened.connect();
  await opened.query(`set search_path to schema_${schema}`);
  return opened;
}

async function columns(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = $1 and table_name <> 'schema_migrations' order by 1`,
    [`schema_${schema}`],
  );
  return rows.map(({ name }) => name);
}

beforeAll(async () => {
  scratch = await readyScratch();
  await createEmbeddedPostgres(scratch.config, "control").ensure();
  client = await connect();
});
beforeEach(async () => {
  schema += 1;
  await client.query(`set search_path to schema_${schema}`);
});
afterAll(async () => {
  await client.end();
  await scratch.remove();
});

test("applies what is pending in order, once, in the schema that is named", async () => {
  expect(await migrateControl(client, `schema_${schema}`, [FIRST])).toEqual(["0001-first"]);
  expect(await pendingMigrations(client, [FIRST, SECOND])).toEqual([SECOND]);
  expect(await migrateControl(client, `schema_${schema}`, [FIRST, SECOND])).toEqual(["0002-second"]);
  expect(await migrateControl(client, `schema_${schema}`, [FIRST, SECOND])).toEqual([]);
  expect(await columns()).toEqual(["first.id", "first.name", "second.id"]);
});

test("an older tb refuses a schema that a newer one migrated", async () => {
  await migrateControl(client, `schema_${schema}`, [FIRST, SECOND]);
  const older = migrateControl(client, `schema_${schema}`, [FIRST]);
  await expect(older).rejects.toMatchObject({
    code: "configuration",
    message: "The control database was migrated by a newer tb (0002-second).",
    suggestion: expect.stringContaining("Update tb"),
  });
});

test("a migration whose text was changed after it was applied is refused", async () => {
  await migrateControl(client, `schema_${schema}`, [FIRST]);
  const changed = migration("0001-first", "create table first (id bigint)");
  await expect(migrateControl(client, `schema_${schema}`, [changed, SECOND])).rejects.toMatchObject({
    code: "configuration",
    message: expect.stringContaining("0001-first"),
  });
  expect(await columns()).toEqual(["first.id"]);
});

test("a migration that fails leaves nothing behind and names itself; those before it stay", async () => {
  const broken = migration("0002-broken", "create table half (id int); create table half (id int)");
  await expect(migrateControl(client, `schema_${schema}`, [FIRST, broken])).rejects.toMatchObject({
    code: "configuration",
    message: expect.stringContaining("Migration 0002-broken of the control database failed: relation"),
  });
  expect(await columns()).toEqual(["first.id"]);
  expect(await migrateControl(client, `schema_${schema}`, [FIRST, SECOND])).toEqual(["0002-second"]);
});

test("ten runners at once apply each migration once", async () => {
  const clients = await Promise.all(Array.from({ length: 10 }, connect));
  const applied = await Promise.all(clients.map((each) => migrateControl(each, `schema_${schema}`, [FIRST, SECOND])));
  await Promise.all(clients.map((each) => each.end()));
  expect(applied.flat().toSorted()).toEqual(["0001-first", "0002-second"]);
});

test("the files of this tb apply to an empty schema, and every table says what it is for", async () => {
  const migrations = await readMigrations();
  expect(migrations[0]?.name).toBe("0001-control-schema");
  await migrateControl(client, `schema_${schema}`, migrations);
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r'
     and relname <> 'schema_migrations' and obj_description(oid, 'pg_class') is null`,
    [`schema_${schema}`],
  );
  expect(rows).toEqual([]);
});

test("an activity has the environment that the code gave it: the schema has no default", async () => {
  await migrateControl(client, `schema_${schema}`, await readMigrations());
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = $1 and column_name = 'environment' and (column_default is not null or is_nullable = 'YES')`,
    [`schema_${schema}`],
  );
  expect(rows).toEqual([]);
});
