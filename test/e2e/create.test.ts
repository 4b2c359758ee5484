// A stranger's first hour: create, look, call, change nothing, deploy again, destroy. The built tb in processes of its own.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../src/config.ts";
import type { Logs } from "../../src/commands/logs.ts";
import type { ProjectStatus } from "../../src/control/project-status.ts";
import type { DeployResult } from "../../src/pipeline/phases/record-deploy.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import { bubblewrapWorks, sandboxFolder } from "../helpers/tiers.ts";
import { removeTbHome, startTb, tb, tbData, type Envelope } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

const isolation = (await bubblewrapWorks()) ? "bubblewrap" : "process";
let home: string;
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  home = await readyHome();
  folder = await mkdtemp(join(tmpdir(), "tb-create-"));
});
afterAll(async () => {
  await removeTbHome(home);
  await rm(folder, { recursive: true, force: true });
});

describe("tb create in words", () => {
  let made: CreateResult;

  beforeAll(async () => {
    made = await tbData<CreateResult>(home, ["create", "a todo API with users and tasks"]);
  });

  test("gives everything that the output contract names", () => {
    expect(made).toMatchObject({
      outcome: "created",
      project: { id: expect.stringMatching(/^prj_[0-9a-z]{10}$/), name: "todo-api" },
      run: { id: expect.stringMatching(/^run_/) },
      modification: { id: expect.stringMatching(/^mod_/) },
      model: "offline",
      sandbox: { provider: "local", isolation },
      database: {
        needed: true,
        reasoning: expect.any(String),
        name: `turbobackend_${made.project.id}`,
        tables: ["tasks", "users"],
      },
      files_changed: expect.any(Number),
      verification: { passed: true },
      repository: { url: expect.any(String), branch: "main", commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      snapshot: { url: expect.stringMatching(/^file:\/\//) },
      deployment: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), healthy: true },
      cost: { usd: 0, input_tokens: 0, output_tokens: 0 },
      not_understood: [],
    });
    expect(made.assumptions.length).toBeGreaterThan(0);
    expect(made.endpoints).toContainEqual({ method: "GET", path: "/api/tasks", file: "server/api/tasks/index.get.ts" });
    expect(made.endpoints).toHaveLength(12);
    expect(made.verification.checks.every(({ passed }) => passed)).toBe(true);
  });

  test("documents the API with requests that work as they stand", async () => {
    const { stdout: readme } = await run("git", ["--git-dir", made.repository.url, "show", "main:README.md"]);
    const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text!);
    const session = blocks
      .find((text) => text.includes("/api/health"))!
      .replaceAll("http://127.0.0.1:3000", made.deployment!.url);
    expect(session).toContain("include=user");
    expect(session).toContain("-X DELETE");
    // A request that is refused ends the script. The first test to use the API: its e-mail addresses are free.
    const strict = 'curl() { command curl --fail-with-body --silent --show-error "$@" && echo; }';
    const { stdout } = await run("bash", ["--norc", "-euo", "pipefail", "-c", `${strict}\n${session}`]);
    expect(stdout).toContain('"next_cursor"');
  });

  test("leaves a backend that answers on every endpoint it lists", async () => {
    const base = made.deployment!.url;
    const user = await call(base, "POST", "/api/users", { name: "Ann", email: "ann@example.com" });
    const task = await call(base, "POST", "/api/tasks", { title: "Write it down", user_id: user.body.id });
    const ids: Record<string, string> = { users: user.body.id!, tasks: task.body.id! };
    const order = ["GET", "POST", "PATCH", "DELETE"];
    const endpoints = made.endpoints.toSorted(
      (a, b) => order.indexOf(a.method) - order.indexOf(b.method) || b.path.localeCompare(a.path),
    );
    const answers: Record<string, number> = {};
    for (const { method, path } of endpoints) {
      const table = path.split("/")[2]!;
      const body = method === "POST" || method === "PATCH" ? bodyFor(table, method, ids) : undefined;
      answers[`${method} ${path}`] = (await call(base, method, path.replace("{id}", ids[table] ?? ""), body)).status;
    }
    expect(answers).toEqual({
      "GET /api/health": 200,
      "GET /api/users": 200,
      "GET /api/users/{id}": 200,
      "GET /api/users/{id}/tasks": 200,
      "GET /api/tasks": 200,
      "GET /api/tasks/{id}": 200,
      "POST /api/users": 201,
      "POST /api/tasks": 201,
      "PATCH /api/users/{id}": 200,
      "PATCH /api/tasks/{id}": 200,
      "DELETE /api/users/{id}": 409, // a task still belongs to the user
      "DELETE /api/tasks/{id}": 204,
    });
    expect((await call(base, "GET", "/docs")).status).toBe(200);
  });

  test("keeps the code in a repository that can be cloned and holds no secret", async () => {
    await run("git", ["clone", "--quiet", made.repository.url, join(folder, "clone")]);
    const { stdout: log } = await run("git", ["-C", join(folder, "clone"), "log", "--format=%an <%ae>|%s"]);
    expect(log.trim()).toBe("TurboBackend Agent <agent@turbobackend.dev>|Modification: create todo-api");
    const files = await readdir(join(folder, "clone"));
    expect(files).toContain("openapi.json");
    expect(files).not.toContain(".env");
    expect(files).not.toContain("node_modules");
  });

  test("keeps a snapshot with the verdict beside the source", async () => {
    const manifest = JSON.parse(await readFile(new URL(made.snapshot.url), "utf8")) as { files: { path: string }[] };
    const paths = manifest.files.map(({ path }) => path);
    expect(paths).toContain("server/api/tasks/index.post.ts");
    expect(paths).not.toContain(".env");
  });

  test("tells the timeline once each", async () => {
    const { activities } = await tbData<{
      activities: { type: string; status: string; details: string; environment: string }[];
    }>(home, ["activity", "todo-api"]);
    expect(activities.map(({ type, status }) => `${type} ${status}`).toSorted()).toEqual([
      "database_created succeeded",
      "deployment succeeded",
      "endpoints_added succeeded",
      "github_push succeeded",
      "project_created succeeded",
      "queries_executed succeeded",
    ]);
    expect(activities.find(({ type }) => type === "deployment")).toMatchObject({
      environment: "production",
      details: `Deployed to ${made.deployment!.url}`,
    });
  });

  test("releases what only the run needed", async () => {
    const { resources } = await tbData<{ resources: { kind: string; state: string }[] }>(home, [
      "runs",
      "show",
      made.run.id,
    ]);
    const held = resources.filter(({ state }) => state !== "released").map(({ kind }) => kind);
    // In no order: the deployment is prepared while the code is pushed, and either may come first.
    expect(held.toSorted()).toEqual([
      "database",
      "database-roles",
      "deployment",
      "git-directory",
      "project",
      "repository",
      "snapshot",
    ]);
    expect(await readdir(await sandboxFolder(home))).not.toContain(`sbx_${made.run.id.slice(4)}`);
  });

  test("refuses the same name again, and leaves nothing of the attempt", async () => {
    const { code, stdout } = await tb(home, ["create", "a todo API with users and tasks", "--json"]);
    const { ok, error } = JSON.parse(stdout) as Envelope<null>;
    expect({ code, ok, error: error?.code }).toEqual({ code: 9, ok: false, error: "conflict" });
    const { projects } = await tbData<{ projects: object[] }>(home, ["projects", "list"]);
    expect(projects).toHaveLength(1);
  });

  test("deploys what was pushed to main on the same port, its migrations first", async () => {
    const clone = join(folder, "clone");
    await writeFile(join(clone, "migrations/0002_notes.sql"), "create table notes (id varchar(21) primary key);\n");
    await git(clone, "add", "-A");
    await git(clone, "commit", "--quiet", "-m", "Add notes");
    await git(clone, "push", "--quiet");
    const { deployment, commit } = await tbData<DeployResult>(home, ["deploy", "todo-api"]);
    expect(commit).toBe((await git(clone, "rev-parse", "HEAD")).trim());
    expect(deployment.url).toBe(made.deployment!.url);
    const status = await tbData<ProjectStatus>(home, ["status", "todo-api"]);
    expect(status.deployment).toMatchObject({ id: deployment.id, commit, running: true, healthy: true });
    const cluster = selectDatabaseCluster(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
    const { rows } = await cluster.query<{ name: string | null }>(
      made.database.name!,
      "select to_regclass('notes')::text as name",
    );
    await cluster.close();
    expect(rows).toEqual([{ name: "notes" }]);
    const { lines } = await tbData<Logs>(home, ["logs", "todo-api", "--deployment", deployment.id]);
    expect(lines.map(({ line }) => line).join("\n")).toContain("/api/health");
  });

  test("keeps what serves when a migration on main is wrong", async () => {
    const clone = join(folder, "clone");
    await writeFile(join(clone, "migrations/0003_wrong.sql"), "alter table nowhere add column x int;\n");
    await git(clone, "add", "-A");
    await git(clone, "commit", "--quiet", "-m", "Add a mistake");
    await git(clone, "push", "--quiet");
    const { code, stderr } = await tb(home, ["deploy", "todo-api"]);
    expect(code).toBe(1);
    expect(stderr).toContain('relation "nowhere" does not exist');
    expect((await call(made.deployment!.url, "GET", "/api/users")).status).toBe(200);
  });

  test("asks for the name before it destroys, and then leaves nothing but the timeline", async () => {
    expect((await tb(home, ["destroy", "todo-api"])).code).toBe(6);
    await tbData(home, ["destroy", made.project.id, "--confirm", "todo-api"]);
    await expect(fetch(`${made.deployment!.url}/api/health`)).rejects.toThrow();
    expect(existsSync(made.repository.url.replace("file://", ""))).toBe(false);
    expect(existsSync(new URL(made.snapshot.url))).toBe(false);
    const { stdout } = await tb(home, ["db", "status", "--json"]);
    expect(stdout).not.toContain(made.project.id);
    expect((await tb(home, ["status", "todo-api"])).code).toBe(5);
    const { activities } = await tbData<{ activities: { type: string }[] }>(home, ["activity"]);
    expect(activities[0]?.type).toBe("project_destroyed");
  });
});

test("a plan is printed, kept in a file and built from it exactly", async () => {
  const file = join(folder, "links.json");
  const request = "links(title, address:url:unique)";
  const planned = await tbData<{ plan: CreateResult["plan"]; outcome: string }>(home, [
    "create",
    request,
    "--plan-out",
    file,
  ]);
  expect(planned.outcome).toBe("planned");
  expect(planned.plan.tables[0]).toMatchObject({
    name: "links",
    columns: expect.arrayContaining([
      expect.objectContaining({
        name: "address",
        type: "url",
        nullable: false,
        unique: true,
        default: null,
        references: null,
      }),
    ]),
  });
  const built = await tbData<CreateResult>(home, ["apply", file, "--no-deploy"]);
  expect(built.plan).toEqual(planned.plan);
  expect(built.deployment).toBeNull();
  await tbData(home, ["destroy", built.project.name, "--confirm", built.project.name]);
});

test("a request without anything to keep gets no database, also when nobody reads on", async () => {
  const running = startTb(home, [
    "create",
    "an API with GET /api/ping that returns pong",
    "--name",
    "ping",
    "--events",
  ]);
  running.child.stdout!.once("data", () => running.child.stdout!.destroy());
  expect((await running.done).code).toBe(0);
  const { database, deployment } = await tbData<ProjectStatus>(home, ["projects", "show", "ping"]);
  expect(database).toBeNull();
  expect((await call(deployment!.url!, "GET", "/api/ping")).status).toBe(200);
  await tbData(home, ["destroy", "ping", "--confirm", "ping"]);
});

describe("what is wrong is told before anything is made", () => {
  test.each([
    {
      args: ["create", "email the buyer when an order ships"],
      code: 11,
      says: "was not understood; nothing was created",
    },
    { args: ["create", "notes", "--name", "Bad Name"], code: 2, says: "--name bad-name" },
    { args: ["create", "  "], code: 2, says: "The request is empty" },
    { args: ["apply", "/does/not/exist.json"], code: 5, says: "cannot be read" },
    { args: ["deploy", "nowhere"], code: 5, says: 'There is no project "nowhere"' },
    { args: ["resume", "run_nope"], code: 5, says: 'There is no run "run_nope"' },
    { args: ["statsu"], code: 2, says: 'Did you mean "tb status"' },
  ])("tb $args ends with $code", async ({ args, code, says }) => {
    const ran = await tb(home, args);
    expect(ran.stderr).toContain(says);
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe("");
  });

  test("a plan file that is not one is refused with every problem", async () => {
    const file = join(folder, "broken.json");
    await writeFile(
      file,
      JSON.stringify({ format: "turbobackend-plan", version: 1, plan: { kind: "create", name: "../x" } }),
    );
    const ran = await tb(home, ["apply", file]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("tables:");
  });
});

async function git(clone: string, ...args: string[]): Promise<string> {
  const author = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
  return (await run("git", ["-C", clone, ...author, ...args])).stdout;
}

async function call(base: string, method: string, path: string, body?: object) {
  const response = await fetch(base + path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return { status: response.status, body: (isJson && text ? JSON.parse(text) : {}) as Record<string, string> };
}

function bodyFor(table: string, method: string, ids: Record<string, string>): object {
  if (method === "PATCH") return table === "users" ? { name: "Bea" } : { done: true };
  return table === "users" ? { name: "Cy", email: "cy@example.com" } : { title: "Another", user_id: ids["users"]! };
}
