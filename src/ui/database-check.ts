import type { CheckResult } from "../control/database-check.ts";
import type { Finding } from "../control/check/finding.ts";
import { formatCheckLine } from "./check-lines.ts";

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

function lines({ check, status, ...found }: Finding): string[] {
  return formatCheckLine({ mark: status === "ok" ? "✔" : "✖", name: check, ...found }, COLUMN);
}
