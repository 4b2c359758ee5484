// Check "tests": the project's own tests, counted by node:test and not by what they print.
import { TbError } from "../errors.ts";
import { ending, type Finding, lastLines, plural } from "./check.ts";
import { type FileCoverage, readCounts, readErrors, readFailures, readLcov, type TestCounts } from "./test-report.ts";
import { ASSERTIONS, LCOV, PATTERN, REPORT, TESTS } from "./test-runner.ts";
import { databaseAccess, hasDatabase, NO_ACCESS, runNode, type Subject } from "./subject.ts";
import type { Endpoint, Plan } from "../plan/plan.ts";
import { changesNothing } from "./plan-present.ts";
import { percent } from "./probe/tally.ts";
import { capacity } from "./probe/values.ts";
import type { Failure } from "./verdict.ts";

const TIMEOUT_MS = 180_000;

export interface Tested extends Finding {
  /** Lines of server/ that ran, in percent; null when nothing was measured. */
  coverage: number | null;
}

/** The migrated database `scratch.test` must be there, without a row. */
export async function checkTests(subject: Subject): Promise<Tested> {
  const { env, databases } = hasDatabase(subject)
    ? await databaseAccess(subject, subject.scratch.test, ["app", "own"])
    : NO_ACCESS;
  for (const file of [REPORT, LCOV, ASSERTIONS]) await subject.sandbox.writeFile(file, "");
  const result = await runNode(subject, TESTS, {
    env: { ...env, ...(databases && { TEST_DB_NAME: subject.scratch.test }) },
    databases,
    timeout: TIMEOUT_MS,
  });
  const report = await readReport(subject, REPORT);
  const counts = readCounts(report);
  if (!counts) {
    const early = result.exitCode === 0 ? "\nIt ended before its tests: does one of them end the process?" : "";
    return { ...found(null, "tests", [{ message: ending("npm test", result) + early }]), coverage: null };
  }
  const files = readLcov(await readReport(subject, LCOV));
  const failures = readFailures(report);
  if (failures.length === 0 && (result.exitCode !== 0 || counts.fail > 0 || counts.cancelled > 0)) {
    failures.push({ message: [ending("npm test", result), ...readErrors(report)].join("\n") });
  }
  failures.push(...emptyTests(counts, failures.length === 0, result.stderr));
  if (!subject.unplanned) failures.push(...(await hollowTests(subject)), ...untestedEndpoints(subject, files));
  const skipped = counts.skipped > 0 ? ` (${counts.skipped} skipped)` : "";
  const summary = `${plural(counts.pass, "test")}${skipped}`;
  return { ...found(counts.pass, summary, failures), coverage: await coverageOf(subject, files) };
}

function found(count: number | null, summary: string, failures: Failure[]): Finding {
  return { count, summary, failures };
}

/** What there is of it; nothing when a test has removed it or made it too large to be read. */
async function readReport({ sandbox }: Subject, file: string): Promise<string> {
  try {
    return await sandbox.readFile(file);
  } catch (error) {
    if (error instanceof TbError && !error.parks) return "";
    throw error;
  }
}

/** Tests that are only announced. */
function emptyTests({ todo, pass, skipped }: TestCounts, others: boolean, stderr: string): Failure[] {
  const failures: Failure[] = [];
  if (todo > 0) failures.push({ message: `${plural(todo, "test")} marked as todo: finish or remove them.` });
  if (!others || failures.length > 0 || pass > 0) return failures;
  const why = skipped > 0 ? `all ${skipped} are skipped` : `none is in ${PATTERN}`;
  return [
    { message: `No test ran: ${why}. Write tests of the project's behaviour.\n${lastLines(stderr, 500)}`.trim() },
  ];
}

