// Backups of real databases, restored into real databases, compared by what a query answers.
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readManifest } from "../../src/backup/manifest.ts";
import { migrationsOfMain } from "../../src/backup/migrations.ts";
import { findBackup, listBackups, newBackupId } from "../../src/backup/places.ts";
import { projectBackupFolder, proveRestorable, writeProjectBackup } from "../../src/backup/project-backup.ts";
import { planRestore, rebuild } from "../../src/backup/project-restore.ts";
import { backupWorld, type BackupWorld } from "../helpers/backup-world.ts";

/** What makes rows hard to carry: references in a circle, values made by the server, text that looks like markup of COPY. */
const AWKWARD = `
  create type mood as enum ('glad', 'sad');
  create table authors (id varchar(21) primary key, name text not null, favourite varchar(21), mood mood, mentor varchar(21) references authors);
  create table "Odd Name" (id bigint generated always as identity primary key, "a ""b""" text, raw bytea, at timestamptz,
    ratio double precision, tags text[], doc jsonb, span interval, author varchar(21) references authors on delete cascade,
    doubled double precision generated always as (ratio * 2) stored);
  create table books (id varchar(21) primary key, author varchar(21) not null references authors, title text unique);
  alter table authors add constraint favourite_book foreign key (favourite) references books deferrable initially deferred;
  create table parts (id int, year int) partition by range (year);
  create table parts_old partition of parts for values from (0) to (2000);
  create table parts_new partition of parts for values from (2000) to (3000);
  create table seeds (word text primary key);
  insert into seeds values ('from the migration');
  create table changes (n int);
  create function note() returns trigger language plpgsql as $$ begin insert into changes values (1); return new; end $$;
  create trigger on_book after insert on books for each row execute function note();
  create materialized view titles as select title from books;
`;

const ROWS = `
  begin;
  insert into authors values ('a1', E'tab\\there\\nand \\\\N and \\\\. ünï 🌵', null, 'glad', null), ('a2', '', null, null, 'a1');
  insert into books values ('b1', 'a1', null), ('b2', 'a2', '\\N');
  update authors set favourite = 'b1' where id = 'a1';
  update authors set mentor = 'a2' where id = 'a1';
  insert into "Odd Name" ("a ""b""", raw, at, ratio, tags, doc, span, author) values
    (E'\\r\\n', '\\x00ff5c', '2026-11-19 14:02:33.123456+05', 0.1, '{"x,y",null,"\\"q\\""}', '{"a":[1,null,"\\u00e9"]}', '1 mon 2 days 03:04:05.6', 'a2'),
    (null, null, 'infinity', 'NaN', '{}', 'null', '-00:00:01', null);
  insert into parts values (1, 1999), (2, 2024);
  delete from seeds; insert into seeds values ('mine');
  refresh materialized view titles;
  commit;`;

/** Everything there is, as text. */
const ALL = `select (select json_agg(a order by id) from authors a) as authors, (select json_agg(o order by id) from "Odd Name" o) as odd,
  (select json_agg(b order by id) from books b) as books, (select json_agg(p order by id) from parts p) as parts,
  (select json_agg(s) from seeds s) as seeds, (select json_agg(c) from changes c) as changes,
  (select json_agg(t order by title) from titles t) as titles, (select json_agg(m order by name) from schema_migrations m) as migrations,
  (select last_value from "Odd Name_id_seq") as next`;

let world: BackupWorld;
const NEXT = "turbobackend_prj_backup0001_next";
const PROOF = "turbobackend_prj_backup0001_proof";

beforeAll(async () => {
  world = await backupWorld({ "0001_init.sql": AWKWARD });
  await world.sql(ROWS);
});
afterAll(() => world.remove());
beforeEach(async () => {
  await rm(join(world.home, "backups"), { recursive: true, force: true });
});

async function backUp(): Promise<string> {
  const { tools, project } = world;
  const id = newBackupId();
  const folder = projectBackupFolder(join(world.home, "backups"), project.id, id);
  await writeProjectBackup(tools, project, await proveRestorable(tools, project, PROOF), { folder, id });
  return folder;
}

