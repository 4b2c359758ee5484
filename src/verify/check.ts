// One check: timed, with a bounded list of failures that are worded for whoever wrote the code.
import { stripVTControlCharacters } from "node:util";
import { TbError } from "../errors.ts";
import type { ExecResult } from "../adapters/sandbox/sandbox.ts";
import type { Check, CheckName, Failure } from "./verdict.ts";

const MAX_FAILURES = 20;
const MAX_LENGTH = 2_000;

export interface Finding {
  count: number | null;
  /** Said when it passed: "12 endpoints (61 requests)". */
  summary: string;
  failures: Failure[];
}

/** Runs a check. It rejects only when the check could not be made at all (aborted, sandbox gone). */
export async function check(
  name: CheckName,
  work: () => Promise<Finding>,
  started: number = performance.now(),
): Promise<Check> {
  const { count, summary, failures } = await work();
  const passed = failures.length === 0;
  return {
    name,
    passed,
    count,
    summary: passed ? summary : `${failures.length} ${failures.length === 1 ? "problem" : "problems"} in ${name}`,
    duration_ms: Math.round(performance.now() - started),
    failures: bounded(failures),
  };
}

/** Work that finds nothing: what the project itself is to blame for (TbError "failure", "not_found") is a failure, anything
 * else (no network, a full disk) is thrown. */
export async function unlessFaulty(summary: string, work: () => Promise<unknown>): Promise<Finding> {
  try {
    await work();
    return { count: null, summary, failures: [] };
  } catch (error) {
    if (!(error instanceof TbError && (error.code === "failure" || error.code === "not_found"))) throw error;
    const message = [error.message, ...(error.details ?? [])].join("\n");
    return { count: null, summary, failures: [{ message }] };
  }
}

function bounded(failures: Failure[]): Failure[] {
  const shown = chosen(failures).map((failure) => ({
    ...failure,
    message: shorten(stripVTControlCharacters(failure.message)),
  }));
  const rest = failures.length - shown.length;
  return rest > 0 ? [...shown, { message: `… and ${rest} more.` }] : shown;
}

/** As many as are told, in their order: where there are more, the first of each endpoint (or file) before the second of any. */
function chosen(failures: Failure[]): Failure[] {
  const counts = new Map<string, number>();
  const ranked = failures.map((failure, index) => {
    const place = failure.endpoint ?? failure.file ?? "";
    const rank = counts.get(place) ?? 0;
    counts.set(place, rank + 1);
    return { failure, index, rank };
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, MAX_FAILURES)
    .toSorted((a, b) => a.index - b.index)
    .map(({ failure }) => failure);
}

/** The first 2,000 characters, saying so. */
export function shorten(text: string, length = MAX_LENGTH): string {
  return text.length <= length ? text : `${text.slice(0, length - 2)} …`;
}

/** The end of what a command printed, where the reason usually is. */
export function lastLines(output: string, length = 1_500): string {
  const text = stripVTControlCharacters(output)
    .split("\n")
    .filter((line) => !/^\s+at .*(node_modules|node:)/.test(line)) // frames that nobody who reads this can change
    .join("\n")
    .trim();
  return text.length <= length ? text : `… ${text.slice(-length)}`;
}

/** How a command ended, for a failure that has no better words. */
export function ending(command: string, result: ExecResult): string {
  const how = result.timedOut
    ? "took too long and was stopped"
    : `ended with exit code ${result.exitCode ?? "none (killed)"}`;
  const output = lastLines(result.output);
  return `${command} ${how}${output ? `:\n${output}` : " and printed nothing."}`;
}

export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : many}`;
}
