// A version goes out, another one comes back: deployments, rollbacks, broken versions and killed ones, as a user meets them.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Logs } from "../../src/commands/logs.ts";
import { openControl } from "../../src/control/database.ts";
import type { ProjectStatus } from "../../src/control/project-status.ts";
import type { ShownRun } from "../../src/control/run-view.ts";
import { readConfig } from "../../src/config.ts";
import type { DeployResult } from "../../src/pipeline/phases/record-deploy.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import type { RunEvent } from "../../src/pipeline/types.ts";
import { until } from "../processes/until.ts";
import { removeTbHome, startTb, tb, tbData, type Envelope } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

const run = promisify(execFile);
const NAME = "notes-api";
let home: string;
let clone: string;
let made: CreateResult;
let url: string;
/** What each version was deployed as. */
const commits: string[] = [];

beforeAll(async () => {
  home = await readyHome();
  made = await tbData<CreateResult>(home, ["create", "notes(title:string{80}, done:boolean=false)", "--name", NAME]);
  url = made.deployment!.url;
  commits.push(made.repository.commit);
  clone = await mkdtemp(join(tmpdir(), "tb-deploy-clone-"));
  await run("git", ["clone", "--quiet", made.repository.url, clone]);
});
afterAll(async () => {
  await removeTbHome(home);
  await rm(clone, { recursive: true, force: true });
});

test("what serves already, in good health, is not deployed again", async () => {
  const again = await tbData<DeployResult>(home, ["deploy", NAME]);
  expect(again).toMatchObject({
    outcome: "unchanged",
    run: null,
    commit: commits[0],
    deployment: { url, healthy: true },
  });
  const { stdout } = await tb(home, ["deploy", NAME]);
  expect(stdout).toContain(`${NAME} serves ${commits[0]!.slice(0, 7)} already`);
  const { deployments } = await status();
  expect(deployments).toHaveLength(1);
});

test("there is nothing to go back to before a second version has served", async () => {
  const { code, stderr } = await tb(home, ["deploy", NAME, "--rollback"]);
  expect(code).toBe(5);
  expect(stderr).toContain("no earlier version");
});

test("a new version brings its migration, and both are written down", async () => {
  await push("Add tags", {
    "migrations/0002_tags.sql": "create table tags (id varchar(21) primary key);\n",
    ...version(2),
  });
  const deployed = await tbData<DeployResult>(home, ["deploy", NAME]);
  expect(deployed).toMatchObject({ outcome: "deployed", commit: commits[1], migrations_applied: ["0002_tags.sql"] });
  expect(await served()).toBe(2);
  expect(await queries()).toEqual([
    { purpose: "migration 0002_tags.sql", status: "succeeded", tables: ["tags"], environment: "production" },
  ]);
  expect((await activities())[1]).toMatchObject({
    type: "queries_executed",
    details: "Executed 1 migration affecting tables: tags",
    environment: "production",
  });
  const { database, endpoints } = await status();
  expect(database!.tables).toEqual(["notes", "tags"]);
  expect(endpoints.map(({ path }) => path)).toContain("/api/version");
});

