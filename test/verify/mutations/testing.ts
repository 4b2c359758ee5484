// Tests that prove nothing.
import { type Mutation, USERS } from "./mutation.ts";

const TESTS = "tests/users.test.ts";
const check = "tests";

export const testing: Mutation[] = [
  {
    name: "test-fails",
    what: "A test fails.",
    check,
    says: /tests\/users\.test\.ts:\d+: users > are created and read back: Expected values/,
    edits: [{ file: TESTS, from: "assert.equal(created.status, 201);", to: "assert.equal(created.status, 200);" }],
  },
  {
    name: "test-asserts-nothing",
    what: "A test calls and looks at nothing.",
    check,
    says: /tests\/users\.test\.ts: users > are refused with a field that does not exist: asserts nothing/,
    edits: [
      {
        file: TESTS,
        from: 'const { status } = await call("POST", "/api/users", body);\n    assert.equal(status, 422);',
        to: 'await call("POST", "/api/users", body);',
      },
    ],
  },
  {
    name: "test-empty",
    what: "A test has an empty body.",
    check,
    says: /users > are fine: asserts nothing/,
    edits: [
      {
        file: TESTS,
        from: 'describe("users", () => {',
        to: 'describe("users", () => {\n  it("are fine", () => {});\n',
      },
    ],
  },
  {
    name: "tests-removed",
    what: "The tests of a table were removed.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*no test calls it/,
    edits: [{ file: TESTS, removed: true }],
  },
  {
    name: "tests-none",
    what: "There is no test at all.",
    check,
    says: /No test ran: none is in tests/,
    edits: ["users", "tasks", "constants", "http", "migrate", "route", "sql"].map((name) => ({
      file: `tests/${name}.test.ts`,
      removed: true,
    })),
  },
  {
    name: "tests-skipped",
    what: "Every test is skipped.",
    check,
    says: /no test calls it/,
    edits: [{ file: TESTS, from: 'describe("users", () => {', to: 'describe("users", { skip: true }, () => {' }],
  },
  {
    name: "tests-announced",
    what: "A test is only announced.",
    check,
    says: /1 test marked as todo/,
    edits: [
      { file: TESTS, from: 'describe("users", () => {', to: 'describe("users", () => {\n  it.todo("are merged");\n' },
    ],
  },
  {
    name: "tests-end-the-process",
    what: "A test ends the process before the others, with success.",
    check,
    says: /It ended before its tests: does one of them end the process\?/,
    edits: [
      {
        file: TESTS,
        from: 'describe("users", () => {',
        to: 'describe("users", () => {\n  it("are done", () => process.exit(0));\n',
      },
    ],
  },
  {
    name: "test-throws-outside",
    what: "A test file throws beside its tests.",
    check,
    says: /outside of every test/,
    edits: [
      {
        file: TESTS,
        from: 'describe("users", () => {',
        to: 'if (Date.now() > 0) throw new Error("outside of every test");\n\ndescribe("users", () => {',
      },
    ],
  },
  {
    name: "test-rewrites-a-route",
    what: "A test puts another route in the place of the one that was checked.",
    check: "unchanged",
    says: /server\/api\/users\/\[id\]\.get\.ts: was changed while the project was verified/,
    edits: [
      {
        file: TESTS,
        from: 'describe("users", () => {',
        to: `describe("users", () => {\n  it("are kept", () => {\n    const path = "${USERS}/[id].get.ts";\n    const text = readFileSync(path, "utf8");\n    writeFileSync(path, text + "// changed\\n");\n    writeFileSync(path, text);\n    assert.ok(text);\n  });\n`,
      },
      {
        file: TESTS,
        from: "import assert",
        to: 'import { readFileSync, writeFileSync } from "node:fs";\nimport assert',
      },
    ],
  },
  {
    name: "test-rewrites-the-artefact",
    what: "A test writes into what was built.",
    check: "unchanged",
    says: /\.output\/server\/index\.mjs: was changed while the project was verified/,
    edits: [
      {
        file: "tests/tasks.test.ts",
        from: 'describe("tasks", () => {',
        to: 'describe("tasks", () => {\n  it("are kept", async () => {\n    const path = ".output/server/index.mjs";\n    for (let n = 0; n < 600 && !existsSync(`${path}.map`) && !existsSync(path); n++) await setTimeout(50);\n    await setTimeout(3000);\n    appendFileSync(path, "\\n");\n    assert.ok(path);\n  });\n',
      },
      {
        file: "tests/tasks.test.ts",
        from: "import assert",
        to: 'import { appendFileSync, existsSync } from "node:fs";\nimport { setTimeout } from "node:timers/promises";\nimport assert',
      },
    ],
  },
  {
    name: "test-replaces-a-package",
    what: "A test puts another compiler in the place of the one that was installed.",
    check: "unchanged",
    says: /node_modules\/typescript: was changed while the project was verified/,
    edits: [
      {
        file: TESTS,
        from: 'describe("users", () => {',
        to: `describe("users", () => {\n  it("are typed", () => {\n    renameSync("node_modules/typescript", "node_modules/other");\n    renameSync("node_modules/other", "node_modules/typescript");\n    assert.ok(true);\n  });\n`,
      },
      { file: TESTS, from: "import assert", to: 'import { renameSync } from "node:fs";\nimport assert' },
    ],
  },
];
