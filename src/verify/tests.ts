// Check "tests": the project's own tests, counted by node:test and not by what they print.
import { TbError } from "../errors.ts";
import { ending, type Finding, lastLines, plural } from "./check.ts";
import { databaseAccess, hasDatabase, NO_ACCESS, runNode, type Subject } from "./subject.ts";
import type { Failure } from "./verdict.ts";

const PATTERN = "tests/**/*.test.ts";
/** Not listed, not committed. A file, because the tests share stdout with the report otherwise. */
const REPORT = "node_modules/.cache/tb/tests.tap";
const TIMEOUT_MS = 180_000;
const COUNTERS = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"] as const;

/** Every test in one process, like the project's own scripts/test.ts: a process a file takes several times as long. Not
 * node's `--test-isolation=none`, which passes over an error that a file throws once its tests are registered. No test
 * begins before all files are loaded: when none is waiting, node:test takes the run for finished. */
const RUN_ALL = `
import { glob } from "node:fs/promises";
import { resolve } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
const files = [];
for await (const file of glob(${JSON.stringify(PATTERN)})) files.push(file);
const loaded = load();
before(() => loaded);
await loaded;
async function load() {
  for (const file of files.sort()) {
    try {
      await import(pathToFileURL(resolve(file)).href);
    } catch (error) {
      test(file, () => { throw error; });
    }
  }
}`;

export const TESTS = [
  "--test-reporter=tap",
  `--test-reporter-destination=${REPORT}`,
  "--input-type=module",
  `--eval=${RUN_ALL}`,
];

export type TestCounts = Record<(typeof COUNTERS)[number], number>;

/** The migrated database `scratch.test` must be there, without a row. */
export async function checkTests(subject: Subject): Promise<Finding> {
  const { env, databases } = hasDatabase(subject)
    ? await databaseAccess(subject, subject.scratch.test, ["app", "own"])
    : NO_ACCESS;
  await subject.sandbox.writeFile(REPORT, "");
  const result = await runNode(subject, TESTS, {
    env: { ...env, ...(databases && { TEST_DB_NAME: subject.scratch.test }) },
    databases,
    timeout: TIMEOUT_MS,
  });
  const report = await readReport(subject);
  const counts = readCounts(report);
  if (!counts) {
    const early = result.exitCode === 0 ? "\nIt ended before its tests: does one of them end the process?" : "";
    return failed(ending("npm test", result) + early);
  }
  const failures = readFailures(report);
  if (failures.length === 0 && (result.exitCode !== 0 || counts.fail > 0 || counts.cancelled > 0)) {
    failures.push({ message: [ending("npm test", result), ...readErrors(report)].join("\n") });
  }
  if (counts.todo > 0)
    failures.push({ message: `${plural(counts.todo, "test")} marked as todo: finish or remove them.` });
  if (failures.length === 0 && counts.pass === 0) {
    const skipped = counts.skipped > 0 ? `all ${counts.skipped} are skipped` : `none is in ${PATTERN}`;
    failures.push({
      message:
        `No test ran: ${skipped}. Write tests of the project's behaviour.\n${lastLines(result.stderr, 500)}`.trim(),
    });
  }
  const skipped = counts.skipped > 0 ? ` (${counts.skipped} skipped)` : "";
  return { count: counts.pass, summary: `${plural(counts.pass, "test")}${skipped}`, failures };
}

/** What there is of it; nothing when a test has removed it or made it too large to be read. */
async function readReport({ sandbox }: Subject): Promise<string> {
  try {
    return await sandbox.readFile(REPORT);
  } catch (error) {
    if (error instanceof TbError && !error.parks) return "";
    throw error;
  }
}

function failed(message: string): Finding {
  return { count: null, summary: "tests", failures: [{ message }] };
}

/** The summary at the very end of a TAP report; a test that prints such lines cannot come after it. */
export function readCounts(tap: string): TestCounts | null {
  const lines = tap
    .trimEnd()
    .split("\n")
    .slice(-COUNTERS.length - 1);
  if (!/^# duration_ms \d/.test(lines.at(-1) ?? "")) return null;
  const counts: TestCounts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  for (const [index, name] of COUNTERS.entries()) {
    const value = new RegExp(`^# ${name} (\\d+)$`).exec(lines[index] ?? "")?.[1];
    if (value === undefined) return null;
    counts[name] = Number(value);
  }
  return counts;
}

interface Open {
  indent: number;
  name: string;
}

/** `not ok` entries of a TAP report with their place and message; a suite is not repeated for its failing tests. */
export function readFailures(tap: string): Failure[] {
  const failures: Failure[] = [];
  const parents: Open[] = [];
  const lines = tap.split("\n");
  for (const [index, line] of lines.entries()) {
    const [, space, heading] = /^(\s*)# Subtest: (.*)$/.exec(line) ?? [];
    if (space !== undefined && heading !== undefined) {
      while (parents.length > 0 && parents.at(-1)!.indent >= space.length) parents.pop();
      parents.push({ indent: space.length, name: heading });
    }
    const [, indent, name] = /^(\s*)not ok \d+ - (.*)$/.exec(line) ?? [];
    if (indent === undefined || name === undefined || /# (TODO|SKIP)/.test(name)) continue;
    const details = readDetails(lines.slice(index + 1), indent.length + 2);
    if (details.failureType === "subtestsFailed") continue;
    const path = [...parents.filter((open) => open.indent < indent.length).map((open) => open.name), name];
    const [, file, number] =
      /((?:tests|server|scripts)\/[^:]+):(\d+):\d+/.exec(details.stack ?? details.location ?? "") ?? [];
    failures.push({
      message: `${path.join(" > ")}: ${details.error ?? details.failureType ?? "failed"}`,
      ...(file && { file }),
      ...(number && { line: Number(number) }),
    });
  }
  return failures;
}

/** What went wrong outside of every test: `# Error: …`. */
function readErrors(tap: string): string[] {
  return tap.split("\n").flatMap((line) => /^# (Error: .*)$/.exec(line)?.[1] ?? []);
}

/** The YAML block that follows a `not ok` line: `key: value`, and `key: |-` with more lines. */
function readDetails(lines: string[], indent: number): Record<string, string | undefined> {
  const details: Record<string, string | undefined> = {};
  let current: string | null = null;
  const first = lines.findIndex((line) => line.trim() === "---");
  if (first === -1 || first > 1) return details;
  for (const line of lines.slice(first + 1)) {
    if (line.trim() === "...") break;
    const [, key, value] = new RegExp(`^ {${indent}}(\\w+): ?(.*)$`).exec(line) ?? [];
    if (key !== undefined && value !== undefined) {
      current = /^[|>]/.test(value) ? key : null;
      details[key] = current ? "" : unquoted(value);
    } else if (current) {
      details[current] += `${details[current] ? "\n" : ""}${line.trim()}`;
    }
  }
  return details;
}

/** node:test writes texts the way util.inspect does: in whichever quotes they do not contain. */
function unquoted(value: string): string {
  const [, quote, text] = /^(['"`])(.*)\1$/.exec(value) ?? [];
  return quote === undefined || text === undefined
    ? value
    : text.replaceAll(`\\${quote}`, quote).replaceAll("\\\\", "\\");
}
