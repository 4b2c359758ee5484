import { afterAll, afterEach, beforeAll, describe, expect, it, inject } from "vitest";
import { completePlan } from "../../src/plan/build-plan.ts";
import { checkMigrations, compareSchemas, replayMigrations } from "../../src/verify/migrations.ts";
import { formatVerdict } from "../../src/verify/format-verdict.ts";
import { introspect } from "../../src/verify/introspect.ts";
import { checkPlan } from "../../src/verify/plan-present.ts";
import { findRoutes } from "../../src/verify/routes.ts";
import { hasDatabase } from "../../src/verify/subject.ts";
import { checkTests } from "../../src/verify/tests.ts";
import type { CheckName, Verdict } from "../../src/verify/verdict.ts";
import { verifyProject } from "../../src/verify/verify-project.ts";
import { plan } from "./plan.ts";
import { createProject, type TestProject } from "./project.ts";

let project: TestProject;
let changed = false;
beforeAll(async () => {
  project = await createProject(plan, inject("sharedCache"));
});
afterEach(async () => {
  if (changed) await project.reset();
  changed = false;
});
afterAll(() => project.remove());

function failed(verdict: Verdict): CheckName[] {
  return verdict.checks.filter((check) => !check.passed).map((check) => check.name);
}
function problems(verdict: Verdict, name: CheckName): string {
  return formatVerdict({ ...verdict, checks: verdict.checks.filter((check) => check.name === name) });
}

describe("a sound project", () => {
  it("passes every check, and leaves no database and no change behind", async () => {
    const before = await contents();
    const verdict = await verifyProject(project.subject);
    expect(formatVerdict(verdict)).toMatch(
      /^Passed: dependencies, types, lint, openapi, build, boot, plan, 15 endpoints \(\d{3} requests\), \d\d tests, migrations, unchanged$/,
    );
    expect(verdict).toMatchObject({ passed: true, tables: ["tasks", "users"] });
    expect(verdict.endpoints).toHaveLength(plan.endpoints.length);
    expect(verdict.endpoints).toContainEqual({
      method: "GET",
      path: "/api/users/{id}/tasks",
      file: "server/api/users/[id]/tasks.get.ts",
    });
    expect(await project.cluster.listDatabases()).toEqual([project.subject.database]);
    expect(await contents()).toEqual(before);
  });

  it("that is aborted leaves nothing behind either, but what its caller drops", async () => {
    const { subject, cluster } = project;
    for (const scratch of [subject.scratch, { ...subject.scratch, kept: true } as const]) {
      const stop = new AbortController();
      const onProgress = (text: string) => (text === "endpoints" ? stop.abort() : undefined);
      await expect(verifyProject({ ...subject, scratch, signal: stop.signal, onProgress })).rejects.toMatchObject({
        code: "interrupted",
      });
      const kept = "kept" in scratch ? [scratch.probe, scratch.test] : [];
      expect(await cluster.listDatabases()).toEqual([...kept, subject.database!].toSorted());
      for (const database of kept) await cluster.dropDatabase(database);
    }
  });
});

it("a project without a database passes the checks that apply to it", async () => {
  const constants = [{ path: "/api/ping", body: { pong: true, list: [1, "a", null] } }];
  const small = await createProject(
    completePlan({ request: "ping", assumptions: [], tables: [], constants }),
    inject("sharedCache"),
  );
  try {
    const verdict = await verifyProject(small.subject);
    expect(formatVerdict(verdict)).toMatch(
      /^Passed: dependencies, types, lint, openapi, build, boot, plan, 2 endpoints \(\d+ requests\), \d+ tests, unchanged$/,
    );
    expect(verdict).toMatchObject({ passed: true, tables: [] });
  } finally {
    await small.remove();
  }
});

