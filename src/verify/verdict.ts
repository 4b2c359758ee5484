// The verdict: what tb found out by its own hand about a project, as data.

/** "files", "dependencies" and "routes" are made of a repository that nobody has planned (tb verify). */
export type CheckName =
  | "files"
  | "dependencies"
  | "types"
  | "lint"
  | "openapi"
  | "build"
  | "boot"
  | "plan"
  | "routes"
  | "endpoints"
  | "tests"
  | "migrations";

/** One thing that is wrong, worded so that whoever wrote the code can mend it. */
export interface Failure {
  message: string;
  file?: string;
  line?: number;
  /** "POST /api/users" */
  endpoint?: string;
}

export interface Check {
  name: CheckName;
  passed: boolean;
  /** What was counted: files, requests, tests, tables; null where nothing is. */
  count: number | null;
  /** "12 endpoints (61 requests)" */
  summary: string;
  duration_ms: number;
  failures: Failure[];
}

export interface Verdict {
  passed: boolean;
  checks: Check[];
  /** The routes that were found in the project, by tb's own enumeration. */
  endpoints: { method: string; path: string; file: string }[];
  /** The tables that were found in the database, by introspection. */
  tables: string[];
}
