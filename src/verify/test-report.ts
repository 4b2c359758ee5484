// Reads what node:test reports: TAP for people and lcov for programs, both written by the runner itself.
import type { Failure } from "./verdict.ts";

const COUNTERS = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"] as const;

export type TestCounts = Record<(typeof COUNTERS)[number], number>;

const COVERAGE = "# start of coverage report";
const COVERAGE_END = "# end of coverage report";

/** The summary at the very end of a TAP report (before that of the coverage); a test that prints such lines cannot come
 * after it. */
export function readCounts(tap: string): TestCounts | null {
  const covered = tap.trimEnd().endsWith(COVERAGE_END);
  const lines = (covered ? tap.slice(0, tap.lastIndexOf(`\n${COVERAGE}`)) : tap)
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
export function readErrors(tap: string): string[] {
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

/** A file of the project as its tests have run it. */
export interface FileCoverage {
  lines: number;
  covered: number;
  /** How often each of its functions was called, in the order of the file. */
  calls: number[];
}

/** By path, as the report has it. */
export function readLcov(text: string): Map<string, FileCoverage> {
  const files = new Map<string, FileCoverage>();
  let current: FileCoverage | undefined;
  for (const line of text.split("\n")) {
    const [, key, value = ""] = /^([A-Z]+):(.*)$/.exec(line) ?? [];
    if (key === "SF") {
      current = { lines: 0, covered: 0, calls: [] };
      files.set(value.replaceAll("\\", "/"), current);
    } else if (current && key === "LF") current.lines = Number(value);
    else if (current && key === "LH") current.covered = Number(value);
    else if (current && key === "FNDA") current.calls.push(Number(value.split(",")[0]));
  }
  return files;
}
