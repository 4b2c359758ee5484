import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAINTENANCE } from "../../src/adapters/database-cluster/administrator-session.ts";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { locateCluster } from "../../src/adapters/database-cluster/postgres-location.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import type { Config } from "../../src/config.ts";
import { dbMigrate, dbStart, dbStatus, dbStop } from "../../src/control/engine-room.ts";
import { readMigrations } from "../../src/control/migrate-control.ts";
import { scratchHome, type ScratchHome, type StandIn } from "../helpers/postgres.ts";
import { readyStandIn } from "../helpers/homes.ts";

const migrations = (await readMigrations()).map(({ name }) => name);
const newest = migrations.at(-1)!;

let scratch: ScratchHome;
let external: ScratchHome;
let standIn: StandIn;
beforeAll(async () => {
  scratch = await scratchHome();
  standIn = await readyStandIn();
  await standIn.createDatabase("team_control");
  external = await scratchHome({ ...standIn.env, PG_CONTROL_URL: standIn.url("team_control") });
});
afterAll(async () => {
  await scratch.remove();
  await external.remove();
  await standIn.remove();
});

test("status starts nothing; start brings both servers and the schema up; stop ends both", async () => {
  expect(await dbStatus(scratch.config)).toMatchObject({
    control: {
      kind: "embedded",
      running: false,
      version: null,
      databases: [],
      schema: { version: null, pending: null },
    },
    projects: { kind: "embedded", running: false, size_bytes: 0 },
  });
  expect((await dbStatus(scratch.config)).control.running).toBe(false);
  const started = await dbStart(scratch.config);
  expect(started).toMatchObject({
    control: {
      running: true,
      version: expect.stringMatching(/^18\./),
      databases: [{ name: "tb_control", size_bytes: expect.any(Number) }],
      schema: { name: "tb", version: newest, pending: [], problem: null },
      problem: null,
    },
    projects: { running: true, databases: [] },
  });
  expect(await sessions(scratch.config)).toBe(0); // or the command would wait for them
  expect(await dbMigrate(scratch.config)).toEqual({ applied: [], version: newest });
  expect(await dbStop(scratch.config)).toEqual({ control: "stopped", projects: "stopped" });
  expect(await dbStop(scratch.config)).toEqual({ control: "not_running", projects: "not_running" });
});

/** Other sessions of tb in the projects' server. */
async function sessions(config: Config): Promise<number> {
  const cluster = selectDatabaseCluster(config);
  try {
    const { rows } = await cluster.query<{ others: number }>(
      MAINTENANCE,
      "select count(*)::int as others from pg_stat_activity where application_name = 'tb' and pid <> pg_backend_pid()",
    );
    return rows[0]!.others;
  } finally {
    await cluster.close();
  }
}

test("a password that is not the server's is told as what it is", async () => {
  const server = createEmbeddedPostgres(scratch.config, "projects");
  await server.ensure();
  const { passwordFile } = await locateCluster(scratch.home, "projects");
  const right = await readFile(passwordFile, "utf8");
  await writeFile(passwordFile, "wrong");
  try {
    await expect(selectDatabaseCluster(scratch.config).ensure()).rejects.toMatchObject({
      code: "authentication",
      suggestion: expect.stringContaining("Restore the folder from a backup"),
    });
  } finally {
    await writeFile(passwordFile, right);
    await server.stop();
  }
});

test("servers of the user's own are shown, migrated and never stopped", async () => {
  expect(await dbStatus(external.config)).toMatchObject({
    control: {
      kind: "external",
      running: true,
      databases: [{ name: "team_control" }],
      schema: { version: null, pending: migrations },
    },
    projects: { kind: "external", running: true, location: expect.stringContaining("127.0.0.1") },
  });
  expect(await dbMigrate(external.config)).toEqual({
    applied: migrations,
    version: newest,
  });
  expect((await dbStatus(external.config)).control.schema).toMatchObject({
    version: newest,
    pending: [],
  });
  expect(await dbStop(external.config)).toEqual({ control: "external", projects: "external" });
  expect((await dbStatus(external.config)).projects.running).toBe(true);
});

test("a server that is out of reach is a problem in the status, not a failure of it", async () => {
  await standIn.disconnect();
  expect(await dbStatus(external.config)).toMatchObject({
    control: { running: false, problem: expect.stringContaining("Cannot connect"), schema: { pending: null } },
    projects: { running: false, problem: expect.stringContaining("Cannot connect") },
  });
});