/** Calls of node:assert that the runner cannot see: imported by name, called by itself, or of another library. */
const OTHER_ASSERTIONS = /import\s*\{[^}]*\}\s*from\s*["'](?:node:)?assert|\.assert\.|\bassert\(|\bexpect\(/;

/** Tests that passed without having called node:assert. A test whose names (its own, its suite's, those of the tests that it
 * is a step of) stand in a file that asserts in a way that cannot be seen is left out. */
async function hollowTests(subject: Subject): Promise<Failure[]> {
  const names = readNames(await readReport(subject, ASSERTIONS));
  if (names.length === 0) return [];
  const { sandbox } = subject;
  const texts = new Map<string, string>();
  for (const file of (await sandbox.listFiles()).filter((path) => /^tests\/.*\.test\.ts$/.test(path)))
    texts.set(file, await readReport(subject, file));
  const unseen = [...texts.values()].filter((text) => OTHER_ASSERTIONS.test(text));
  return names.flatMap((path) => {
    const parts = path.split(" > ");
    const namesAll = (text: string) => parts.every((part) => text.includes(part));
    if (unseen.some(namesAll)) return [];
    const declaresAll = (text: string) => parts.every((part) => declares(text, part));
    const file = [...texts].find(([, text]) => declaresAll(text)) ?? [...texts].find(([, text]) => namesAll(text));
    if (!file && unseen.length > 0) return []; // its name is made while it runs
    return [{ message: `${path}: asserts nothing. Check what the test is named for.`, ...(file && { file: file[0] }) }];
  });
}

/** Whether a suite, a test or a step is called so there. */
function declares(text: string, name: string): boolean {
  return ['"', "'", "`"].some((quote) =>
    [...text.matchAll(/\b(?:describe|suite|test|it)(?:\.\w+)?\(\s*/g)].some(({ index, 0: { length } }) =>
      text.startsWith(`${quote}${name}${quote}`, index + length),
    ),
  );
}

function readNames(json: string): string[] {
  try {
    const names: unknown = JSON.parse(json);
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return []; // the process was ended before it could write
  }
}

/** Endpoints of the plan whose route file was loaded, but none of whose functions was called. */
function untestedEndpoints({ plan }: Subject, files: ReadonlyMap<string, FileCoverage>): Failure[] {
  return plan.endpoints
    .filter((endpoint) => {
      const calls = files.get(endpoint.file)?.calls ?? [];
      return calls.length > 0 && calls.every((count) => count === 0) && canBeTested(plan, endpoint);
    })
    .map(({ method, path, file }) => ({
      file,
      endpoint: `${method} ${path}`,
      message: "no test calls it: write one that does, and checks the answer.",
    }));
}

/** Columns that can hold this many values, so that every test has new ones. */
const PLENTY = 1e9;
/** Characters of an address that is new every time. */
const ADDRESS = 42;

/** Not where no request could be valid, nor where rows would run out: tests share one database, and clear nothing away. */
function canBeTested(plan: Plan, endpoint: Endpoint): boolean {
  const { operation } = endpoint;
  if (changesNothing(plan, endpoint)) return false;
  const names =
    operation.kind === "nested-list"
      ? [operation.table, operation.parent]
      : "table" in operation
        ? [operation.table]
        : [];
  return names.every((name) => hasPlenty(plan, name));
}

function hasPlenty(plan: Plan, name: string): boolean {
  const columns = plan.tables.find((table) => table.name === name)?.columns ?? [];
  return columns.every((column) => {
    const { type, unique, nullable, references, maxLength = Infinity } = column;
    if (references) return nullable || references.table === name || hasPlenty(plan, references.table);
    if (type === "email" || type === "url") return maxLength >= (unique ? ADDRESS : ADDRESS / 2);
    return !unique || capacity(column) >= PLENTY;
  });
}

/** Files that no test has loaded count with all their lines. */
async function coverageOf({ sandbox }: Subject, files: ReadonlyMap<string, FileCoverage>): Promise<number | null> {
  if (files.size === 0) return null;
  let [lines, covered] = [0, 0];
  for (const path of (await sandbox.listFiles()).filter((one) => /^server\/.*(?<!\.d)\.ts$/.test(one))) {
    const known = files.get(path);
    lines += known?.lines ?? (await sandbox.readFile(path)).split("\n").length - 1;
    covered += known?.covered ?? 0;
  }
  return percent(covered, lines);
}
