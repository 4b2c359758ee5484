import type { Diagnosis } from "../doctor/diagnosis.ts";
import type { DoctorResult } from "../doctor/doctor.ts";
import { countOf } from "./count.ts";
import { wrap } from "./output.ts";

const MARKS: Record<Diagnosis["status"], string> = { ok: "✔", warning: "⚠", problem: "✖" };
/** Longest name of a check, "configuration", and a gap. */
const COLUMN = 15;

export function formatDoctor({ diagnoses, warnings, problems }: DoctorResult): string {
  const end =
    problems > 0
      ? `${countOf(problems, "problem")}, ${countOf(warnings, "warning")}.`
      : `tb can work here${warnings > 0 ? `, with ${countOf(warnings, "warning")}` : ""}.`;
  return [...diagnoses.flatMap(lines), "", end].join("\n");
}

function lines({ check, status, message, details, fix }: Diagnosis): string[] {
  const indent = " ".repeat(4 + COLUMN);
  const [first = "", ...rest] = [message, ...details].flatMap((text) => wrap(text, 76 - COLUMN));
  return [
    `  ${MARKS[status]} ${check.padEnd(COLUMN)}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...(fix?.split("\n") ?? []).map((line) => `${indent}→ ${line}`),
  ];
}
