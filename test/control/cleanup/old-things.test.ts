// What is whole and only old is thinned out or put away.
import { existsSync } from "node:fs";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { writeControlBackup } from "../../../src/backup/control-state.ts";
import { newBackupId } from "../../../src/backup/places.ts";
import { recordSnapshot } from "../../../src/control/snapshots.ts";
import { leaseOwner } from "../../../src/pipeline/lease-owner.ts";
import { cleanupWorld, namesOf, type CleanupWorld } from "../../helpers/cleanup-world.ts";

const LONG_AGO = new Date("2026-01-01");
let world: CleanupWorld;
let home: string;
let control: CleanupWorld["control"];
let adapters: CleanupWorld["adapters"];

beforeAll(async () => {
  world = await cleanupWorld();
  ({ home, control, adapters } = world);
});
afterAll(() => world.remove());
beforeEach(() => world.empty());

test("builds beyond those that can be gone back to go, unless the project is being worked on", async () => {
  await world.project("prj_builds");
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
  const busy = await world.run("running", "prj_builds", leaseOwner());
  await world.held(busy, "deployment", "prj_builds", "prj_builds");
  expect(namesOf(await world.clean())).toEqual(["build dep_0 in_use", "build dep_1 in_use"]);
  await control.query("update runs set state = 'succeeded' where run_id = $1", [busy]);
  expect(await world.clean()).toMatchObject({
    items: [{ name: "dep_0", bytes: 5, outcome: "done" }, { name: "dep_1" }],
    bytes: 10,
  });
  expect(await readdir(join(root, "releases"))).toEqual(ids.slice(2));
  expect(namesOf(await world.clean({ keep: 1 }))).toHaveLength(4);
  expect(await readdir(join(root, "releases"))).toEqual(["dep_6", "dep_7"]);
});

test("snapshots beyond the newest are archived and can still be read", async () => {
  await world.project("prj_snaps");
  const store = await adapters.objectStore();
  const urls: string[] = [];
  const runId = await world.run("succeeded", "prj_snaps");
  await world.held(runId, "snapshot", "prj_snaps", "prj_snaps");
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
  const result = await world.clean({ keep: 2 });
  expect(result.items.map(({ kind, action, outcome }) => `${action} ${kind} ${outcome}`)).toEqual([
    "archive snapshot done",
    "archive snapshot done",
  ]);
  expect(result.bytes).toBeGreaterThan(9000);
  const rows = await control.query<{ url: string }>("select url from snapshots order by created_at");
  expect(rows.map(({ url }) => url.includes("/archive/"))).toEqual([true, true, false, false]);
  for (const url of [...urls, ...rows.map((row) => row.url)])
    expect((await store.readSnapshot(url)).files).toHaveLength(1);
  expect(await world.clean({ keep: 2 })).toMatchObject({ outcome: "unchanged" });
});

test("unused dependencies, half-made folders and backups beyond the newest go", async () => {
  const cache = join(home, "cache", "dependencies");
  const [old, fresh] = ["a".repeat(64), "b".repeat(64)];
  for (const key of [old, fresh]) await mkdir(join(cache, key), { recursive: true });
  await utimes(join(cache, old), LONG_AGO, LONG_AGO);
  const backups = join(home, "backups", "control");
  await mkdir(join(backups, ".new-999999-01234567"), { recursive: true });
  const signal = new AbortController().signal;
  const ids = ["20260101-000000-aaaa", "20260102-000000-aaaa", newBackupId()];
  for (const id of ids) await writeControlBackup(control, { id, folder: join(backups, id) }, signal);
  const result = await world.clean({ keep: 2 });
  expect(namesOf(result)).toEqual([`dependencies ${old.slice(0, 16)} done`, "backup 20260101-000000-aaaa done"]);
  expect(existsSync(join(cache, old))).toBe(false);
  expect(await readdir(backups)).toEqual(ids.slice(1)); // the half one went when a backup was written
  await mkdir(join(backups, ".new-999999-01234567"));
  expect(namesOf(await world.clean({ keep: 2 }))).toEqual([
    `temporary files ${join(backups, ".new-999999-01234567")} done`,
  ]);
});

test("a backup that an unfinished restore needs stays", async () => {
  const folder = join(home, "backups", "control", "20260101-000000-aaaa");
  for (const id of ["20260101-000000-aaaa", "20260102-000000-aaaa"])
    await writeControlBackup(
      control,
      { id, folder: join(home, "backups", "control", id) },
      new AbortController().signal,
    );
  const restoring = await world.run("parked");
  await control.query("update runs set pipeline = 'restore', input = $2 where run_id = $1", [
    restoring,
    { from: { folder } },
  ]);
  expect(await world.clean({ keep: 1 })).toMatchObject({ items: [] });
  await control.query("update runs set state = 'cancelled' where run_id = $1", [restoring]);
  expect(namesOf(await world.clean({ keep: 1 }))).toEqual(["backup 20260101-000000-aaaa done"]);
});
