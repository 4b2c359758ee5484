import type { CheckResult } from "../control/database-check.ts";
import type { Finding } from "../control/check/finding.ts";
import { wrap } from "./output.ts";

export function formatCheck({ findings }: CheckResult): string {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const title = finding.project ?? "tb";
    groups.set(title, [...(groups.get(title) ?? []), finding]);
  }
  return [...groups].map(([title, of]) => [`  ${title}`, ...of.flatMap(lines)].join("\n")).join("\n\n");
}

/** Longest name of a check, "control indexes", and a gap. */
const COLUMN = 17;

function lines({ check, status, message, details, fix }: Finding): string[] {
  const [first = "", ...rest] = wrap(message, 76 - COLUMN);
  const indent = " ".repeat(4 + COLUMN);
  return [
    `  ${status === "ok" ? "✔" : "✖"} ${check.padEnd(COLUMN)}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...details.flatMap((detail) => wrap(detail, 76 - COLUMN)).map((line) => `${indent}${line}`),
    ...(fix?.split("\n") ?? []).map((line) => `${indent}→ ${line}`),
  ];
}
