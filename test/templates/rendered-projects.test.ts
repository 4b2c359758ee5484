// Whole projects, as tb makes them from plans, pass their own checks on a real database.
import { execFile, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { createLocalSandboxProvider } from "../../src/adapters/sandbox/local-sandbox.ts";
import { readConfig } from "../../src/config.ts";
import { renderOpenapi } from "../../src/adapters/model/offline/render/openapi-file.ts";
import { renderProject } from "../../src/adapters/model/offline/render/render-project.ts";
import { understand } from "../../src/adapters/model/offline/understand/understand.ts";
import { baseProjectFiles } from "../../src/plan/base-project.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { validatePlan } from "../../src/plan/validate-plan.ts";
import { ENGLISH } from "../adapters/model/corpus/english.ts";
import { EXACT } from "../adapters/model/corpus/exact.ts";
import { VERBS } from "../adapters/model/corpus/verbs.ts";
import { type ScratchPostgres, startScratchPostgres } from "../helpers/scratch-postgres.ts";
import { shareCache } from "../helpers/shared-cache.ts";
import { constantPlan, longPlan, shopPlan, todoPlan } from "./sample-plans.ts";

const run = promisify(execFile);

/** What the corpus does not ask for. */
const BY_REQUEST = [
  "tasks(title) with search, soft delete and bulk delete",
  "users(name), tasks(title, done, owner:references:users); bulk delete for users and tasks",
  "users(name), tasks(title, owner:references:users) with soft delete, CORS for https://app.example.com",
  "shows(name) with absolute url and soft delete; users(name)",
  "everything has an absolute url; notes, events",
  "users can log in; notes(title, slug:unique, owner:references:users) with search, soft delete, bulk delete and absolute url; countries(name); GET /api/ping returns pong",
];

let postgres: ScratchPostgres;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tb-rendered-"));
  await chmod(root, 0o755);
  await mkdir(join(root, "home"));
  await shareCache(join(root, "home"), inject("sharedCache"));
  postgres = await startScratchPostgres();
});

afterAll(async () => {
  await postgres?.stop();
  await rm(root, { recursive: true, force: true });
});

/** The environment of a developer: nothing of vitest's, and a database server. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_EXTRA_CA_CERTS } = process.env;
  const npm = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^npm_config_(?:registry|cafile)$/i.test(name)),
  );
  return {
    ...npm,
    PATH,
    HOME,
    ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }),
    DB_HOST: postgres.host,
    DB_USER: postgres.user,
    DB_NAME: "none",
  };
}

async function npm(folder: string, ...args: string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run("npm", args, { cwd: folder, env: environment(), maxBuffer: 64 * 1024 * 1024 });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`npm ${args.join(" ")} failed:\n${stdout.slice(-6000)}\n${stderr.slice(-3000)}`, { cause: error });
  }
}

const prepared = new Map<string, string>();

/** node_modules of a lockfile, as tb prepares them. */
async function dependencies(folder: string): Promise<string> {
  const lockfile = await readFile(join(folder, "package-lock.json"), "utf8");
  const known = prepared.get(lockfile);
  if (known) return known;
  const home = join(root, "home");
  const sandbox = await createLocalSandboxProvider(readConfig({ ...process.env, TB_HOME: home })).create(
    `dependencies-${prepared.size}`,
  );
  for (const file of ["package.json", "package-lock.json"]) {
    await sandbox.writeFile(file, await readFile(join(folder, file), "utf8"));
  }
  await sandbox.installDependencies({});
  const modules = join(await sandbox.workTree(), "node_modules");
  prepared.set(lockfile, modules);
  return modules;
}

