// The verdict, kept with the run; everything that was made for it goes.
import { setScores } from "../../control/projects.ts";
import { releaseRunScoped } from "../../control/release-resources.ts";
import type { Failure, Scores, Verdict } from "../../verify/verdict.ts";
import type { Phase } from "../types.ts";
import type { VerifyStart } from "../verify.ts";

/** The data of `tb verify --json`. */
export interface VerifyResult {
  /** "verified" only when every check has passed. */
  outcome: "verified" | "not_verified";
  /** The project. */
  project: { id: string; name: string };
  /** The run that has looked at it, which keeps this result. */
  run: { id: string };
  /** The branch; null for a commit that was named by itself. */
  branch: string | null;
  /** The commit that was looked at. */
  commit: string;
  /** Each check that could be made, in a fixed order. */
  checks: VerifiedCheck[];
  /** The endpoints that tb has found in the code. */
  endpoints: { method: string; path: string; file: string }[];
  /** The tables that the migrations make. */
  tables: string[];
  /** What was measured, in percent; null where nothing was measured. */
  scores: Scores;
}

interface VerifiedCheck {
  /** What was checked, such as types, build, endpoints or tests. */
  name: string;
  /** Whether nothing was found. */
  passed: boolean;
  /** What was counted (endpoints' requests, tests, migrations); null where nothing is. */
  count: number | null;
  /** In a few words, such as "12 endpoints (61 requests)". */
  summary: string;
  /** How long it took. */
  duration_ms: number;
  /** What is wrong; empty when it passed. */
  failures: VerifiedFailure[];
}

interface VerifiedFailure {
  /** What is wrong, and where there is a way, what to do. */
  message: string;
  /** The file it is in; null when it is in no single one. */
  file: string | null;
  /** The line of the file; null when it is not known. */
  line: number | null;
  /** The endpoint it is about, such as "POST /api/users"; null when it is about none. */
  endpoint: string | null;
}

export const recordVerdict: Phase<VerifyStart & { verdict: Verdict }, { result: VerifyResult }> = {
  name: "record",
  title: "Clear away",
  run: async (state, run) => {
    await run.step("release", async () => {
      if (state.isMain) await setScores(run.control, state.projectId, state.verdict.scores);
      await releaseRunScoped(run.control, run.adapters, run.id);
      return null;
    });
    const { verdict, repository } = state;
    return {
      result: {
        outcome: verdict.passed ? "verified" : "not_verified",
        project: { id: state.projectId, name: state.projectName },
        run: { id: run.id },
        branch: repository.branch,
        commit: repository.commit,
        checks: verdict.checks.map((one) => ({ ...one, failures: one.failures.map(complete) })),
        endpoints: verdict.endpoints,
        tables: verdict.tables,
        scores: verdict.scores,
      },
    };
  },
  summarize: () => "Cleared away",
};

function complete({ message, file, line, endpoint }: Failure): VerifiedFailure {
  return { message, file: file ?? null, line: line ?? null, endpoint: endpoint ?? null };
}