describe("what is wrong in the sources is found", () => {
  it("by endpoints: the password that the server was given, in an answer", async () => {
    changed = true;
    const leak = '"cache-control": "no-store",\n  "x-debug": String(process.env.DB_PASSWORD),';
    await project.edit("server/utils/headers.ts", '"cache-control": "no-store",', leak);
    const verdict = await verifyProject(project.subject);
    expect(failed(verdict)).toEqual(["endpoints"]);
    expect(problems(verdict, "endpoints")).toMatch(/the answer holds the password of the database/);
  });

  it("by types, lint, openapi, plan and tests", async () => {
    changed = true;
    const { edit, sandbox } = project;
    await sandbox.writeFile("server/utils/odd.ts", "export const wrong: number = 'text'\ndebugger\n");
    await edit("server/api/users/[id].get.ts", "Get a user", "Fetch a user");
    await sandbox.deleteFile("server/api/tasks/[id].delete.ts");
    const test = 'it("fails on purpose", () => assert.equal(process.env.MIGRATE_DB_PASSWORD, ""));\n\ndescribe(';
    await edit("tests/http.test.ts", "describe(", test);
    const verdict = await verifyProject(project.subject);
    expect(failed(verdict)).toEqual(["types", "lint", "openapi", "plan", "endpoints", "tests"]);
    expect(problems(verdict, "types")).toMatch(/server\/utils\/odd\.ts:1: error TS2322/);
    expect(problems(verdict, "lint")).toMatch(/server\/utils\/odd\.ts:2: .*no-debugger/);
    expect(problems(verdict, "lint")).toMatch(/server\/utils\/odd\.ts: is not formatted/);
    expect(problems(verdict, "openapi")).toMatch(/does not match the routes.*line \d+/);
    expect(problems(verdict, "plan")).toMatch(
      /DELETE \/api\/tasks\/\{id\} \(server\/api\/tasks\/\[id\]\.delete\.ts\): is in the plan/,
    );
    expect(problems(verdict, "endpoints")).toMatch(/DELETE \/api\/tasks\/\{id\}.*expected 204, got 405/);
    // A password that a test prints does not reach the model.
    expect(problems(verdict, "tests")).toMatch(
      /fails on purpose: Expected values to be strictly equal:[^]*\[redacted\]/,
    );
    const { password } = await project.cluster.connection("prj_test", "own", "x");
    expect(JSON.stringify(verdict)).not.toContain(password);
  });

  it("also when nothing can be built", async () => {
    changed = true;
    await project.edit("server/api/users/[id].get.ts", "maybeOne<User>", "noSuchFunction<User>");
    await project.edit("server/api/users/[id].get.ts", "import { maybeOne }", "import { noSuchFunction }");
    const verdict = await verifyProject(project.subject);
    expect(failed(verdict)).toEqual(expect.arrayContaining(["types", "openapi", "build", "tests"]));
    expect(problems(verdict, "build")).toMatch(/"noSuchFunction" is not exported by "server\/utils\/db\.ts"/);
    expect(verdict.checks.map(({ name }) => name)).not.toContain("boot");
  });
});

