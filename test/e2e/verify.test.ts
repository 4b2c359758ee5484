// Code that was changed without tb, as it is judged: a clone, a push, tb verify.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../src/config.ts";
import type { ShownRun } from "../../src/control/run-view.ts";
import type { VerifyResult } from "../../src/pipeline/phases/record-verdict.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import type { RunEvent } from "../../src/pipeline/types.ts";
import { leftovers } from "../helpers/crash.ts";
import { removeTbHome, startTb, tb, tbData, type Envelope } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

const run = promisify(execFile);
const NAME = "todo-api";
let home: string;
let clone: string;
let made: CreateResult;

beforeAll(async () => {
  home = await readyHome();
  const request = "a todo API with users (name, email unique) and tasks (title, done boolean, belongs to user)";
  made = await tbData<CreateResult>(home, ["create", request, "--name", NAME, "--no-deploy"]);
  clone = await mkdtemp(join(tmpdir(), "tb-verify-clone-"));
  await run("git", ["clone", "--quiet", made.repository.url, clone]);
});
beforeAll(async () => {
  await tbData(home, ["create", "an API with GET /api/ping that returns pong", "--name", "ping-api", "--no-deploy"]);
});
afterEach(async () => {
  expect(await leftovers(home, [NAME, "ping-api"])).toEqual([]);
  await git("reset", "--quiet", "--hard", made.repository.commit);
  await git("clean", "--quiet", "-fd");
});
afterAll(async () => {
  await removeTbHome(home);
  await rm(clone, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  return (await run("git", ["-C", clone, ...who, ...args])).stdout;
}

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), text);
  }
}

async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(clone, path), "utf8");
  expect(text).toContain(from);
  await writeFile(join(clone, path), text.replace(from, to));
}

async function push(branch = "main"): Promise<string> {
  await git("add", "--all");
  await git("commit", "--quiet", "-m", "By hand");
  await git("push", "--quiet", "--force", "origin", `HEAD:${branch}`);
  return (await git("rev-parse", "HEAD")).trim();
}

async function verify(...args: string[]): Promise<Envelope<VerifyResult> & { code: number | null }> {
  const { code, stdout } = await tb(home, ["verify", NAME, "--json", ...args]);
  return { code, ...(JSON.parse(stdout) as Envelope<VerifyResult>) };
}

/** As if the project's database had applied a migration of that name. */
async function remember(migration: string): Promise<void> {
  await inDatabase("insert into schema_migrations (name, checksum) values ($1, 'x')", migration);
}

async function forget(migration: string): Promise<void> {
  await inDatabase("delete from schema_migrations where name = $1", migration);
}

async function inDatabase(sql: string, value: string): Promise<void> {
  const cluster = selectDatabaseCluster(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
  await cluster.query(made.database.name!, sql, [value]);
}

/** The checks that failed with all that they say. */
function problems({ checks }: VerifyResult): Record<string, string> {
  const failed = checks.filter(({ passed }) => !passed);
  return Object.fromEntries(failed.map(({ name, failures }) => [name, JSON.stringify(failures)]));
}

test("what tb has made itself is verified, by everything that tb looks at", async () => {
  const { code, stdout, stderr } = await tb(home, ["verify", NAME]);
  expect(stderr).toMatch(/✔ Verified: types, build, 12 endpoints \(\d+ requests\), \d+ tests/);
  expect(stdout).toContain(`${NAME}, main ${made.repository.commit.slice(0, 7)}: verified.`);
  expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
    /✔ files, dependencies, types, lint, openapi, build, boot, routes, 12 endpoints \(\d+ requests\), \d+ tests, migrations/,
  );
  expect(code).toBe(0);
});

test("what has grown by hand is judged by its own contract: a hidden column, an action, a count", async () => {
  await growByHand();
  const commit = await push();
  const { code, ok, data } = await verify();
  expect(problems(data)).toEqual({});
  expect({ code, ok, outcome: data.outcome, commit: data.commit }).toEqual({
    code: 0,
    ok: true,
    outcome: "verified",
    commit,
  });
  expect(data.endpoints).toHaveLength(14);
});

