// What `tb cleanup` finds and removes, with real adapters and rows as runs leave them behind.
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { selectAdapters, type Adapters } from "../../src/adapters/index.ts";
import { newBackupId } from "../../src/backup/places.ts";
import type { Config } from "../../src/config.ts";
import { carryOut, describePlan, planCleanup, type CleanupResult } from "../../src/control/cleanup/cleanup.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { withResource, type ResourceKind } from "../../src/control/ledger.ts";
import { insertRun, type RunState } from "../../src/control/runs.ts";
import { recordSnapshot } from "../../src/control/snapshots.ts";
import { leaseOwner } from "../../src/pipeline/lease-owner.ts";
import { scratchHome } from "../helpers/postgres.ts";

const LONG_AGO = new Date("2026-01-01");
let home: string;
let config: Config;
let control: Control;
let adapters: Adapters;
let removeHome: () => Promise<void>;

beforeAll(async () => {
  ({ home, config, remove: removeHome } = await scratchHome());
  control = await openControl(config);
  adapters = selectAdapters(config);
  await (await adapters.databaseCluster()).ensure();
});
afterAll(async () => {
  await control.close();
  await adapters.close();
  await removeHome();
});
beforeEach(async () => {
  for (const table of ["resources", "snapshots", "project_contexts"]) await control.query(`delete from ${table}`);
  await control.query("delete from run_events");
  await control.query("delete from runs");
  for (const folder of ["sandboxes", "repositories", "git", "deployments", "snapshots", "backups", "cache"])
    await rm(join(home, folder), { recursive: true, force: true });
  const cluster = await adapters.databaseCluster();
  for (const name of await cluster.listDatabases()) await cluster.dropDatabase(name);
});

let count = 0;
async function run(state: RunState, projectId: string | null = null, owner: string | null = null): Promise<string> {
  const runId = `run_${String(++count).padStart(10, "0")}`;
  await insertRun(control, {
    runId,
    pipeline: "create",
    ownerId: "me",
    projectId,
    requestId: null,
    modificationId: null,
    input: {},
    version: "0",
  });
  await control.query(
    "update runs set state = $2, lease_owner = $3, lease_until = now() + interval '1 hour' where run_id = $1",
    [runId, state, owner],
  );
  return runId;
}

async function project(id: string, status = "active"): Promise<void> {
  await control.query(
    `insert into project_contexts (project_id, owner_id, name, type, status, created_at, updated_at) values ($1, 'me', $1, 'nitro', $2, 1, 1)`,
    [id, status],
  );
}

async function held(runId: string, kind: ResourceKind, name: string, projectId: string | null = null): Promise<void> {
  const provider = { sandbox: "local", database: "embedded", "work-database": "embedded" }[kind as string] ?? "local";
  await withResource(control, { run_id: runId, project_id: projectId, kind, name, provider }, async () => {});
}

async function sandbox(runId: string): Promise<string> {
  const id = runId.replace("run_", "sbx_");
  await (await adapters.sandbox()).create(id);
  return id;
}

function plan(options: { before?: Date; keep?: number } = {}) {
  return planCleanup(control, adapters, {
    home,
    before: options.before ?? new Date(Date.now() - 30 * 86_400_000),
    keep: options.keep ?? 5,
  });
}

async function clean(options: { before?: Date; keep?: number } = {}): Promise<CleanupResult> {
  return carryOut(await plan(options), () => {});
}

