import { afterAll, beforeAll, expect, test } from "vitest";
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
  expect(await dbMigrate(scratch.config)).toEqual({ applied: [], version: newest });
  expect(await dbStop(scratch.config)).toEqual({ control: "stopped", projects: "stopped" });
  expect(await dbStop(scratch.config)).toEqual({ control: "not_running", projects: "not_running" });
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