test("a rollback starts the build that is kept, at the same address, and says what stays", async () => {
  const { code, stdout, stderr } = await tb(home, ["deploy", NAME, "--rollback"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Stays applied  0002_tags.sql");
  expect(stderr).toMatch(/Check out the code: the build of dep_\w+ is still there/);
  expect(await served()).toBe(1);
  const { deployment, deployments, last_run } = await status();
  expect(deployment).toMatchObject({ commit: commits[0], url, healthy: true });
  expect(deployments.map(({ status, restores }) => [status, restores])).toEqual([
    ["active", deployments[2]!.id],
    ["replaced", null],
    ["replaced", null],
  ]);
  expect(last_run).toMatchObject({ pipeline: "rollback", state: "succeeded" });
  expect((await activities())[0]).toMatchObject({
    type: "deployment",
    details: `Rolled back to ${commits[0]!.slice(0, 7)} at ${url}`,
  });
});

test("a build that is gone is made again from its commit", async () => {
  const { deployments, project } = await status();
  const second = deployments.find(({ commit }) => commit === commits[1])!;
  await rm(join(home, "deployments", project.id, "releases", second.id), { recursive: true });
  const back = await tbData<DeployResult>(home, ["deploy", NAME, "--rollback", "--to", second.id.slice(0, 8)]);
  expect(back).toMatchObject({ outcome: "rolled_back", commit: commits[1], restores: second.id, migrations_kept: [] });
  expect(await served()).toBe(2);
  const shown = await tbData<ShownRun>(home, ["runs", "show", back.run!.id]);
  expect(shown.phases.map(({ name, state }) => `${name} ${state}`)).toContain("build finished");
});

describe("a version that does not start", () => {
  test("is found before its migration reaches the real database", async () => {
    await push("Break the start", {
      "migrations/0003_more.sql": "alter table tags add column label text;\n",
      "server/plugins/broken.ts": 'export default () => {\n  throw new Error("no luck today");\n};\n',
    });
    const { code, stderr } = await tb(home, ["deploy", NAME]);
    expect(code).toBe(1);
    expect(stderr).toContain("Deployment failed: the new version does not start. Neither the database nor");
    expect(stderr).toContain("no luck today");
    expect(await served()).toBe(2);
    expect(await queries()).toHaveLength(1);
    const { last_run: failed } = await status();
    const { phases } = await tbData<ShownRun>(home, ["runs", "show", failed!.id]);
    expect(phases.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "find-build finished",
      "check-out finished",
      "build finished",
      "rehearse failed",
      "migrate not_reached",
      "deploy not_reached",
      "record not_reached",
    ]);
  });

  test("without one, is not switched to, and the last lines of its log say why", async () => {
    await push("Take the migration back", { "migrations/0003_more.sql": null });
    const { code, stderr } = await tb(home, ["deploy", NAME]);
    expect(code).toBe(1);
    expect(stderr).toContain("Deployment failed: the application ended with exit code 1; the previous one is");
    expect(stderr).toContain("Last log lines:");
    expect(stderr).toContain("no luck today");
    const [, failed] = /→ tb logs notes-api --deployment (dep_\w+)/.exec(stderr)!;
    const { lines } = await tbData<Logs>(home, ["logs", NAME, "--deployment", failed!]);
    expect(lines.map(({ line }) => line).join("\n")).toContain("no luck today");
    expect(await served()).toBe(2);
    const { deployments, deployment } = await status();
    expect(deployments[0]).toMatchObject({ id: failed, status: "failed" });
    expect(deployment).toMatchObject({ commit: commits[1], healthy: true });
    const { stderr: refusal, code: refused } = await tb(home, ["deploy", NAME, "--rollback", "--to", failed!]);
    expect([refused, refusal]).toEqual([9, expect.stringContaining("never served")]);
    expect((await activities())[0]).toMatchObject({ type: "deployment", status: "failed" });
  });
});

test("a migration that fails on the real data keeps what serves and tells what stays", async () => {
  await call("POST", "/api/notes", { title: "twice" });
  await call("POST", "/api/notes", { title: "twice" });
  await push("Ask too much", {
    "server/plugins/broken.ts": null,
    "migrations/0003_more.sql": "alter table tags add column label text;\n",
    "migrations/0004_unique.sql": "alter table notes add constraint notes_title unique (title);\n",
    ...version(3),
  });
  const { code, stderr } = await tb(home, ["deploy", NAME]);
  expect(code).toBe(1);
  expect(stderr).toContain("a migration could not be applied");
  expect(stderr).toContain("Applied before it, and kept: 0003_more.sql");
  expect(await served()).toBe(2);
  expect(await queries()).toMatchObject([
    { purpose: "migration 0002_tags.sql", status: "succeeded" },
    { purpose: "migration 0003_more.sql", status: "succeeded" },
    { purpose: "migration 0004_unique.sql", status: "failed" },
  ]);
});

test("going back behind a schema change that the older version may trip over needs consent", async () => {
  await push("Drop instead", {
    "migrations/0004_unique.sql": null,
    "migrations/0005_drop.sql": "alter table notes drop column done;\n",
  });
  await tbData(home, ["deploy", NAME]);
  expect(await served()).toBe(3);
  const { code, stderr } = await tb(home, ["deploy", NAME, "--rollback"]);
  expect(code).toBe(6);
  expect(stderr).toContain("0005_drop.sql  notes: drop column done");
  const [, suggested] = /→ tb (deploy .*)/.exec(stderr)!;
  expect(await served()).toBe(3);
  const back = await tbData<DeployResult>(home, suggested!.trim().split(" "));
  expect(back).toMatchObject({ outcome: "rolled_back", commit: commits[1] });
  expect(back.migrations_kept).toEqual(["0003_more.sql", "0005_drop.sql"]);
  expect(await served()).toBe(2);
});

test.each(["migrate", "deploy"])("a deployment killed in %s goes on and serves", async (phase) => {
  const number = 10 + commits.length;
  await push(`Version ${number}`, {
    [`migrations/${number}_a.sql`]: `create table t${number} (id int);\n`,
    ...version(number),
  });
  const { runId } = await killIn(["deploy", NAME], phase);
  expect(await served()).not.toBe(number);
  const resumed = await tbData<DeployResult>(home, ["resume", runId]);
  expect(resumed).toMatchObject({
    outcome: "deployed",
    commit: commits.at(-1),
    migrations_applied: [`${number}_a.sql`],
  });
  expect(await served()).toBe(number);
  const mine = (await queries()).filter(({ purpose }) => purpose === `migration ${number}_a.sql`);
  expect(mine).toEqual([expect.objectContaining({ status: "succeeded" })]);
  const told = (await activities()).filter(({ run_id }) => run_id === runId).map(({ type }) => type);
  expect(told.toSorted()).toEqual(["deployment", "queries_executed"]);
  const finished = await tbData<{ outcome: string }>(home, ["resume", runId]);
  expect(finished.outcome).toBe("unchanged");
});

test("a rollback killed in the middle goes on", async () => {
  const before = await served();
  const { runId } = await killIn(["deploy", NAME, "--rollback"], "deploy");
  const resumed = await tbData<DeployResult>(home, ["resume", runId]);
  expect(resumed.outcome).toBe("rolled_back");
  expect(await served()).toBe(before - 1);
});

test("a parked deployment does not bring its version back over a newer one, and cancelling it leaves that alone", async () => {
  await push("Slow one", version(50));
  const { runId } = await killIn(["deploy", NAME], "deploy");
  await push("Quick one", version(51));
  await tbData(home, ["deploy", NAME]);
  const { code, stderr } = await tb(home, ["resume", runId]);
  expect(code).toBe(9);
  expect(stderr).toContain("was deployed after run");
  await tbData(home, ["cancel", runId]);
  expect(await served()).toBe(51);
  expect((await status()).deployment).toMatchObject({ healthy: true, commit: commits.at(-1) });
});

test("a second deployment or removal meanwhile is told which run is in the way; it can be watched to its end", async () => {
  await push("Watched", version(60));
  const deploying = startTb(home, ["deploy", NAME, "--json"]);
  await until(async () => {
    const { runs } = await tbData<{ runs: { id: string }[] }>(home, ["runs", "list", "--state", "running"]);
    return runs.length === 1;
  });
  const watching = startTb(home, ["runs", "watch", "--events"]);
  const { code, stdout } = await tb(home, ["destroy", NAME, "--confirm", NAME, "--json"]);
  const { data } = JSON.parse((await deploying.done).stdout) as Envelope<DeployResult>;
  const refused = JSON.parse(stdout) as Envelope<null>;
  expect(code).toBe(9);
  expect(refused.metadata.run_id).toBeNull(); // it has not begun
  expect(refused.error).toMatchObject({
    code: "conflict",
    message: `${NAME} is being deployed by run ${data.run!.id}.`,
    suggestion: `tb runs watch ${data.run!.id}`,
  });
  const watched = await watching.done;
  const events = watched.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  expect(watched.code).toBe(0);
  expect(events[0]).toMatchObject({ type: "run.started", runId: data.run!.id });
  expect(events.at(-1)).toMatchObject({ type: "run.finished", result: data });
  expect(events.filter(({ type }) => /^run\.(finished|parked|failed)$/.test(type))).toHaveLength(1);
  expect(await tbData(home, ["runs", "watch", data.run!.id])).toEqual(data);
  expect(await served()).toBe(60);
});

test("after its supervisor is gone, a deployment of the same version starts the build that is kept", async () => {
  const { project } = await status();
  const state = JSON.parse(await readFile(join(home, "deployments", project.id, "state.json"), "utf8")) as {
    supervisor: { pid: number };
  };
  process.kill(state.supervisor.pid, "SIGKILL");
  await until(async () => !(await status()).deployment!.running);
  expect((await tb(home, ["open", NAME])).code).toBe(9);
  const again = await tbData<DeployResult>(home, ["deploy", NAME]);
  expect(again).toMatchObject({ outcome: "deployed", commit: commits.at(-1), deployment: { url, healthy: true } });
  const { phases } = await tbData<ShownRun>(home, ["runs", "show", again.run!.id]);
  expect(phases.find(({ name }) => name === "build")!.state).toBe("skipped");
  expect(await served()).toBe(60);
});

test("a removal that is killed is finished by the same command, and nothing else can begin meanwhile", async () => {
  const { runId } = await killIn(["destroy", NAME, "--confirm", NAME], "remove-code");
  const { code, stderr } = await tb(home, ["deploy", NAME]);
  expect([code, stderr]).toEqual([9, expect.stringContaining("removal of notes-api was begun")]);
  expect((await tb(home, ["cancel", runId])).stderr).toContain("can only be finished");
  const removed = await tbData<{ run: { id: string }; removed: { kind: string }[] }>(home, [
    "destroy",
    NAME,
    "--confirm",
    NAME,
  ]);
  expect(removed.run.id).toBe(runId);
  expect(removed.removed.map(({ kind }) => kind).toSorted()).toEqual([
    "database",
    "database-roles",
    "deployment",
    "git-directory",
    "repository",
    "snapshot",
  ]);
  expect((await tb(home, ["status", NAME])).code).toBe(5);
  const events = await tbData<{ activities: { type: string }[] }>(home, ["activity"]);
  expect(events.activities.filter(({ type }) => type === "project_destroyed")).toHaveLength(1);
});

/** Files of a version that tells its number; `null` removes a file. */
function version(number: number): Record<string, string> {
  const handler = `import * as z from "zod";
import { route } from "../utils/route.ts";

export default route({
  summary: "Tell the version",
  returns: z.object({ version: z.int() }),
  handler: async () => ({ version: ${number} }),
});
`;
  return { "server/api/version.get.ts": handler };
}

async function push(message: string, files: Record<string, string | null>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    if (content === null) await rm(join(clone, path));
    else await writeFile(join(clone, path), content);
  }
  const author = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
  await run("git", ["-C", clone, "add", "-A"]);
  await run("git", ["-C", clone, ...author, "commit", "--quiet", "-m", message]);
  await run("git", ["-C", clone, "push", "--quiet"]);
  commits.push((await run("git", ["-C", clone, "rev-parse", "HEAD"])).stdout.trim());
}

