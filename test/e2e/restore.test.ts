// Backups and restores of a project that is deployed and in use, by the built tb, also killed at every phase.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BackupSummary } from "../../src/backup/backup-summary.ts";
import type { ListedBackups } from "../../src/backup/list-backups.ts";
import { readManifest } from "../../src/backup/manifest.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../src/config.ts";
import type { ControlRestored } from "../../src/control/restore-state.ts";
import type { BackupResult } from "../../src/pipeline/phases/back-up.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import type { RestoreResult } from "../../src/pipeline/phases/record-restore.ts";
import type { RunEvent } from "../../src/pipeline/types.ts";
import { leftovers } from "../helpers/crash.ts";
import { MAY_MOUNT, withSmallDisk } from "../helpers/small-disk.ts";
import { removeTbHome, startTb, tb, tbData, type Envelope } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

let home: string;
let made: CreateResult;
let url: string;
let first: BackupSummary;

beforeAll(async () => {
  home = await readyHome();
  made = await tbData<CreateResult>(home, ["create", "users(name, email:email:unique)", "--name", "people"]);
  url = made.deployment!.url;
  for (const name of ["ann", "ben"]) expect(await add(name)).toBe(201);
  first = await backUp();
});
afterAll(() => removeTbHome(home));

async function add(name: string): Promise<number> {
  try {
    const { status } = await fetch(`${url}/api/users`, {
      method: "POST",
      body: JSON.stringify({ name, email: `${name}@example.com` }),
      headers: { "content-type": "application/json" },
    });
    return status;
  } catch {
    return 0;
  }
}

async function names(): Promise<string[]> {
  const answer = await fetch(`${url}/api/users?limit=100`);
  expect(answer.status).toBe(200);
  const { items } = (await answer.json()) as { items: { name: string }[] };
  return items.map(({ name }) => name).toSorted();
}

async function backUp(): Promise<BackupSummary> {
  const { backups } = await tbData<BackupResult>(home, ["db", "backup", "people"]);
  return backups[0]!;
}

function restore(backup: string, ...more: string[]): Promise<RestoreResult> {
  return tbData<RestoreResult>(home, ["db", "restore", "people", backup, "--confirm", "people", ...more]);
}

/** Names in the table of users that a backup holds. */
async function namesIn(folder: string): Promise<string[]> {
  const { tables } = await readManifest(folder);
  const { file, columns } = tables.find(({ name }) => name === "users")!;
  const at = columns.indexOf("name");
  const lines = gunzipSync(await readFile(join(folder, file)))
    .toString()
    .split("\n")
    .slice(0, -1);
  return lines.map((line) => line.split("\t")[at]!).toSorted();
}

/** Exactly the project's own database, and nothing else that a run has made. */
async function expectTidy(): Promise<void> {
  expect(await leftovers(home, ["people"])).toEqual([]);
}

test("a backup tells what it holds, and is listed without any database", async () => {
  expect(first).toMatchObject({
    kind: "project",
    project: { name: "people" },
    tables: 1,
    rows: 2,
    migration: expect.stringMatching(/^0001_/),
  });
  expect(existsSync(join(first.path, "manifest.json"))).toBe(true);
  await tbData(home, ["db", "stop"]);
  const listed = await tbData<ListedBackups>(home, ["db", "backup", "people", "--list"]);
  expect(listed.backups).toEqual([first]);
  expect((await tb(home, ["db", "backup", "nobody", "--list"])).code).toBe(5);
  await tbData(home, ["db", "start"]);
  await expectTidy();
});

test("a restore brings the rows back under a backend that goes on answering, and saves what was there", async () => {
  await add("cy");
  const restored = await restore(first.id);
  expect(restored).toMatchObject({
    outcome: "restored",
    tables: 1,
    rows: 2,
    migrations_applied: [],
    kept_database: null,
    serving: true,
    backup: { id: first.id },
  });
  expect(await names()).toEqual(["ann", "ben"]);
  expect(await namesIn(restored.safety_backup!.path)).toEqual(["ann", "ben", "cy"]);
  expect(await add("dan")).toBe(201);
  const { activities } = await tbData<{ activities: { type: string; details: string }[] }>(home, [
    "activity",
    "people",
    "--limit",
    "2",
  ]);
  expect(activities.map(({ type }) => type)).toEqual(["database_restored", "database_backup"]);
  const [text] = [(await tb(home, ["db", "restore", "people", "latest", "--confirm", "people"])).stdout];
  expect(text).toContain("Restored the database of people: 1 table, 3 rows.");
  expect(await names()).toEqual(["ann", "ben", "cy"]);
  await expectTidy();
});