describe("a main that was broken by hand", () => {
  test("is caught at every place at once and shown in 80 columns, and the verdict stays with its run", async () => {
    await edit("server/api/tasks/[id].patch.ts", "returning *", "returning id");
    await edit("server/api/users/[id].get.ts", "returns: User,", "returns: User.extend({ age: 1 }),");
    await rm(join(clone, "server/api/tasks/[id].delete.ts"));
    await edit("tests/users.test.ts", "201", "204");
    await push();
    const { code, stdout, stderr } = await tb(home, ["verify", NAME]);
    expect(code).toBe(7);
    expect(stdout).toContain("PATCH /api/tasks/{id}  server/api/tasks/[id].patch.ts\n      a valid change");
    expect(stderr).toContain(`✖ ${NAME} is not verified: types, openapi, routes, endpoints, tests.`);
    expect(stderr).toContain(`tb dev ${NAME}`);
    const prose = stdout.split("\n").filter((line) => !/^\s{8}/.test(line)); // not what a server printed in columns
    expect(prose.filter((line) => line.length > 80 && line.trim().includes(" "))).toEqual([]);
    const { runs } = await tbData<{ runs: { id: string }[] }>(home, ["runs", "list", "--limit", "1"]);
    const shown = await tbData<ShownRun>(home, ["runs", "show", runs[0]!.id]);
    const found = problems(shown.result as VerifyResult);
    expect(found["types"]).toContain("server/api/users/[id].get.ts");
    expect(found["openapi"]).toContain("openapi.json");
    expect(found["routes"]).toContain('"endpoint":"DELETE /api/tasks/{id}"');
    expect(found["endpoints"]).toMatch(/"endpoint":"PATCH \/api\/tasks\/\{id\}"/);
    expect(found["tests"]).toContain("tests/users.test.ts");
    expect(shown).toMatchObject({ state: "succeeded", result: { outcome: "not_verified" } });
    expect(shown.resources.every(({ state }) => state === "released")).toBe(true);
  });

  test("by a migration that does not work says only that", async () => {
    await write({ "migrations/0002_labels.sql": "create table labels (id in);\n" });
    await push();
    const { code, data } = await verify();
    expect(code).toBe(7);
    expect(problems(data)["migrations"]).toContain("syntax error");
    expect(Object.keys(problems(data))).toEqual(["migrations"]);
  });

  test("by changing and by removing what its database has applied is caught too", async () => {
    const [first] = await readdir(join(clone, "migrations"));
    await edit(`migrations/${first}`, "varchar(200)", "varchar(201)");
    await push();
    await remember("0000_gone.sql");
    const { code, data, error } = await verify();
    await forget("0000_gone.sql");
    expect({ code, ok: data.outcome, error: error?.code }).toEqual({
      code: 7,
      ok: "not_verified",
      error: "verification_failed",
    });
    expect(problems(data)["migrations"]).toContain("was changed after the project's database");
    expect(problems(data)["migrations"]).toContain("was removed after");
  });

  test("by what cannot even be checked out or installed has a verdict of its own", async () => {
    await symlink("/etc/hostname", join(clone, "server", "host.ts"));
    await push();
    expect(problems((await verify()).data)).toEqual({ files: expect.stringContaining("symbolic link") });
    await rm(join(clone, "server", "host.ts"));
    await edit("package.json", '"zod": "', '"zod-is-not-there": "1.0.0",\n    "zod": "');
    await push();
    const { code, data } = await verify();
    expect({ code, failed: Object.keys(problems(data)) }).toEqual({ code: 7, failed: ["dependencies"] });
  });
});

test("--ref takes a branch or the beginning of a commit, and guesses what was meant", async () => {
  await symlink("/etc/hostname", join(clone, "server", "host.ts")); // a verdict that takes no time
  const commit = await push("feature/readme");
  await git("push", "--quiet", "--force", "origin", `${made.repository.commit}:main`);
  const branch = await verify("--ref", "feature/readme");
  expect(branch).toMatchObject({ code: 7, data: { branch: "feature/readme", commit } });
  const short = await verify("--ref", commit.slice(0, 8));
  expect(short).toMatchObject({ code: 7, data: { branch: null, commit } });
  const wrong = await verify("--ref", "feature/raedme");
  expect(wrong).toMatchObject({
    code: 5,
    error: { message: expect.stringContaining('Did you mean "feature/readme"?') },
  });
  expect(await verify("--ref", "0000000")).toMatchObject({ code: 5, data: null });
});

test("a project without a database is verified without one", async () => {
  const { checks, tables, outcome } = await tbData<VerifyResult>(home, ["verify", "ping-api"]);
  expect({ outcome, tables }).toEqual({ outcome: "verified", tables: [] });
  expect(checks.map(({ name }) => name)).not.toContain("migrations");
});

