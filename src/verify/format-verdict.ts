// A verdict as text, for the model that has to mend what failed and for a person who reads why.
import type { Failure, Verdict } from "./verdict.ts";

/** "✔ types, lint …" and, for each check that failed, its problems: `file:line endpoint: message`. */
export function formatVerdict(verdict: Verdict): string {
  const passed = verdict.checks.filter((check) => check.passed).map((check) => check.summary);
  const lines = passed.length > 0 ? [`Passed: ${passed.join(", ")}`] : [];
  for (const check of verdict.checks.filter((check) => !check.passed)) {
    lines.push(`Failed: ${check.name}`, ...check.failures.map((failure) => `- ${formatFailure(failure)}`));
  }
  return lines.join("\n");
}

function formatFailure({ file, line, endpoint, message }: Failure): string {
  const place = file ? `${file}${line === undefined ? "" : `:${line}`}` : "";
  const where = [endpoint, place && endpoint ? `(${place})` : place].filter(Boolean).join(" ");
  const body = message.replaceAll("\n", "\n  ");
  return where ? `${where}: ${body}` : body;
}