test("no row that the backend has acknowledged is lost: it is in the database or in the safety backup", async () => {
  const acknowledged: string[] = [];
  const stop = new AbortController();
  async function write(who: string): Promise<void> {
    for (let n = 0; !stop.signal.aborted; n++) if ((await add(`${who}${n}`)) === 201) acknowledged.push(`${who}${n}`);
  }
  const writers = [write("w"), write("x")];
  const restored = await restore(first.id);
  stop.abort();
  await Promise.all(writers);
  const kept = new Set([...(await allNames()), ...(await namesIn(restored.safety_backup!.path))]);
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
  await expectTidy();
});

async function allNames(): Promise<string[]> {
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
  const { rows } = await selectDatabaseCluster(config).query<{ name: string }>(
    made.database.name!,
    "select name from users",
  );
  return rows.map(({ name }) => name);
}

async function forgetAllBut(names: string[]): Promise<void> {
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
  const kept = names.map((name) => `'${name}'`).join(", ");
  await selectDatabaseCluster(config).query(made.database.name!, `delete from users where name not in (${kept})`);
}

/** Kills a restore of the first backup at the start of a phase; returns its run. */
async function killAt(phase: string): Promise<string> {
  const running = startTb(home, ["db", "restore", "people", first.id, "--confirm", "people", "--events"]);
  let seen = "";
  running.child.stdout!.on("data", (chunk: string) => {
    seen += chunk;
    const events = seen
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RunEvent);
    if (events.some((event) => event.type === "phase.started" && event.phase === phase)) running.child.kill("SIGKILL");
  });
  const { signal } = await running.done;
  expect(signal).toBe("SIGKILL");
  return (JSON.parse(seen.split("\n")[0]!) as RunEvent).runId;
}

describe("killed with SIGKILL", () => {
  beforeEach(async () => {
    await forgetAllBut(["ann", "ben"]); // the rows of the first backup
    await add("eve");
  });

  test.each(["plan-restore", "safety-backup", "rebuild-database", "switch-database", "check-service", "record"])(
    "as %s begins, the same command finishes the restore",
    async (phase) => {
      await killAt(phase);
      const again = await restore(first.id);
      expect(await names()).toEqual(["ann", "ben"]);
      expect(await namesIn(again.safety_backup!.path)).toEqual(["ann", "ben", "eve"]);
      await expectTidy();
    },
  );

  test("after the switch, a cancellation puts everything back", async () => {
    const runId = await killAt("check-service");
    expect(await names()).toEqual(["ann", "ben"]);
    await tbData(home, ["cancel", runId]);
    expect(await names()).toEqual(["ann", "ben", "eve"]);
    await expectTidy();
  });

  test("in the middle of a backup, nothing half is listed, and the next one clears it away", async () => {
    const before = await tbData<ListedBackups>(home, ["db", "backup", "--list"]);
    const folder = join(home, "backups", made.project.id);
    const running = startTb(home, ["db", "backup", "people"]);
    for (;;) {
      if ((await readdir(folder)).some((name) => name.startsWith(".new-"))) break;
      if (running.child.exitCode !== null) throw new Error("The backup was faster than the test.");
    }
    running.child.kill("SIGKILL");
    await running.done;
    expect(await tbData<ListedBackups>(home, ["db", "backup", "--list"])).toEqual(before);
    await backUp();
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
    const { runs } = await tbData<{ runs: { id: string; state: string; pipeline: string }[] }>(home, [
      "runs",
      "list",
      "--state",
      "parked",
    ]);
    for (const { id } of runs) await tbData(home, ["cancel", id]);
    await expectTidy();
  });
});

