// `tb db check`, `tb db stats` and `tb cleanup` on a machine in use, by the built tb.
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProcessDeployTarget } from "../../src/adapters/deploy-target/process-deploy-target.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../src/config.ts";
import { openControl } from "../../src/control/database.ts";
import type { CheckResult } from "../../src/control/database-check.ts";
import type { StatsResult } from "../../src/control/database-stats.ts";
import type { CleanupResult } from "../../src/control/cleanup/cleanup.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import { createAndKill } from "../helpers/crash.ts";
import { removeTbHome, tb, tbData, type Envelope } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

let home: string;
let made: CreateResult;

beforeAll(async () => {
  home = await readyHome();
  made = await tbData<CreateResult>(home, ["create", "notes(title)", "--name", "pad"]);
});
afterAll(() => removeTbHome(home));

function config() {
  return readConfig({ PATH: process.env.PATH, TB_HOME: home });
}

async function check(
  ...args: string[]
): Promise<{ code: number | null; data: CheckResult; problems: string[]; fixes: string[] }> {
  const { code, stdout } = await tb(home, ["db", "check", ...args, "--json"]);
  const { data } = JSON.parse(stdout) as Envelope<CheckResult>;
  const wrong = data.findings.filter(({ status }) => status === "problem");
  return { code, data, problems: wrong.map((one) => one.check), fixes: wrong.flatMap(({ fix }) => (fix ? [fix] : [])) };
}

/** Breaks something, checks, repairs it by hand, and checks that it is in order again. */
async function whileBroken(breakIt: () => Promise<unknown>, mend: () => Promise<unknown>) {
  await breakIt();
  const found = await check();
  await mend();
  expect((await check()).problems).toEqual([]);
  return found;
}

describe("tb db check", () => {
  test("finds everything in order after a create, with exit 0", async () => {
    const { code, data } = await check();
    expect(code).toBe(0);
    expect(data).toMatchObject({ outcome: "consistent", problems: 0 });
    expect(data.findings.map((one) => one.check)).toEqual([
      "control schema",
      "control indexes",
      "runs",
      "ledger",
      "orphans",
      "database",
      "roles",
      "migrations",
      "indexes",
      "repository",
      "snapshots",
      "deployment",
    ]);
    expect((await tb(home, ["db", "check", "pad"])).stdout).toContain(
      "✔ deployment       healthy at http://127.0.0.1:",
    );
    expect((await tb(home, ["db", "check", "nowhere"])).code).toBe(5);
  });

  test("a role that cannot log in is found and, when asked, repaired", async () => {
    const cluster = selectDatabaseCluster(config());
    await cluster.query("postgres", `alter role turbobackend_${made.project.id}_app nologin`);
    const broken = await check("pad");
    expect(broken).toMatchObject({
      code: 9,
      problems: ["roles"],
      fixes: expect.arrayContaining(["tb db check pad --repair"]),
    });
    await tb(home, ["db", "check", "pad", "--repair"]);
    expect((await check()).problems).toEqual([]);
  });

  test("a repository, a snapshot and a database that are gone are found, each with what mends it", async () => {
    const repository = made.repository.url.replace("file://", "");
    const moved = await whileBroken(
      () => rename(repository, `${repository}.away`),
      () => rename(`${repository}.away`, repository),
    );
    expect(moved).toMatchObject({ code: 9, problems: expect.arrayContaining(["ledger", "migrations", "repository"]) });
    const snapshot = fileURLToPath(made.snapshot.url);
    const gone = await whileBroken(
      () => rename(snapshot, `${snapshot}.away`),
      () => rename(`${snapshot}.away`, snapshot),
    );
    expect(gone.problems).toEqual(["snapshots"]);
  });

  test("a database that was migrated past its repository, or changed by hand, is found", async () => {
    const cluster = selectDatabaseCluster(config());
    const database = made.database.name!;
    const drifted = await whileBroken(
      () => cluster.query(database, "insert into schema_migrations (name, checksum) values ('9999_by_hand.sql', 'x')"),
      () => cluster.query(database, "delete from schema_migrations where name = '9999_by_hand.sql'"),
    );
    expect(drifted).toMatchObject({ code: 9, problems: ["migrations"] });
    expect(drifted.data.findings.find((one) => one.check === "migrations")!.details).toEqual([
      "9999_by_hand.sql was applied to the database, but main does not have it",
    ]);
  });

  test("a backend that does not run is found, and deploying mends it", async () => {
    await createProcessDeployTarget(config()).destroy(made.project.id);
    const { problems, fixes } = await check();
    expect(problems).toEqual(["ledger", "deployment"]);
    expect(fixes).toContain("tb deploy pad");
    await tbData(home, ["deploy", "pad"]);
    expect((await check()).problems).toEqual([]);
  });

  test("a run whose process was killed is found, with the command that goes on with it", async () => {
    const { runId } = await createAndKill(home, "killed", { phase: "run-agent" });
    const { problems, fixes } = await check();
    expect(problems).toEqual(["runs"]);
    expect(fixes).toEqual([`tb resume ${runId}`]);
    const { items, parked } = await tbData<CleanupResult>(home, ["cleanup", "--dry-run"]);
    expect(items).toEqual([]);
    expect(parked).toMatchObject([{ id: runId, project: "killed" }]);
    await tbData(home, ["cleanup", "--yes", "--older-than", "0s"]); // not even then
    await tbData(home, ["cancel", runId!]);
    expect((await check()).problems).toEqual([]);
  });

  test("a control database that lacks a migration, or that a newer tb made, is told and not touched", async () => {
    const control = await openControl(config());
    await control.query("insert into schema_migrations values ('9999-future', 'x', 1)");
    const { code, data } = await check();
    expect(code).toBe(9);
    expect(data.findings).toMatchObject([
      { check: "control schema", status: "problem", fix: expect.stringContaining("Update tb") },
    ]);
    await control.query("delete from schema_migrations where name = '9999-future'");
    await control.close();
  });
});

