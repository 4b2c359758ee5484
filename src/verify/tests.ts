// Check "tests": the project's own tests, counted by node:test and not by what they print.
import { ending, type Finding, lastLines, plural } from "./check.ts";
import { databaseEnv, hasDatabase, runNode, type Subject } from "./subject.ts";
import type { Failure } from "./verdict.ts";

const PATTERN = "tests/**/*.test.ts";
const TIMEOUT_MS = 180_000;
const COUNTERS = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"] as const;

export type TestCounts = Record<(typeof COUNTERS)[number], number>;

/** The empty database `scratch.test` must be there. */
export async function checkTests(subject: Subject): Promise<Finding> {
  const env = hasDatabase(subject)
    ? {
        ...(await databaseEnv(subject, subject.scratch.test, ["app", "own"])),
        TEST_DB_NAME: subject.scratch.test,
      }
    : {};
  const args = ["--test", "--test-reporter=tap", "--test-reporter-destination=stdout", PATTERN];
  const result = await runNode(subject, args, { env, timeout: TIMEOUT_MS });
  const counts = readCounts(result.stdout);
  if (!counts) return failed(ending("npm test", result));
  const failures = readFailures(result.stdout);
  if (failures.length === 0 && (result.exitCode !== 0 || counts.fail > 0 || counts.cancelled > 0)) {
    failures.push({ message: ending("npm test", result) });
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
    // A file that ended before its tests could run has no message of its own, only what it printed.
    const printed = details.error === "test failed" ? printedBefore(lines, index) : "";
    failures.push({
      message: `${path.join(" > ")}: ${details.error ?? details.failureType ?? "failed"}${printed}`,
      ...(file && { file }),
      ...(number && { line: Number(number) }),
    });
  }
  return failures;
}

function printedBefore(lines: string[], end: number): string {
  const start = lines.slice(0, end).findLastIndex((line) => /^(not )?ok \d/.test(line)) + 1;
  const comments = lines.slice(start, end).filter((line) => /^# (?!Subtest:)/.test(line));
  const text = lastLines(
    comments.map((line) => line.slice(2).replaceAll("\\\\", "\\").replaceAll("\\#", "#")).join("\n"),
    1_000,
  );
  return text ? `\n${text}` : "";
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