it("what is wrong at run time is found by calling every endpoint", async () => {
  changed = true;
  const { edit, subject } = project;
  const throws = 'if (Date.now() > 0) throw new Error("at import");\n\nexport default';
  await edit("server/api/users/[id].get.ts", "export default", throws);
  await edit("server/api/users/index.post.ts", "body: NewUser,", "body: z.looseObject({}),");
  await edit("server/api/users/index.post.ts", "import", 'import * as z from "zod";\nimport');
  await edit("server/api/users/[id].patch.ts", /\$\{assignments\([^)]*\)\}/, "name = name");
  await edit("server/api/users/[id]/tasks.get.ts", /user_id = \$\{params\.id\}/, "true");
  await edit("server/api/tasks/[id].get.ts", "returns: TaskWithRelations,", "returns: TaskWithRelations.loose(),");
  await edit("server/api/tasks/[id].get.ts", "return found;", 'return { ...found, password_hash: "x" };');
  await edit("server/api/tasks/[id].delete.ts", /\n.*throw problem\(404.*/, "");
  await edit("server/api/tasks/index.get.ts", "and ${after(cursor, sort)}", "");
  await edit("server/api/ping.get.ts", "pong: true", "pong: false");
  const verdict = await verifyProject(subject);
  expect(failed(verdict)).toContain("endpoints");
  const text = problems(verdict, "endpoints");
  for (const [endpoint, problem] of [
    ["GET /api/users/{id}", /expected 200, got 500[^]*Server log: .*at import/],
    ["POST /api/users", /whose email is a text that is no e-mail address: expected 400 or 422, got 201/],
    ["PATCH /api/users/{id}", /a valid change of every field: in the database name should be "Probe/],
    ["GET /api/users/{id}/tasks", /the list: \d+ rows .* should not be there/],
    ["GET /api/tasks/{id}", /"password_hash", which openapi\.json does not name/],
    ["DELETE /api/tasks/{id}", /the same task again: expected 404, got 204/],
    ["GET /api/tasks", /was on a page before/],
    ["GET /api/ping", /must be \{"pong":true\}, as the plan says/],
  ] as const) {
    const own = text
      .split("\n- ")
      .filter((line) => line.startsWith(`${endpoint} (`) || line.startsWith(`${endpoint}:`));
    expect(own.join("\n")).toMatch(problem);
  }
  // Nothing is said about what still works.
  expect(text).not.toMatch(/^- (POST|PATCH) \/api\/tasks|^- GET \/api\/(health|users) /m);
});

describe("what is wrong in the database is found", () => {
  it("by comparing every column with the plan, and the migrations with the database", async () => {
    changed = true;
    const { subject, cluster, sql } = project;
    const before = await introspect(cluster, subject.database!);
    const statements: [string, string][] = [
      ["alter table tasks drop column notes", "Column tasks.notes (text) is in the plan, but not in the database."],
      [
        "alter table users alter name type varchar(50)",
        "users.name is character varying(50) in the database; the plan says string of at most 200 characters.",
      ],
      [
        "alter table users alter name drop not null",
        "users.name may be null in the database; the plan says the opposite.",
      ],
      [
        "alter table tasks alter done drop default",
        "tasks.done has no default in the database; the plan says the default false.",
      ],
      [
        "alter table tasks alter state set default 'it''s done'",
        "tasks.state has the default 'it''s done'::character varying in the database",
      ],
      ["drop index users_email_key", "users.email is unique in the plan, but not in the database."],
      [
        "alter table tasks drop constraint tasks_user_id_fkey",
        "tasks.user_id refers to users in the plan, but there is no foreign key.",
      ],
      [
        "alter table tasks drop constraint tasks_reviewer_id_fkey, add foreign key (reviewer_id) references users on delete cascade",
        "tasks.reviewer_id has on delete cascade; the plan says set null.",
      ],
      [
        "alter table tasks drop constraint tasks_state_check",
        'tasks.state may be anything in the database; the plan says "open", "it\'s done".',
      ],
      [
        "alter table tasks drop constraint tasks_priority_check",
        "tasks.priority has the minimum 1 in the plan, but no check constraint holds it.",
      ],
    ];
    for (const [statement] of statements) await sql(statement);
    const routes = findRoutes(await subject.sandbox.listFiles());
    const { failures } = checkPlan(plan, routes, await introspect(cluster, subject.database!));
    const text = failures.map((failure) => failure.message).join("\n");
    for (const [, message] of statements) expect(text).toContain(message);
    expect(failures).toHaveLength(statements.length + 1); // the bound's maximum
    expect(compareSchemas(before, await introspect(cluster, subject.database!)).length).toBeGreaterThan(
      statements.length,
    );

    await sql("drop table tasks");
    const missing = checkPlan(plan, routes, await introspect(cluster, subject.database!));
    expect(missing.failures.map((failure) => failure.message)).toContain(
      "Table tasks is in the plan, but not in the database.",
    );
  });

  it("when it has what no migration makes", async () => {
    changed = true;
    const { subject, cluster, sql } = project;
    await sql("create function f() returns int language sql as 'select 1'");
    await sql("create view v as select id from users; create index i on tasks (title)");
    await cluster.dropDatabase(subject.scratch.test);
    await cluster.provision(subject.projectId, subject.scratch.test);
    if (!hasDatabase(subject)) throw new Error("the project has no database");
    const { failures } = checkMigrations(await replayMigrations(subject), await introspect(cluster, subject.database));
    await cluster.dropDatabase(subject.scratch.test);
    expect(failures.map((failure) => failure.message.split(": ")[1])).toEqual([
      "index i",
      expect.stringMatching(/^function public\.f\(\)/),
      expect.stringMatching(/^v public\.v/),
    ]);
  });
});

describe("tests that test nothing are no tests", () => {
  it.each([
    ["none at all", "", "No test ran: none is in"],
    ["only skipped ones", 'it("a", { skip: true }, () => {});', "No test ran: all 1 are skipped"],
    ["only planned ones", 'it.todo("a");', "1 test marked as todo"],
    ["one that ends the process", 'it("a", () => process.exit(0));', "It ended before its tests"],
  ])("%s", async (_, source, message) => {
    changed = true;
    const { sandbox, subject } = project;
    for (const path of (await sandbox.listFiles()).filter((path) => path.startsWith("tests/")))
      await sandbox.deleteFile(path);
    if (source) await sandbox.writeFile("tests/a.test.ts", `import { it } from "node:test";\n${source}\n`);
    const { failures } = await checkTests(subject);
    expect(failures.map((failure) => failure.message).join()).toContain(message);
  });
});

async function contents(): Promise<Record<string, string>> {
  const { sandbox } = project;
  const files = await sandbox.listFiles();
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path, await sandbox.readFile(path)] as const)),
  );
}