/** The number of the version that answers; the first one has no such endpoint. */
async function served(): Promise<number> {
  const { status: code, body } = await call("GET", "/api/version");
  return code === 404 ? 1 : Number(body.version);
}

async function call(method: string, path: string, body?: object) {
  const response = await fetch(url + path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function status(): Promise<ProjectStatus> {
  return tbData<ProjectStatus>(home, ["status", NAME]);
}

async function activities() {
  const { activities: found } = await tbData<{
    activities: { type: string; status: string; details: string; environment: string; run_id: string }[];
  }>(home, ["activity", NAME]);
  return found;
}

/** What deployments have run on the database, oldest first. */
async function queries() {
  const control = await openControl(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
  try {
    return await control.query<{ purpose: string; status: string; tables: string[]; environment: string }>(
      `select purpose, status, tables, environment from generated_queries
       where project_id = $1 and environment = 'production' order by created_at, query_id`,
      [made.project.id],
    );
  } finally {
    await control.close();
  }
}

/** Starts the command and kills it with SIGKILL when it enters the phase. */
async function killIn(args: string[], phase: string): Promise<{ runId: string }> {
  const running = startTb(home, [...args, "--events"]);
  let seen = "";
  running.child.stdout!.on("data", (chunk: string) => {
    seen += chunk;
    if (seen.includes(`"type":"phase.started","phase":"${phase}"`)) running.child.kill("SIGKILL");
  });
  const { signal, stdout } = await running.done;
  expect(signal).toBe("SIGKILL");
  return { runId: (JSON.parse(stdout.split("\n")[0]!) as RunEvent).runId };
}