function names({ items }: CleanupResult): string[] {
  return items.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`);
}

test("what ended runs still hold goes, what parked and working runs hold stays, and parked ones are told", async () => {
  const [failed, parked, dead, working, done] = [
    await run("failed"),
    await run("parked", "prj_parked"),
    await run(
      "running",
      null,
      JSON.stringify({ host: (JSON.parse(leaseOwner()) as { host: string }).host, pid: 999_999, started: "0" }),
    ),
    await run("running", null, leaseOwner()),
    await run("succeeded", "prj_done"),
  ];
  await project("prj_done");
  for (const each of [failed, parked, dead, working, done]) await held(each, "sandbox", await sandbox(each));
  await held(done, "repository", "turbobackend-prj_done", "prj_done"); // the project's, not only the run's
  const planned = describePlan(await plan());
  expect(names(planned)).toEqual([
    `sandbox ${done.replace("run_", "sbx_")} planned`,
    `sandbox ${failed.replace("run_", "sbx_")} planned`,
  ]);
  expect(planned.parked.map(({ id, holds }) => [id, holds])).toEqual([
    [dead, 1],
    [parked, 1],
  ]);
  expect(await readdir(join(home, "sandboxes"))).toHaveLength(5); // looking has changed nothing
  expect(names(await clean())).toEqual(names(planned).map((line) => line.replace("planned", "done")));
  expect((await readdir(join(home, "sandboxes"))).toSorted()).toEqual(
    [parked, dead, working].map((id) => id.replace("run_", "sbx_")).toSorted(),
  );
  expect(await clean()).toMatchObject({ outcome: "unchanged", items: [], parked: [{ id: dead }, { id: parked }] });
});

test("copies of databases without a run go; a project's own, other installations' and those in use never", async () => {
  const cluster = await adapters.databaseCluster();
  await project("prj_busy000000");
  await project("prj_idle000000");
  await project("prj_gone000000", "destroyed");
  await run("parked", "prj_busy000000");
  const made = [
    "turbobackend_prj_busy000000_work",
    "turbobackend_prj_idle000000",
    "turbobackend_prj_idle000000_work",
    "turbobackend_prj_idle000000_dev",
    "turbobackend_prj_gone000000",
    "turbobackend_prj_other00000",
    "turbobackend_prj_stranger00",
  ];
  for (const name of made) await cluster.provision(/prj_\w{10}/.exec(name)![0], name);
  await cluster.query(
    "postgres",
    `comment on database turbobackend_prj_stranger00 is 'turbobackend database of installation another'`,
  );
  // A copy that was made a moment ago may be at work without a run: only older ones count.
  expect(names(describePlan(await plan()))).toEqual(["database turbobackend_prj_gone000000 planned"]);
  await control.query("update project_contexts set status = 'destroyed' where project_id = 'prj_idle000000'");
  const planned = await plan();
  expect(names(describePlan(planned)).toSorted()).toEqual([
    "database turbobackend_prj_gone000000 planned",
    "database turbobackend_prj_idle000000 planned",
    "database turbobackend_prj_idle000000_dev planned",
    "database turbobackend_prj_idle000000_work planned",
  ]);
  expect(planned.unknown).toEqual([
    { kind: "database", name: "turbobackend_prj_other00000", reason: expect.stringContaining("knows nothing of it") },
  ]);
  await clean();
  expect(await cluster.listDatabases()).toEqual(["turbobackend_prj_busy000000_work", "turbobackend_prj_other00000"]);
  const { rows } = await cluster.query(
    "postgres",
    "select 1 from pg_database where datname = 'turbobackend_prj_stranger00'",
  );
  expect(rows).toHaveLength(1);
});

test("what a removed project left goes; what this state does not know is told and stays", async () => {
  await project("prj_removed", "destroyed");
  await project("prj_kept");
  const gitHost = await adapters.gitHost();
  for (const id of ["prj_removed", "prj_kept", "prj_unknown"]) await gitHost.createRepository(`turbobackend-${id}`);
  await mkdir(join(home, "deployments", "prj_removed", "releases"), { recursive: true });
  const { items, unknown } = await clean();
  expect(items.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "deployment prj_removed",
    "repository turbobackend-prj_removed",
  ]);
  expect(unknown.map(({ name }) => name)).toEqual(["turbobackend-prj_unknown"]);
  expect(await readdir(join(home, "repositories"))).toEqual([
    "turbobackend-prj_kept.git",
    "turbobackend-prj_unknown.git",
  ]);
});

test("a sandbox that no run knows goes when nobody has used it for long, and not before", async () => {
  await (await adapters.sandbox()).create("sbx_nobody0000");
  expect(describePlan(await plan())).toMatchObject({
    items: [],
    unknown: [{ kind: "sandbox", name: "sbx_nobody0000" }],
  });
  await utimes(join(home, "sandboxes", "sbx_nobody0000"), LONG_AGO, LONG_AGO);
  expect(names(await clean())).toEqual(["sandbox sbx_nobody0000 done"]);
  await mkdir(join(home, "sandboxes", "somebody-elses"), { recursive: true });
  await utimes(join(home, "sandboxes", "somebody-elses"), LONG_AGO, LONG_AGO);
  expect(await clean()).toMatchObject({ outcome: "unchanged" });
});

test("builds beyond those that can be gone back to go, unless the project is being worked on", async () => {
  await project("prj_builds");
  const root = join(home, "deployments", "prj_builds");
  const ids = Array.from({ length: 8 }, (_, n) => `dep_${n}`);
  for (const id of ids) {
    await mkdir(join(root, "releases", id), { recursive: true });
    await writeFile(join(root, "releases", id, "x"), "12345");
  }
  await writeFile(
    join(root, "state.json"),
    JSON.stringify({ port: 4310, releases: ids.toReversed(), supervisor: null }),
  );
  const busy = await run("running", "prj_builds", leaseOwner());
  await held(busy, "deployment", "prj_builds", "prj_builds");
  expect(names(await clean())).toEqual(["build dep_0 in_use", "build dep_1 in_use"]);
  await control.query("update runs set state = 'succeeded' where run_id = $1", [busy]);
  expect(await clean()).toMatchObject({
    items: [{ name: "dep_0", bytes: 5, outcome: "done" }, { name: "dep_1" }],
    bytes: 10,
  });
  expect(await readdir(join(root, "releases"))).toEqual(ids.slice(2));
  expect(names(await clean({ keep: 1 }))).toHaveLength(4);
  expect(await readdir(join(root, "releases"))).toEqual(["dep_6", "dep_7"]);
});

test("snapshots beyond the newest are archived and can still be read", async () => {
  await project("prj_snaps");
  const store = await adapters.objectStore();
  const urls: string[] = [];
  const runId = await run("succeeded", "prj_snaps");
  await held(runId, "snapshot", "prj_snaps", "prj_snaps");
  for (let n = 0; n < 4; n++) {
    const snapshot = await store.putSnapshot({
      projectId: "prj_snaps",
      commit: "c0ffee",
      folder: home,
      files: [],
      extra: { "a.txt": `${n}`.repeat(5000) },
    });
    await recordSnapshot(control, { projectId: "prj_snaps", runId, commit: "c0ffee", snapshot });
    await control.query("update snapshots set created_at = $2 where snapshot_id = $1", [snapshot.id, n]);
    urls.push(snapshot.url);
  }
  const result = await clean({ keep: 2 });
  expect(result.items.map(({ kind, action, outcome }) => `${action} ${kind} ${outcome}`)).toEqual([
    "archive snapshot done",
    "archive snapshot done",
  ]);
  expect(result.bytes).toBeGreaterThan(9000);
  const rows = await control.query<{ url: string }>("select url from snapshots order by created_at");
  expect(rows.map(({ url }) => url.includes("/archive/"))).toEqual([true, true, false, false]);
  for (const url of [...urls, ...rows.map((row) => row.url)])
    expect((await store.readSnapshot(url)).files).toHaveLength(1);
  expect(await clean({ keep: 2 })).toMatchObject({ outcome: "unchanged" });
});

test("unused dependencies, half-made folders and backups beyond the newest go", async () => {
  const cache = join(home, "cache", "dependencies");
  const [old, fresh] = ["a".repeat(64), "b".repeat(64)];
  for (const key of [old, fresh]) await mkdir(join(cache, key), { recursive: true });
  await utimes(join(cache, old), LONG_AGO, LONG_AGO);
  const backups = join(home, "backups", "control");
  await mkdir(join(backups, ".new-999999-01234567"), { recursive: true });
  const { writeControlBackup } = await import("../../src/backup/control-state.ts");
  const signal = new AbortController().signal;
  const ids = ["20260101-000000-aaaa", "20260102-000000-aaaa", newBackupId()];
  for (const id of ids) await writeControlBackup(control, { id, folder: join(backups, id) }, signal);
  const result = await clean({ keep: 2 });
  expect(names(result)).toEqual([`dependencies ${old.slice(0, 16)} done`, "backup 20260101-000000-aaaa done"]);
  expect(existsSync(join(cache, old))).toBe(false);
  expect(await readdir(backups)).toEqual(ids.slice(1)); // the half one went when a backup was written
  await mkdir(join(backups, ".new-999999-01234567"));
  expect(names(await clean({ keep: 2 }))).toEqual([`temporary files ${join(backups, ".new-999999-01234567")} done`]);
});

test("a backup that an unfinished restore needs stays", async () => {
  const { writeControlBackup } = await import("../../src/backup/control-state.ts");
  const folder = join(home, "backups", "control", "20260101-000000-aaaa");
  for (const id of ["20260101-000000-aaaa", "20260102-000000-aaaa"])
    await writeControlBackup(
      control,
      { id, folder: join(home, "backups", "control", id) },
      new AbortController().signal,
    );
  const restoring = await run("parked");
  await control.query("update runs set pipeline = 'restore', input = $2 where run_id = $1", [
    restoring,
    { from: { folder } },
  ]);
  expect(await clean({ keep: 1 })).toMatchObject({ items: [] });
  await control.query("update runs set state = 'cancelled' where run_id = $1", [restoring]);
  expect(names(await clean({ keep: 1 }))).toEqual(["backup 20260101-000000-aaaa done"]);
});

test("two cleanups at once do everything once or twice and fail at nothing", async () => {
  for (let n = 0; n < 4; n++) {
    const failed = await run("failed");
    await held(failed, "sandbox", await sandbox(failed));
  }
  await project("prj_pair000000", "destroyed");
  await (await adapters.databaseCluster()).provision("prj_pair000000", "turbobackend_prj_pair000000");
  const plans = await Promise.all([plan(), plan(), plan()]);
  const results = await Promise.all(plans.map((each) => carryOut(each, () => {})));
  expect(results.flatMap(({ items }) => items.filter(({ outcome }) => outcome === "failed"))).toEqual([]);
  expect(await readdir(join(home, "sandboxes"))).toEqual([]);
  expect(await (await adapters.databaseCluster()).listDatabases()).toEqual([]);
  expect(await clean()).toMatchObject({ outcome: "unchanged" });
});

test("something that is made between looking and removing is left alone", async () => {
  const failed = await run("failed");
  const id = await sandbox(failed);
  await held(failed, "sandbox", id);
  const found = await plan();
  await control.query("update runs set state = 'parked' where run_id = $1", [failed]); // as a resume would find it
  expect(names(await carryOut(found, () => {}))).toEqual([`sandbox ${id} in_use`]);
  expect(existsSync(join(home, "sandboxes", id))).toBe(true);
});

test("what fails is told with its reason, and the rest is done", async () => {
  const [first, second] = [await run("failed"), await run("failed")];
  for (const each of [first, second]) await held(each, "sandbox", await sandbox(each));
  const broken: Adapters = {
    ...adapters,
    sandbox: async () => {
      const provider = await adapters.sandbox();
      return {
        ...provider,
        destroy: async (id) => {
          if (id === second.replace("run_", "sbx_"))
            throw Object.assign(new Error("EROFS"), { code: "EROFS", path: "/x" });
          await provider.destroy(id);
        },
      };
    },
  };
  const found = await planCleanup(control, broken, { home, before: LONG_AGO, keep: 5 });
  const result = await carryOut(found, () => {});
  expect(result.items.map(({ outcome, error }) => [outcome, error])).toEqual([
    ["failed", "Cannot write to /x: the file system is read-only."],
    ["done", null],
  ]);
});