test("a backup brings back every row, value and sequence, and the constraints are as before", async () => {
  const { tools, project, sql } = world;
  const folder = await backUp();
  const before = await sql(ALL);
  expect(await planRestore(tools, project, folder)).toEqual({ present: true, forward: [] });
  await rebuild(tools, project, folder, NEXT);
  expect(await sql(ALL, { database: NEXT })).toEqual(before);
  expect(before[0]).toMatchObject({ changes: [{ n: 1 }, { n: 1 }], seeds: [{ word: "mine" }] });
  // What was taken off for the loading is back.
  await expect(sql("insert into books values ('b3', 'nobody', 'x')", { database: NEXT })).rejects.toThrow(
    /foreign key/,
  );
  await sql("insert into books values ('b3', 'a1', 'x')", { database: NEXT });
  expect(await sql("select count(*)::int as n from changes", { database: NEXT })).toEqual([{ n: 3 }]);
  const next = `insert into "Odd Name" (ratio) values (2) returning id, doubled`;
  expect(await sql(next, { database: NEXT, role: "app" })).toEqual([{ id: "3", doubled: 4 }]);
});

test("readers and writers go on meanwhile, and the backup is of one moment", async () => {
  const { sql, tools, project } = world;
  await sql(
    "create table left_side (n int); create table right_side (n int); insert into left_side values (0); insert into right_side values (0)",
  );
  await world.push({ "0002_sides.sql": "create table left_side (n int); create table right_side (n int);\n" });
  const { migrations } = await migrationsOfMain(tools.gitHost, project.id, project.repository);
  await sql(`insert into schema_migrations (name, checksum) values ('0002_sides.sql', '${migrations[1]!.checksum}')`);
  const stop = new AbortController();
  let writes = 0;
  async function write(): Promise<void> {
    for (; !stop.signal.aborted; writes++)
      await sql("begin; update left_side set n = n + 1; update right_side set n = n + 1; commit", { role: "app" });
  }
  const writing = write();
  for (let round = 0; round < 3; round++) {
    const folder = await backUp();
    await rebuild(tools, project, folder, NEXT);
    const [row] = await sql<{ same: boolean }>(
      "select (select n from left_side) = (select n from right_side) as same",
      { database: NEXT },
    );
    expect(row).toEqual({ same: true });
  }
  stop.abort();
  await writing;
  expect(writes).toBeGreaterThan(10);
});

test("its files are private, hold plain text rows, and need no tool of tb's to be read", async () => {
  const folder = await backUp();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const { mode } = await stat(join(entry.parentPath, entry.name));
    expect(mode & 0o777, entry.name).toBe(entry.isDirectory() ? 0o700 : 0o600);
  }
  const manifest = await readManifest(folder);
  const books = manifest.tables.find(({ name }) => name === "books")!;
  expect(gunzipSync(await readFile(join(folder, books.file))).toString()).toBe("b1\ta1\t\\N\nb2\ta2\t\\\\N\n");
  expect(manifest.migrations[0]).toMatchObject({ name: "0001_init.sql" });
  expect(await readFile(join(folder, manifest.migrations[0]!.file), "utf8")).toBe(AWKWARD);
  expect(JSON.stringify(manifest)).not.toContain(
    (await world.tools.cluster.connection(world.project.id, "own", "x")).password,
  );
});

test("a database that is not what its migrations make is refused, with every difference", async () => {
  const { sql } = world;
  await sql("alter table books add column added_by_hand int; drop index if exists nothing");
  await expect(backUp()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("is not what its migrations make"),
    details: [expect.stringContaining("column books.added_by_hand integer")],
  });
  await sql("alter table books drop column added_by_hand");
  const [{ checksum }] = (await sql<{ checksum: string }>(
    "select checksum from schema_migrations where name = '0001_init.sql'",
  )) as [{ checksum: string }];
  await sql(`update schema_migrations set checksum = '${"0".repeat(64)}' where name = '0001_init.sql'`);
  await expect(backUp()).rejects.toMatchObject({
    code: "conflict",
    details: ["0001_init.sql was changed in main after it was applied"],
  });
  await sql(`update schema_migrations set checksum = '${checksum}' where name = '0001_init.sql'`);
  expect(await listBackups(join(world.home, "backups"))).toEqual({ backups: [], broken: [] });
  expect(await world.tools.cluster.listDatabases()).not.toContain(PROOF);
});

