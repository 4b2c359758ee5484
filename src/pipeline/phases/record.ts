// The project is made: its record is completed, what only the run needed is released, and the result is put together.
import type { Isolation } from "../../adapters/sandbox/sandbox.ts";
import { allDone } from "../../all-done.ts";
import { sumCost } from "../../control/turns.ts";
import { applyModification } from "../../control/modifications.ts";
import { activateProject, setScores } from "../../control/projects.ts";
import { releaseRunScoped } from "../../control/release-resources.ts";
import type { Plan } from "../../plan/plan.ts";
import { endpointLabel } from "../../plan/endpoint-label.ts";
import { countOf } from "../../ui/count.ts";
import type { Verdict } from "../../verify/verdict.ts";
import type { CreateStart } from "../create.ts";
import type { Phase, Run } from "../types.ts";
import type { DeploymentState } from "./deploy.ts";
import type { SandboxFacts } from "./provision.ts";
import type { Dependencies, RepositoryState } from "./push-repository.ts";

type In = CreateStart & {
  model: string;
  plan: Plan;
  database: string | null;
  sandbox: SandboxFacts;
  verdict: Verdict;
  repository: RepositoryState;
  dependencies: Dependencies;
  snapshot: { id: string; url: string };
  deployment: DeploymentState | null;
};

/** The data of `tb create --json` (and of `tb apply`). */
export interface CreateResult {
  outcome: "created";
  project: { id: string; name: string };
  run: { id: string };
  modification: { id: string };
  model: string;
  sandbox: SandboxFacts;
  plan: Plan;
  database: { needed: boolean; reasoning: string; name: string | null; tables: string[] };
  endpoints: { method: string; path: string; file: string }[];
  files_changed: number;
  verification: { passed: boolean; checks: Verdict["checks"]; scores: Verdict["scores"] };
  repository: { url: string; branch: string; commit: string };
  snapshot: { url: string };
  /** Where it runs, and what keeps it away from everything else there. */
  deployment: { url: string; healthy: boolean; isolation: Isolation } | null;
  cost: { usd: number | null; input_tokens: number; output_tokens: number };
  assumptions: string[];
  not_understood: string[];
}

export const record: Phase<In, { result: CreateResult }> = {
  name: "record",
  title: "Write it down",
  run: async (state, run) => {
    const cost = await run.step("record", async () => {
      // Nothing here may need what it releases: it is done again when tb is killed before the end of it.
      await allDone([complete(state, run), releaseRunScoped(run.control, run.adapters, run.id)]);
      return sumCost(run.control, run.id);
    });
    const { endpoints } = state.verdict;
    await run.emit({
      type: "activity",
      action: "endpoints_added",
      details: `Added ${countOf(endpoints.length, "endpoint")}: ${endpoints.map(endpointLabel).join(", ")}`,
      references: { modification_id: state.modificationId },
    });
    await run.emit({
      type: "activity",
      action: "project_created",
      details: `Created project '${state.plan.name}'`,
      references: { modification_id: state.modificationId },
    });
    return { result: resultOf(state, run.id, cost) };
  },
  summarize: () => "Recorded",
};

async function complete(state: In, run: Run): Promise<void> {
  await activateProject(run.control, state.projectId, {
    codebase: { endpoints: state.verdict.endpoints, files: state.repository.files },
    dependencies: state.dependencies,
    environmentVariables: state.database ? ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD"] : [],
    deployment: state.deployment ? { url: state.deployment.url } : {},
  });
  await setScores(run.control, state.projectId, state.verdict.scores);
  await applyModification(run.control, state.modificationId, {
    modifiedFiles: state.verdict.endpoints.map(({ file }) => file),
    testResults: state.verdict.checks.map(({ name, passed, count }) => ({ name, passed, count })),
  });
}

function resultOf(state: In, runId: string, cost: CreateResult["cost"]): CreateResult {
  const { plan, verdict, repository, deployment } = state;
  return {
    outcome: "created",
    project: { id: state.projectId, name: plan.name },
    run: { id: runId },
    modification: { id: state.modificationId },
    model: state.model,
    sandbox: state.sandbox,
    plan,
    database: { ...plan.database, name: state.database, tables: verdict.tables },
    endpoints: verdict.endpoints,
    files_changed: repository.files,
    verification: { passed: verdict.passed, checks: verdict.checks, scores: verdict.scores },
    repository: { url: repository.url, branch: repository.branch, commit: repository.commit },
    snapshot: { url: state.snapshot.url },
    deployment: deployment && {
      url: deployment.url,
      healthy: deployment.healthy,
      isolation: deployment.isolation,
    },
    cost,
    assumptions: plan.assumptions,
    not_understood: plan.not_understood,
  };
}