async function makeProject(plan: Plan): Promise<string> {
  const folder = await mkdtemp(join(root, `${plan.name}-`));
  for (const { path, content } of [...(await baseProjectFiles(plan)), ...renderProject(plan)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await symlink(await dependencies(folder), join(folder, "node_modules"));
  return folder;
}

function passedTests(output: string): number {
  expect(output).toMatch(/fail 0\b/);
  return Number(/pass (\d+)/.exec(output)?.[1]);
}

describe("a rendered project", () => {
  it.each([
    { plan: shopPlan, tests: 120 },
    { plan: constantPlan, tests: 15 },
  ])("passes all of its own checks: $plan.name", async ({ plan, tests }) => {
    const folder = await makeProject(validatePlan(plan));
    const output = await npm(folder, "run", "check");
    expect(passedTests(output)).toBeGreaterThan(tests);
    const document = JSON.parse(await readFile(join(folder, "openapi.json"), "utf8")) as {
      paths: Record<string, Record<string, unknown>>;
    };
    for (const { method, path } of plan.endpoints) expect(document.paths[path]).toHaveProperty(method.toLowerCase());
  });

  it("serves on a Unix socket when it is built", async () => {
    const folder = await makeProject(validatePlan(todoPlan));
    await npm(folder, "run", "build");
    await serves(folder);
  });

  it("is typed, lint-clean and formatted also with names as long as Postgres allows", async () => {
    const folder = await makeProject(validatePlan(longPlan));
    for (const script of ["types", "lint", "format:check"]) await npm(folder, "run", script);
  });

  it("has the openapi.json that its own script makes of its routes, whatever the plan", async () => {
    const requests = [...EXACT, ...ENGLISH, ...VERBS].map(({ request }) => request).concat(BY_REQUEST);
    const planned = requests
      .map((request) => understand(request))
      .map((answer) => (answer.understood ? answer.plan : null));
    const plans = [...planned.filter((plan) => plan !== null), shopPlan, constantPlan, longPlan];
    expect(plans.length).toBe(requests.length + 3);
    const folders: string[] = [];
    for (const plan of plans) folders.push(await makeProject(validatePlan(structuredClone(plan))));
    const made = await documentsOf(folders);
    for (const [index, plan] of plans.entries()) expect(renderOpenapi(plan), plan.request).toBe(made[index]);
  });
});

/** Each project's document as its script would write it, all by one process. */
async function documentsOf(folders: string[]): Promise<string[]> {
  const each = `
    const documents = [];
    for (const folder of process.argv.slice(1)) {
      const { openapi } = await import(folder + "/scripts/openapi.ts");
      documents.push(JSON.stringify(await openapi(), null, 2) + "\\n");
    }
    console.log(JSON.stringify(documents));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", each, ...folders], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as string[];
}

/** The built server on a Unix socket: the same answers as in the project's tests, and a clean end. */
async function serves(folder: string): Promise<void> {
  await postgres.query("postgres", "create database served");
  const env = { ...environment(), DB_NAME: "served", NITRO_UNIX_SOCKET: join(folder, "app.sock") };
  await run(process.execPath, ["scripts/migrate.ts"], { cwd: folder, env });
  const server = spawn(process.execPath, [".output/server/index.mjs"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  try {
    await new Promise((resolve) => server.stdout.once("data", resolve));
    const ask = (method: string, path: string, body?: unknown) => call(env.NITRO_UNIX_SOCKET, method, path, body);
    expect((await ask("GET", "/api/health")).status).toBe(200);
    expect(await ask("HEAD", "/api/health")).toMatchObject({ status: 200, body: "" });
    expect(await ask("PUT", "/api/users")).toMatchObject({ status: 405, allow: "GET, HEAD, POST" });
    expect((await ask("GET", "/nowhere")).status).toBe(404);
    expect((await ask("POST", "/api/users", { name: "Ann", email: "ann@example.com" })).status).toBe(201);
    const before = await sessions("served");
    expect(before.length).toBeGreaterThan(0);
    expect((await ask("POST", "/api/users", { name: "Ann", email: "ANN@example.com" })).status).toBe(409);
    expect((await ask("GET", "/api/users")).status).toBe(200);
    expect(await sessions("served")).toEqual(before); // what is only refused costs no connection
    await postgres.query("postgres", `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'served'`);
    await vi.waitFor(async () => expect((await ask("GET", "/api/users")).status).toBe(200), 5000);
    expect(await sessions("served")).not.toContain(before[0]);
    expect((await ask("GET", "/docs")).body).toContain("/api/users/{id}/tasks");
  } finally {
    server.kill("SIGTERM");
  }
  expect(await ended).toBe(0);
}

/** Process ids of a database's sessions. */
async function sessions(database: string): Promise<number[]> {
  const { rows } = await postgres.query<{ pid: number }>(
    "postgres",
    `select pid from pg_stat_activity where datname = '${database}' order by pid`,
  );
  return rows.map(({ pid }) => pid);
}

interface Answer {
  status: number | undefined;
  allow: string | undefined;
  body: string;
}

function call(socketPath: string, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath, method, path, agent: false, headers: { "content-type": "application/json" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode, allow: response.headers.allow, body: text }));
      },
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
