import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { migrate, migrationClient } from "../scripts/migrate.ts";
import "./database.ts";

const folder = await mkdtemp(join(tmpdir(), "migrations-"));
const clients = [migrationClient(), migrationClient()] as const;
await Promise.all(clients.map((client) => client.connect()));

describe("migrations", () => {
  after(async () => {
    await clients[0].query("drop table if exists probe");
    await clients[0].query("delete from schema_migrations where name like '9%'");
    await Promise.all(clients.map((client) => client.end()));
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    await clients[0].query("drop table if exists probe");
    await clients[0].query("delete from schema_migrations where name like '9%'");
    await writeFile(join(folder, "9001_probe.sql"), "create table probe (n int);");
    await rm(join(folder, "9002_more.sql"), { force: true });
  });

  it("are applied once", async () => {
    assert.deepEqual(await migrate(clients[0], folder), ["9001_probe.sql"]);
    assert.deepEqual(await migrate(clients[0], folder), []);
  });

  it("are applied by one of two runners at the same moment", async () => {
    const applied = await Promise.all(clients.map((client) => migrate(client, folder)));
    assert.deepEqual(applied.flat(), ["9001_probe.sql"]);
  });

  it("leave nothing behind when they fail", async () => {
    await writeFile(join(folder, "9002_more.sql"), "insert into probe values (1); select nothing;");
    await assert.rejects(migrate(clients[0], folder), /9002_more\.sql/);
    const { rows } = await clients[0].query("select * from probe");
    assert.deepEqual(rows, []);
  });

  it("are refused when they were changed afterwards", async () => {
    await migrate(clients[0], folder);
    await writeFile(join(folder, "9001_probe.sql"), "create table probe (n bigint);");
    await assert.rejects(migrate(clients[0], folder), /changed/);
  });
});