test("--keep-old keeps what was replaced as a database of its own, until the project goes", async () => {
  await restore(first.id);
  await add("fay");
  const { kept_database: kept, safety_backup } = await restore(first.id, "--keep-old");
  expect(safety_backup).toBeNull();
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
  const cluster = selectDatabaseCluster(config);
  expect(
    (await cluster.query<{ n: number }>(kept!, "select count(*)::int as n from users")).rows[0]!.n,
  ).toBeGreaterThan(2);
  expect((await tbData<{ problems: number }>(home, ["db", "check"])).problems).toBe(0);
  await tbData(home, ["cleanup", "--yes"]);
  expect(await cluster.listDatabases()).toContain(kept);
  await tbData(home, ["cleanup", "--yes", "--older-than", "0s"]);
  await expectTidy();
});

test("without the name, with a wrong backup or while another run is at the project, nothing happens", async () => {
  const before = await names();
  const unconfirmed = await tb(home, ["db", "restore", "people", "latest"]);
  expect(unconfirmed).toMatchObject({ code: 6, stdout: "" });
  expect(unconfirmed.stderr).toContain("tb db restore people latest --confirm people");
  expect((await tb(home, ["db", "restore", "people", "19990101", "--confirm", "people"])).code).toBe(5);
  expect((await tb(home, ["db", "restore", "nobody", "latest", "--confirm", "nobody"])).code).toBe(5);
  expect(await names()).toEqual(before);
});

test("all databases and tb's own state are backed up at once, also elsewhere, and the state can be restored", async () => {
  const out = await mkdtemp(join(tmpdir(), "tb-out-"));
  try {
    const { backups } = await tbData<BackupResult>(home, ["db", "backup", "--out", out]);
    expect(backups.map(({ kind, project }) => project?.name ?? kind)).toEqual(["people", "control"]);
    expect((await readdir(out)).toSorted()).toEqual(backups.map(({ path }) => basename(path)).toSorted());
    await tbData(home, ["projects", "rename", "people", "persons"]);
    const control = backups[1]!.path;
    expect((await tb(home, ["db", "restore", "control", control])).code).toBe(6);
    const restored = await tbData<ControlRestored>(home, ["db", "restore", "control", control, "--confirm", "control"]);
    expect(restored).toMatchObject({ outcome: "state_restored", safety_backup: { kind: "control" } });
    const { projects } = await tbData<{ projects: { name: string }[] }>(home, ["projects", "list"]);
    expect(projects.map(({ name }) => name)).toEqual(["people"]);
    expect(await tbData<{ problems: number; findings: object[] }>(home, ["db", "check"])).toMatchObject({
      problems: 0,
    });
    await tbData(home, ["db", "restore", "people", backups[0]!.path, "--confirm", "people"]);
    expect((await tb(home, ["db", "restore", "people", control, "--confirm", "people"])).code).toBe(9);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});

test.skipIf(!MAY_MOUNT)(
  "on a full disk a backup leaves nothing that looks whole, parks, and is finished once there is room",
  async () => {
    await withSmallDisk("64k", async (disk) => {
      const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
      await selectDatabaseCluster(config).query(
        made.database.name!,
        `insert into users (id, name, email, created_at, updated_at)
         select 'u' || n, md5(random()::text), md5(random()::text) || '@example.com', 1, 1 from generate_series(1, 4000) n`,
      );
      const full = await tb(home, ["db", "backup", "people", "--out", disk, "--json"]);
      expect(full.code).toBe(75);
      const { error, metadata } = JSON.parse(full.stdout) as Envelope<null>;
      expect(error).toMatchObject({ code: "transient", message: expect.stringContaining("the disk is full") });
      expect(await readdir(disk)).toEqual([]);
      await promisify(execFile)("mount", ["-o", "remount,size=16m", disk]);
      const { backups } = await tbData<BackupResult>(home, ["resume", metadata.run_id!]);
      expect(backups[0]).toMatchObject({ rows: expect.any(Number), path: expect.stringContaining(disk) });
      expect(await namesIn(backups[0]!.path)).toHaveLength(backups[0]!.rows);
    });
    await expectTidy();
  },
);