test("a backup with one changed byte, a missing file or an edited manifest is refused before anything is made", async () => {
  const { tools, project } = world;
  await tools.cluster.dropDatabase(NEXT);
  const refused = async (folder: string, what: RegExp) =>
    expect(planRestore(tools, project, folder)).rejects.toMatchObject({
      code: "failure",
      message: expect.stringMatching(what),
    });
  const changed = await backUp();
  const file = join(changed, (await readManifest(changed)).tables[0]!.file);
  const bytes = await readFile(file);
  bytes[bytes.length - 9]! ^= 1;
  await writeFile(file, bytes);
  await refused(changed, /is not what was written/);
  await rm(file);
  await refused(changed, /cannot be read/);
  const edited = await backUp();
  const text = await readFile(join(edited, "manifest.json"), "utf8");
  await writeFile(join(edited, "manifest.json"), text.replace('"rows": 2', '"rows": 1'));
  await refused(edited, /manifest.json was changed/);
  await writeFile(join(edited, "manifest.json"), text.slice(0, 200));
  await refused(edited, /manifest.json is not JSON/);
  await writeFile(join(edited, "manifest.json"), text.replace("data/0001", "../../0001"));
  await refused(edited, /tables.0.file/);
  expect(await tools.cluster.listDatabases()).not.toContain(NEXT);
});

test("migrations newer than the backup are applied to it, and those that main lost are refused", async () => {
  const { tools, project, sql } = world;
  const folder = await backUp();
  await world.push({ "0003_pages.sql": "alter table books add column pages int not null default 7;\n" });
  expect(await planRestore(tools, project, folder)).toMatchObject({ forward: [] }); // the present one does not have it either
  await world.migrate();
  expect(await planRestore(tools, project, folder)).toEqual({ present: true, forward: ["0003_pages.sql"] });
  await rebuild(tools, project, folder, NEXT);
  expect(await sql("select pages from books limit 1", { database: NEXT })).toEqual([{ pages: 7 }]);
  const newer = await backUp();
  const other = await backupWorld({ "0001_init.sql": AWKWARD });
  try {
    await expect(planRestore(other.tools, other.project, newer)).rejects.toMatchObject({
      code: "conflict",
      message: "The backup was made by migrations that main does not have.",
      details: expect.arrayContaining([expect.stringContaining("0003_pages.sql was applied to the backup")]),
    });
    await expect(
      planRestore(other.tools, { ...other.project, id: "prj_other00001", name: "other" }, newer),
    ).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is of kept (prj_backup0001), not of other"),
    });
  } finally {
    await other.remove();
  }
});

test("a database that is gone can be restored", async () => {
  const { tools, project } = world;
  const folder = await backUp();
  await tools.cluster.dropDatabase(NEXT);
  const gone = { ...project, database: "turbobackend_prj_backup0001_gone" };
  expect(await planRestore(tools, gone, folder)).toEqual({ present: false, forward: [] });
  await rebuild(tools, gone, folder, NEXT);
  await tools.cluster.swap({ live: gone.database, next: NEXT, retired: `${NEXT}_old` });
  expect(await tools.cluster.listDatabases()).toContain(gone.database);
  await tools.cluster.dropDatabase(gone.database);
});

test("an attempt that fails in the middle leaves nothing that looks like a backup", async () => {
  const { tools, project } = world;
  const texts = await proveRestorable(tools, project, PROOF);
  const root = join(world.home, "backups", project.id);
  const stopped = AbortSignal.abort(new Error("stop"));
  await expect(
    writeProjectBackup({ ...tools, signal: stopped }, project, texts, { folder: join(root, "one"), id: "one" }),
  ).rejects.toThrow();
  expect(await readdir(root)).toEqual([]);
});

test("backups are found by the beginning of their id, by latest and by path", async () => {
  const { project, home } = world;
  const root = join(home, "backups");
  const [first, second] = [await backUp(), await backUp()];
  expect((await findBackup(root, project.id, "latest")).folder).toBe([first, second].toSorted()[1]);
  expect((await findBackup(root, project.id, first.split("/").at(-1)!)).folder).toBe(first);
  expect((await findBackup(root, project.id, second)).folder).toBe(second);
  await expect(findBackup(root, project.id, "2")).rejects.toMatchObject({ code: "usage" });
  await expect(findBackup(root, project.id, "19990101")).rejects.toMatchObject({ code: "not_found" });
  await expect(findBackup(root, "prj_nobody", "latest")).rejects.toMatchObject({ code: "not_found" });
});
