// The verdict: what tb found out by its own hand about a project, as data.

/** "files" and "routes" are made of a repository that nobody has planned (tb verify), "plan" of what was planned. */
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
  | "migrations"
  | "unchanged";

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

/** What was measured, in percent; null where nothing was measured (docs/verification.md). */
export interface Scores {
  /** Lines of server/ that the project's own tests run. */
  test_coverage: number | null;
  /** Share of the security probes that passed. */
  security_score: number | null;
  /** Apdex of the valid requests. */
  performance_score: number | null;
}

export const UNMEASURED: Scores = { test_coverage: null, security_score: null, performance_score: null };

export interface Verdict {
  passed: boolean;
  checks: Check[];
  /** The routes that were found in the project, by tb's own enumeration. */
  endpoints: { method: string; path: string; file: string }[];
  /** The tables that were found in the database, by introspection. */
  tables: string[];
  scores: Scores;
}
