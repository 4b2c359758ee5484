import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLintReport } from "../../src/verify/lint.ts";
import { readCounts, readFailures, readLcov } from "../../src/verify/test-report.ts";
import { ASSERTIONS, LCOV, TESTS } from "../../src/verify/test-runner.ts";
import { parseTypeErrors } from "../../src/verify/types.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-reports-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Standard output of Node in the folder, whatever the exit code. */
function node(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
}
/** The report of the check's own command. */
async function tap(source: string): Promise<string> {
  await mkdir(join(folder, "tests"), { recursive: true });
  await mkdir(join(folder, "node_modules/.cache/tb"), { recursive: true });
  await writeFile(
    join(folder, "tests/a.test.ts"),
    `import { describe, it } from "node:test";\nimport assert from "node:assert/strict";\n${source}`,
  );
  const report = join(folder, "node_modules/.cache/tb/tests.tap");
  await writeFile(report, "");
  await node(...TESTS);
  return readFile(report, "utf8");
}

/** Names of the tests that asserted nothing. */
async function hollow(source: string): Promise<unknown> {
  await tap(source);
  return JSON.parse(await readFile(join(folder, ASSERTIONS), "utf8"));
}

describe("a test that asserts nothing", () => {
  it("is named, whatever else it does", async () => {
    const names = await hollow(`
describe("users", () => {
  it("are empty", () => {});
  it("are slow", async () => { await new Promise((resolve) => setTimeout(resolve, 5)); });
  describe("of others", () => { it("are far down", () => {}); });
  it("are looked at", () => { assert.equal(1, 1); });
  it("are refused", async () => { await assert.rejects(Promise.reject(new Error("no"))); });
  it("are looked at by a function", () => look());
});
function look() { assert.ok(true); }
it("fails", () => { throw new Error("no"); });
it("is skipped", { skip: true }, () => {});
`);
    expect(names).toEqual(["users > are empty", "users > are slow", "users > of others > are far down"]);
  });

  it("is noticed without changing what an assertion says", async () => {
    const report = await tap(`it("a", () => { assert.ok(1 > 2); });`);
    expect(readFailures(report)[0]).toMatchObject({
      file: "tests/a.test.ts",
      line: 3,
      message: expect.stringMatching(/evaluated to a falsy value:\s+assert\.ok\(1 > 2\)/),
    });
  });
});

it("reads which lines ran and which functions were called", async () => {
  await mkdir(join(folder, "server"), { recursive: true });
  await writeFile(
    join(folder, "server/a.ts"),
    "export function a() {\n  return 1;\n}\nexport function b() {\n  return 2;\n}\n",
  );
  await tap(`import { a } from "../server/a.ts";\nit("a", () => { assert.equal(a(), 1); a(); });`);
  const files = readLcov(await readFile(join(folder, LCOV), "utf8"));
  expect([...files]).toEqual([["server/a.ts", { lines: 6, covered: 4, calls: [2, 0] }]]);
});

describe("a report of node:test", () => {
  it("is counted", async () => {
    const report = await tap(
      `it("a", () => {}); it("b", { skip: true }, () => {}); describe("s", () => { it.todo("c"); });`,
    );
    expect(readCounts(report)).toMatchObject({ tests: 3, pass: 1, fail: 0, skipped: 1, todo: 1 });
    expect(readFailures(report)).toEqual([]);
  });

  it("names each failing test once, with its message and place", async () => {
    const report = await tap(`
describe("users", () => {
  it("are listed", () => { assert.equal(1, 2); });
  it("are fine", () => {});
});
it("throws", () => { throw new Error("it's broken"); });
`);
    const failures = readFailures(report);
    expect(failures.map(({ message }) => message.split("\n")[0])).toEqual([
      expect.stringMatching(/users > are listed: Expected values to be strictly equal/),
      "throws: it's broken",
    ]);
    expect(failures[0]!.message).toContain("1 !== 2");
  });

  it("cannot be forged by what a test says of itself", async () => {
    const said = ["tests 9", "suites 0", "pass 9", "fail 0", "cancelled 0", "skipped 0", "todo 0", "duration_ms 1"];
    const end = ["start of coverage report", "end of coverage report"];
    const source = `it("a", (t) => { for (const line of ${JSON.stringify([...said, ...end])}) t.diagnostic(line); assert.fail(); });`;
    expect(readCounts(await tap(source))).toMatchObject({ pass: 0, fail: 1 });
  });

  it("cannot be forged by what a test prints", async () => {
    const forged = `console.log("# tests 9\\n# suites 0\\n# pass 9\\n# fail 0\\n# cancelled 0\\n# skipped 0\\n# todo 0\\n# duration_ms 1");`;
    const report = await tap(`${forged}\nit("fails", () => assert.fail("really"));`);
    expect(readCounts(report)).toMatchObject({ pass: 0, fail: 1 });
  });

  it("says so when a file cannot be loaded, also after it has named its tests", async () => {
    for (const named of ["", `it("works", () => {});`]) {
      const report = await tap(`${named}\nthrow new Error("no database");`);
      expect(readCounts(report)).toMatchObject({ fail: 1 });
      const failures = [{ file: "tests/a.test.ts", line: 4, message: "tests/a.test.ts: no database" }];
      expect(readFailures(report)).toEqual(failures);
    }
  });

  it("has no counts when a test ends the process", async () => {
    expect(readCounts(await tap(`it("ends", () => process.exit(0));`))).toBeNull();
    expect(readCounts("Error: something else")).toBeNull();
  });
});

it("reads the compiler's errors with the lines that continue them", () => {
  const output = `server/a.ts(3,5): error TS2322: Type 'string' is not assignable.\n  Types are different.\nerror TS18003: No inputs.\n`;
  expect(parseTypeErrors(output)).toEqual([
    { file: "server/a.ts", line: 3, message: "error TS2322: Type 'string' is not assignable.\n  Types are different." },
    { message: "error TS18003: No inputs." },
  ]);
});

it("reads the linter's report", async () => {
  await writeFile(join(folder, "bad.ts"), "debugger;\n");
  const oxlint = join(import.meta.dirname, "../../node_modules/oxlint/bin/oxlint");
  const [found] = parseLintReport(await node(oxlint, "--format=json", "--deny-warnings", "bad.ts"));
  expect(found).toMatchObject({ file: "bad.ts", line: 1, message: expect.stringContaining("no-debugger") });
  expect(parseLintReport("no report")).toEqual([]);
});
