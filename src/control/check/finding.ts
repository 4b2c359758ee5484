// One thing that `tb db check` looks at, and what it found.
import { toErrorJson } from "../../errors.ts";
import { foreseenError } from "../../foreseen-error.ts";

export type CheckName =
  | "control schema"
  | "control indexes"
  | "runs"
  | "ledger"
  | "orphans"
  | "project"
  | "database"
  | "roles"
  | "migrations"
  | "indexes"
  | "repository"
  | "snapshots"
  | "deployment";

export interface Finding {
  check: CheckName;
  /** Name of the project; null for tb's own state. */
  project: string | null;
  status: "ok" | "problem";
  /** What was found, in one sentence. */
  message: string;
  details: string[];
  /** What mends it: a command, or a sentence where there is none; null when all is well. */
  fix: string | null;
}

/** What a check says when something is wrong; null from a check means that all is well. */
export interface Problem {
  message: string;
  details?: string[];
  fix: string;
}

/** Makes one check. What it throws is what it found: one check that cannot be made keeps no other from being made. */
export async function look(
  check: CheckName,
  project: string | null,
  well: string,
  work: () => Promise<Problem | string | null>,
): Promise<Finding> {
  const base = { check, project, details: [], fix: null };
  try {
    const found = await work();
    if (found === null || typeof found === "string") return { ...base, status: "ok", message: found ?? well };
    return { ...base, status: "problem", details: [], ...found };
  } catch (error) {
    const { message, suggestion, details } = toErrorJson(foreseenError(error) ?? error);
    return { ...base, status: "problem", message, details: details ?? [], fix: suggestion };
  }
}
