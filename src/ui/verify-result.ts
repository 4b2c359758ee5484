// What `tb verify` says: a line for what is sound, and everything that is not, worded for whoever mends it.
import { TbError } from "../errors.ts";
import type { VerifyResult } from "../pipeline/phases/record-verdict.ts";
import { UNMEASURED } from "../verify/verdict.ts";
import { paint, width, wrap } from "./output.ts";
import { formatScores } from "./scores.ts";

export function formatVerified({ outcome, project, branch, commit, checks, ...rest }: VerifyResult): string {
  const place = `${branch ? `${branch} ` : ""}${commit.slice(0, 7)}`;
  const passed = checks.filter((one) => one.passed).map(({ summary }) => summary);
  const measured = formatScores({ ...UNMEASURED, ...rest.scores }); // runs of an older tb have none
  return [
    `${project.name}, ${place}: ${outcome === "verified" ? "verified" : "not verified"}.`,
    "",
    ...hanging(paint("green", "✔", process.stdout), passed.join(", ")),
    ...(measured ? hanging(" ", `Measured: ${measured}`) : []),
    ...failedChecks(checks),
  ].join("\n");
}

interface ShownCheck {
  name: string;
  passed: boolean;
  failures: readonly ShownFailure[];
}

interface ShownFailure {
  message: string;
  file?: string | null;
  line?: number | null;
  endpoint?: string | null;
}

/** The checks that failed, with what they found. */
export function failedChecks(checks: readonly ShownCheck[]): string[] {
  return checks.filter((one) => !one.passed).flatMap(failedLines);
}

/** The error that ends the command beside a result that is no success; null for one that is. */
export function notVerified(result: object): TbError | null {
  if (!isVerifyResult(result) || result.outcome === "verified") return null;
  const { project, run, checks } = result;
  const names = checks.filter((one) => !one.passed).map(({ name }) => name);
  return new TbError("verification_failed", `${project.name} is not verified: ${names.join(", ")}.`, {
    suggestion: `tb dev ${project.name}      a working copy to mend it in\ntb runs watch ${run.id}      shows this verdict again`,
    parks: false,
  });
}

function isVerifyResult(result: object): result is VerifyResult {
  return "outcome" in result && (result.outcome === "verified" || result.outcome === "not_verified");
}

/** A person mends a few at a time; --json has them all. */
const SHOWN_FAILURES = 6;
const SHOWN_LINES = 14;

function failedLines({ name, failures }: ShownCheck): string[] {
  const more = failures.length - SHOWN_FAILURES;
  return [
    "",
    `  ${paint("red", "✖", process.stdout)} ${name}`,
    ...failures.slice(0, SHOWN_FAILURES).flatMap(failureLines),
    ...(more > 0 ? [`    … and ${more} more; --json shows all`] : []),
  ];
}

function failureLines({ message, file = null, line = null, endpoint = null }: ShownFailure): string[] {
  const place = file && `${file}${line === null ? "" : `:${line}`}`;
  const where = [endpoint, place].filter((part) => part !== null).join("  ");
  const lines = message
    .split("\n")
    .filter((text) => text.trim() !== "")
    .flatMap((text) => indented(text, where ? 6 : 4));
  return [...(where ? [`    ${where}`] : []), ...lines.slice(0, SHOWN_LINES)];
}

/** Wrapped, except for what was printed in columns. */
function indented(text: string, columns: number): string[] {
  const lines = /^\s/.test(text) ? [text] : wrap(text, width() - columns);
  return lines.map((one) => `${" ".repeat(columns)}${one}`.trimEnd());
}

function hanging(mark: string, text: string): string[] {
  return wrap(text, width() - 4).map((line, i) => `  ${i === 0 ? mark : " "} ${line}`);
}
