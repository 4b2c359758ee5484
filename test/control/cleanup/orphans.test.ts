// What nobody holds any more is found and removed; what somebody may need is not.
import { existsSync } from "node:fs";
import { mkdir, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Adapters } from "../../../src/adapters/index.ts";
import { carryOut, describePlan, planCleanup } from "../../../src/control/cleanup/cleanup.ts";
import { leaseOwner } from "../../../src/pipeline/lease-owner.ts";
import { cleanupWorld, namesOf, type CleanupWorld } from "../../helpers/cleanup-world.ts";

const LONG_AGO = new Date("2026-01-01");
let world: CleanupWorld;
let home: string;
let sandboxes: string;
let control: CleanupWorld["control"];
let adapters: CleanupWorld["adapters"];

beforeAll(async () => {
  world = await cleanupWorld();
  ({ home, sandboxes, control, adapters } = world);
});
afterAll(() => world.remove());
beforeEach(() => world.empty());

test("what ended runs still hold goes, what parked and working runs hold stays, and parked ones are told", async () => {
  const [failed, parked, dead, working, done] = [
    await world.run("failed"),
    await world.run("parked", "prj_parked"),
    await world.run(
      "running",
      null,
      JSON.stringify({ host: (JSON.parse(leaseOwner()) as { host: string }).host, pid: 999_999, started: "0" }),
    ),
    await world.run("running", null, leaseOwner()),
    await world.run("succeeded", "prj_done"),
  ];
  await world.project("prj_done");
  for (const each of [failed, parked, dead, working, done])
    await world.held(each, "sandbox", await world.sandbox(each));
  await world.held(done, "repository", "turbobackend-prj_done", "prj_done"); // the project's, not only the run's
  const planned = describePlan(await world.plan());
  expect(namesOf(planned)).toEqual([
    `sandbox ${done.replace("run_", "sbx_")} planned`,
    `sandbox ${failed.replace("run_", "sbx_")} planned`,
  ]);
  expect(planned.parked.map(({ id, holds }) => [id, holds])).toEqual([
    [dead, 1],
    [parked, 1],
  ]);
  expect(await readdir(sandboxes)).toHaveLength(5); // looking has changed nothing
  expect(namesOf(await world.clean())).toEqual(namesOf(planned).map((line) => line.replace("planned", "done")));
  expect((await readdir(sandboxes)).toSorted()).toEqual(
    [parked, dead, working].map((id) => id.replace("run_", "sbx_")).toSorted(),
  );
  expect(await world.clean()).toMatchObject({
    outcome: "unchanged",
    items: [],
    parked: [{ id: dead }, { id: parked }],
  });
});

test("copies of databases without a run go; a project's own, other installations' and those in use never", async () => {
  const cluster = await adapters.databaseCluster();
  await world.project("prj_busy000000");
  await world.project("prj_idle000000");
  await world.project("prj_gone000000", "destroyed");
  await world.run("parked", "prj_busy000000");
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
  expect(namesOf(describePlan(await world.plan()))).toEqual(["database turbobackend_prj_gone000000 planned"]);
  await control.query("update project_contexts set status = 'destroyed' where project_id = 'prj_idle000000'");
  const planned = await world.plan();
  expect(namesOf(describePlan(planned)).toSorted()).toEqual([
    "database turbobackend_prj_gone000000 planned",
    "database turbobackend_prj_idle000000 planned",
    "database turbobackend_prj_idle000000_dev planned",
    "database turbobackend_prj_idle000000_work planned",
  ]);
  expect(planned.unknown).toEqual([
    { kind: "database", name: "turbobackend_prj_other00000", reason: expect.stringContaining("knows nothing of it") },
  ]);
  await world.clean();
  expect(await cluster.listDatabases()).toEqual(["turbobackend_prj_busy000000_work", "turbobackend_prj_other00000"]);
  const { rows } = await cluster.query(
    "postgres",
    "select 1 from pg_database where datname = 'turbobackend_prj_stranger00'",
  );
  expect(rows).toHaveLength(1);
});

test("what a removed project left goes; what this state does not know is told and stays", async () => {
  await world.project("prj_removed", "destroyed");
  await world.project("prj_kept");
  const gitHost = await adapters.gitHost();
  for (const id of ["prj_removed", "prj_kept", "prj_unknown"]) await gitHost.createRepository(`turbobackend-${id}`);
  await mkdir(join(home, "deployments", "prj_removed", "releases"), { recursive: true });
  const { items, unknown } = await world.clean();
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
  expect(describePlan(await world.plan())).toMatchObject({
    items: [],
    unknown: [{ kind: "sandbox", name: "sbx_nobody0000" }],
  });
  await utimes(join(sandboxes, "sbx_nobody0000"), LONG_AGO, LONG_AGO);
  expect(namesOf(await world.clean())).toEqual(["sandbox sbx_nobody0000 done"]);
  await mkdir(join(sandboxes, "somebody-elses"), { recursive: true });
  await utimes(join(sandboxes, "somebody-elses"), LONG_AGO, LONG_AGO);
  expect(await world.clean()).toMatchObject({ outcome: "unchanged" });
});

test("two cleanups at once do everything once or twice and fail at nothing", async () => {
  for (let n = 0; n < 4; n++) {
    const failed = await world.run("failed");
    await world.held(failed, "sandbox", await world.sandbox(failed));
  }
  await world.project("prj_pair000000", "destroyed");
  await (await adapters.databaseCluster()).provision("prj_pair000000", "turbobackend_prj_pair000000");
  const plans = await Promise.all([world.plan(), world.plan(), world.plan()]);
  const results = await Promise.all(plans.map((each) => carryOut(each, () => {})));
  expect(results.flatMap(({ items }) => items.filter(({ outcome }) => outcome === "failed"))).toEqual([]);
  expect(await readdir(sandboxes)).toEqual([]);
  expect(await (await adapters.databaseCluster()).listDatabases()).toEqual([]);
  expect(await world.clean()).toMatchObject({ outcome: "unchanged" });
});

test("something that is made between looking and removing is left alone", async () => {
  const failed = await world.run("failed");
  const id = await world.sandbox(failed);
  await world.held(failed, "sandbox", id);
  const found = await world.plan();
  await control.query("update runs set state = 'parked' where run_id = $1", [failed]); // as a resume would find it
  expect(namesOf(await carryOut(found, () => {}))).toEqual([`sandbox ${id} in_use`]);
  expect(existsSync(join(sandboxes, id))).toBe(true);
});

test("what fails is told with its reason, and the rest is done", async () => {
  const [first, second] = [await world.run("failed"), await world.run("failed")];
  for (const each of [first, second]) await world.held(each, "sandbox", await world.sandbox(each));
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