describe("tb db stats", () => {
  test("counts what the servers and the project do", async () => {
    for (let n = 0; n < 3; n++)
      await fetch(
        `${(await tbData<{ deployment: { url: string } }>(home, ["status", "pad"])).deployment.url}/api/notes`,
      );
    const { clusters, projects, runs } = await tbData<StatsResult>(home, ["db", "stats"]);
    expect(clusters.map(({ name, kind, running }) => [name, kind, running])).toEqual([
      ["control", "embedded", true],
      ["projects", "embedded", true],
    ]);
    const [figures] = clusters.map((cluster) => cluster.figures!);
    expect(figures!.connections).toEqual({ used: expect.any(Number), limit: 150 });
    expect(figures!.transactions).toBeGreaterThan(10);
    expect(figures!.cache_hit_ratio).toBeGreaterThan(0.5);
    expect(figures!.slow_statements).toMatchObject({
      source: null,
      missing: expect.stringContaining("pg_stat_statements"),
    });
    const [pad] = projects;
    expect(pad).toMatchObject({
      project: { name: "pad" },
      database: {
        name: made.database.name,
        connections: { app: { limit: 20 }, own: { limit: 6 } },
        tables: [{ name: "notes" }],
      },
      statements: { total: 1, failed: 0 },
      requests: { failed: expect.any(Number) },
    });
    expect(pad!.requests!.total).toBeGreaterThanOrEqual(3);
    expect(runs!.succeeded).toBeGreaterThanOrEqual(2);
    const { stdout } = await tb(home, ["db", "stats", "pad"]);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("starts nothing: stopped servers are told, and a project cannot be looked up", async () => {
    await tbData(home, ["db", "stop"]);
    const { clusters, projects, runs } = await tbData<StatsResult>(home, ["db", "stats"]);
    expect(clusters.map(({ running, figures }) => [running, figures])).toEqual([
      [false, null],
      [false, null],
    ]);
    expect([projects, runs]).toEqual([[], null]);
    expect((await tb(home, ["db", "stats", "pad"])).code).toBe(75);
    const { control } = await tbData<{ control: { running: boolean } }>(home, ["db", "status"]);
    expect(control.running).toBe(false);
    expect((await check()).problems).toEqual([]); // a check starts what it has to ask
  });
});

describe("tb cleanup", () => {
  test("says what would go, needs consent without a terminal, and then does exactly that", async () => {
    const control = await openControl(config());
    const sandbox = join(home, "sandboxes", "sbx_0000000000");
    const cluster = selectDatabaseCluster(config());
    const copy = `${made.database.name}_leftover`;
    await control.query(
      `insert into resources (resource_id, run_id, project_id, kind, name, provider, state, created_at)
       select 'res_' || k, $1, $2, k, n, 'local', 'created', 1 from unnest($3::text[], $4::text[]) as t (k, n)`,
      [made.run.id, made.project.id, ["sandbox", "work-database"], ["sbx_0000000000", copy]],
    );
    await control.close();
    await cluster.provision(made.project.id, copy);
    await mkdir(sandbox, { recursive: true });
    const planned = await tbData<CleanupResult>(home, ["cleanup", "--dry-run"]);
    expect(planned.items.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      `database ${copy}`,
      "sandbox sbx_0000000000",
    ]);
    const refused = await tb(home, ["cleanup"]);
    expect(refused).toMatchObject({ code: 6, stdout: "" });
    expect(refused.stderr).toContain("tb cleanup --yes");
    expect(existsSync(sandbox)).toBe(true);
    const done = await tbData<CleanupResult>(home, ["cleanup", "--yes"]);
    expect(done.items).toEqual(planned.items.map((item) => ({ ...item, outcome: "done" })));
    expect(existsSync(sandbox)).toBe(false);
    expect(await tbData<CleanupResult>(home, ["cleanup", "--yes"])).toMatchObject({ outcome: "unchanged" });
    expect((await check()).problems).toEqual([]);
  });

  test("cleaning up again and again does not disturb a create", async () => {
    const created = new AbortController();
    async function clean(): Promise<number> {
      let rounds = 0;
      for (; !created.signal.aborted; rounds++)
        await tbData(home, ["cleanup", "--yes", "--older-than", "0s", "--keep", "1"]);
      return rounds;
    }
    const cleaning = clean();
    const { code } = await tb(home, ["create", "links(address:url)", "--name", "meanwhile", "--json"]);
    created.abort();
    expect(code).toBe(0);
    expect(await cleaning).toBeGreaterThan(0);
    expect((await check()).problems).toEqual([]);
    await tbData(home, ["destroy", "meanwhile", "--confirm", "meanwhile"]);
  });
});

test("on a machine where nothing was ever made, none of them makes anything", async () => {
  const nowhere = join(tmpdir(), `tb-nowhere-${process.pid}`);
  for (const args of [
    ["db", "check"],
    ["db", "stats"],
    ["db", "backup", "--list"],
    ["cleanup"],
    ["cleanup", "--dry-run"],
    ["doctor"],
  ]) {
    expect((await tb(nowhere, args)).code, args.join(" ")).toBe(0);
    expect(existsSync(nowhere), args.join(" ")).toBe(false);
  }
  expect((await tb(nowhere, ["db", "check", "todo"])).code).toBe(5);
  expect(existsSync(nowhere)).toBe(false);
});
