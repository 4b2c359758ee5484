// The development copy is made when it is first asked for, by a query or by a command of the sandbox, and only then.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { selectAdapters } from "../../src/adapters/index.ts";
import type { DatabaseCluster } from "../../src/adapters/database-cluster/database-cluster.ts";
import { withSession } from "../../src/backup/session.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { liveResources } from "../../src/control/ledger.ts";
import { releaseResources } from "../../src/control/release-resources.ts";
import { insertRun } from "../../src/control/runs.ts";
import { newId } from "../../src/ids.ts";
import { hasCopy } from "../../src/pipeline/copy-database.ts";
import { databaseName, workDatabases } from "../../src/pipeline/names.ts";
import type { Run } from "../../src/pipeline/types.ts";
import { openWorkspace, type Workspace } from "../../src/pipeline/workspace.ts";
import { readyScratch } from "../helpers/homes.ts";
import type { ScratchHome } from "../helpers/postgres.ts";

let scratch: ScratchHome;
let control: Control;
let cluster: DatabaseCluster;
let run: Run;
let projectId: string;
let database: string;
const open: Workspace[] = [];

beforeAll(async () => {
  scratch = await readyScratch();
  control = await openControl(scratch.config);
  const adapters = selectAdapters(scratch.config);
  cluster = await adapters.databaseCluster();
  await cluster.ensure();
  const { signal } = new AbortController();
  run = { adapters, control, signal, emit: async () => {} } as unknown as Run;
});

beforeEach(async () => {
  projectId = newId("prj");
  database = databaseName(projectId);
  run = { ...run, id: newId("run") };
  await insertRun(control, {
    runId: run.id,
    pipeline: "create",
    ownerId: "someone",
    projectId,
    requestId: null,
    modificationId: null,
    input: {},
    version: "0",
  });
  await cluster.provision(projectId, database);
  await withSession(await cluster.connection(projectId, "own", database), async (client) => {
    await client.query("create table notes (text varchar)");
  });
  return async () => {
    for (const workspace of open.splice(0)) await workspace.close();
    await releaseResources(control, run.adapters, { runId: run.id });
    await cluster.dropDatabase(database);
    await cluster.dropRoles(projectId);
  };
});

afterAll(async () => {
  await run.adapters.close();
  await control.close();
  await scratch.remove();
});

async function workspace(): Promise<Workspace> {
  const opened = await openWorkspace(run, { projectId, database });
  open.push(opened);
  return opened;
}

let calls = 0;
const query = async (of: Workspace, sql: string) => (await of.query!(sql, `call-${++calls}`)).rows;

test("nobody has asked: there is none, and nothing to wait for", async () => {
  const one = await workspace();
  await one.settled();
  expect(await hasCopy(projectId, run)).toBe(false);
  expect(await liveResources(control, { runId: run.id })).toEqual([]);
});

test("the first query has it made, and every later one finds it as it was left", async () => {
  const one = await workspace();
  await query(one, "insert into notes values ('mine')");
  expect(await hasCopy(projectId, run)).toBe(true);
  expect(await query(await workspace(), "select text from notes")).toEqual([{ text: "mine" }]);
  const live = await cluster.session(database, (ask) => ask("select text from notes"));
  expect(live.rows).toEqual([]);
});

test("queries at once have one made", async () => {
  const one = await workspace();
  const all = await Promise.all([1, 2, 3].map((n) => query(one, `select ${n} as n`)));
  expect(all).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
});

test("one that was left half made is replaced, and one that is discarded is gone", async () => {
  const one = await workspace();
  await query(one, "insert into notes values ('mine')");
  await control.query("update resources set state = 'intended' where run_id = $1", [run.id]);
  expect(await hasCopy(projectId, run)).toBe(false);
  const again = await workspace();
  expect(await query(again, "select text from notes")).toEqual([]);
  expect(await hasCopy(projectId, run)).toBe(true);
  await again.discardCopy();
  expect(await hasCopy(projectId, run)).toBe(false);
  expect(await databases()).not.toContain(workDatabases(projectId).work);
});

test("what goes wrong is told to whoever asked, and to whoever waits", async () => {
  await cluster.dropDatabase(database);
  const one = await workspace();
  await expect(query(one, "select 1")).rejects.toMatchObject({ code: "not_found" });
  await expect(one.settled()).rejects.toMatchObject({ code: "not_found" });
});

async function databases(): Promise<string[]> {
  const { rows } = await cluster.session("postgres", (ask) => ask("select datname as name from pg_database"));
  return (rows as { name: string }[]).map(({ name }) => name);
}
