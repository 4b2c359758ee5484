import type { Diagnosis } from "../doctor/diagnosis.ts";
import type { DoctorResult } from "../doctor/doctor.ts";
import { formatCheckLine } from "./check-lines.ts";
import { countOf } from "./count.ts";

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

function lines({ check, status, ...found }: Diagnosis): string[] {
  return formatCheckLine({ mark: MARKS[status], name: check, ...found }, COLUMN);
}