describe("what stands in the way", () => {
  test("a project that is not there, and one that is almost named like it", async () => {
    const { code, stderr } = await tb(home, ["verify", "todo-apo"]);
    expect(code).toBe(5);
    expect(stderr).toContain('Did you mean "todo-api"?');
    expect((await tb(home, ["verify"])).code).toBe(2);
  });

  test("a server out of reach is told, and nothing stays parked", async () => {
    const away = { DB_CLUSTER_HOST: "127.0.0.1", DB_CLUSTER_PORT: "1", DB_CLUSTER_USER: "nobody" };
    const { code, stdout } = await tb(home, ["verify", NAME, "--json"], away);
    expect(code).toBe(75);
    expect((JSON.parse(stdout) as Envelope<null>).error).toMatchObject({ code: "transient", retryable: true });
    await expectNothingParked();
  });

  test("Ctrl-C leaves nothing behind, and neither does the verification after a kill and a stopped server", async () => {
    const interrupted = await stopIn("verify", "SIGINT");
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain(`tb verify ${NAME}`);
    await expectNothingParked();
    expect(await leftovers(home, [NAME, "ping-api"])).toEqual([]);
    const killed = await stopIn("verify", "SIGKILL");
    expect(killed.signal).toBe("SIGKILL");
    await tbData(home, ["db", "stop"]);
    expect((await verify()).code).toBe(0);
    await expectNothingParked();
  });
});

async function expectNothingParked(): Promise<void> {
  const { runs } = await tbData<{ runs: { state: string }[] }>(home, ["runs", "list"]);
  expect(runs.filter(({ state }) => state === "parked" || state === "running")).toEqual([]);
}

/** Signals `tb verify` when the phase begins. */
async function stopIn(phase: string, signal: NodeJS.Signals) {
  const running = startTb(home, ["verify", NAME, "--events"]);
  let sent = false;
  running.child.stdout!.on("data", () => {
    const lines = running.stdout().split("\n").slice(0, -1);
    const events = lines.map((line) => JSON.parse(line) as RunEvent);
    const begun = events.some((event) => event.type === "phase.started" && event.phase === phase);
    if (begun && !sent) running.child.kill(signal);
    sent ||= begun;
  });
  return running.done;
}

/** Users get a password that is never shown, tasks a priority and an action; there is a count. */
async function growByHand(): Promise<void> {
  await write({
    "migrations/0002_passwords.sql": `alter table users add column password_hash varchar(200);
alter table tasks add column priority integer not null default 3 check (priority between 1 and 5);
`,
    "server/api/tasks/[id]/done.post.ts": `import { IdParams } from "../../../schemas/fields.ts";
import { Task } from "../../../schemas/task.ts";
import { maybeOne } from "../../../utils/db.ts";
import { problem } from "../../../utils/problem.ts";
import { route } from "../../../utils/route.ts";
import { sql } from "../../../utils/sql.ts";

export default route({
  summary: "Mark a task as done",
  params: IdParams,
  returns: Task,
  errors: [404],
  handler: async ({ params }) => {
    const task = await maybeOne<Task>(sql\`update tasks set done = true where id = \${params.id} returning *\`);
    if (!task) throw problem(404, "No task has this id.");
    return task;
  },
});
`,
    "server/api/stats.get.ts": `import * as z from "zod";
import { one } from "../utils/db.ts";
import { route } from "../utils/route.ts";
import { sql } from "../utils/sql.ts";

export default route({
  summary: "Count the tasks",
  returns: z.object({ tasks: z.int() }),
  handler: async () => one<{ tasks: number }>(sql\`select count(*) as tasks from tasks\`),
});
`,
  });
  const password = "password: z.string().min(12).max(100).optional()";
  await edit("server/schemas/user.ts", "z.strictObject(fields)", `z.strictObject({ ...fields, ${password} })`);
  const route = "server/api/users/index.post.ts";
  await edit(route, "import { nanoid }", 'import { scryptSync } from "node:crypto";\nimport { nanoid }');
  await edit(
    route,
    "const user =",
    `const { password, ...rest } = body;
    const id = nanoid();
    const password_hash = password && scryptSync(password, id, 32).toString("hex");
    const user =`,
  );
  await edit(route, "values({ id: nanoid(), ...body })", "values({ id, ...rest, password_hash })");
  const task = "server/schemas/task.ts";
  await edit(task, "    done: z.boolean(),", "    done: z.boolean(),\n    priority: z.int(),");
  await edit(task, "\n  done: z.boolean(),", "\n  done: z.boolean(),\n  priority: z.int().min(1).max(5),");
  const byDefault = "    done: fields.done.default(false),";
  await edit(task, byDefault, `${byDefault}\n    priority: fields.priority.default(3),`);
  await useDependencies();
  await run(process.execPath, ["scripts/openapi.ts"], { cwd: clone });
  await run(process.execPath, ["node_modules/oxfmt/bin/oxfmt"], { cwd: clone });
}

/** Those that tb has prepared for this lockfile. */
async function useDependencies(): Promise<void> {
  const cache = join(home, "cache", "dependencies");
  for (const key of await readdir(cache)) {
    const lockfile = await readFile(join(cache, key, "package-lock.json"), "utf8").catch(() => null);
    if (lockfile !== (await readFile(join(clone, "package-lock.json"), "utf8"))) continue;
    return symlink(join(cache, key, "node_modules"), join(clone, "node_modules"));
  }
  throw new Error("No dependencies are prepared for this lockfile.");
}
