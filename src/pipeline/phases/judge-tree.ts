// tb's own verdict on a commit that nobody has planned: its openapi.json and its migrations say what it should be.
import { foundPlan } from "../../verify/found/found-plan.ts";
import { introspect } from "../../verify/introspect.ts";
import type { Contract } from "../../verify/probe/contract.ts";
import { loadContract } from "../../verify/openapi.ts";
import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { type Check, type CheckName, UNMEASURED, type Verdict } from "../../verify/verdict.ts";
import { verifyProject } from "../../verify/verify-project.ts";
import { judgeUndisturbed } from "../judge-undisturbed.ts";
import { changedMigrations } from "../live-schema.ts";
import { verifyDatabases } from "../names.ts";
import type { Phase, Run } from "../types.ts";
import type { VerifyStart } from "../verify.ts";
import { openWorkspace, reportProgress } from "../workspace.ts";
import type { TreeState } from "./check-out-tree.ts";
import type { EmptyState } from "./migrate-empty.ts";

type In = VerifyStart & TreeState & EmptyState;

export const judgeTree: Phase<In, { verdict: Verdict }> = {
  name: "verify",
  title: "Verify",
  run: async (state, run) => {
    const verdict = await run.step("verify", async () => {
      const found = await judge(state, run);
      await run.emit({ type: "verification", verdict: found });
      return found;
    });
    if (!verdict.passed) await run.emit({ type: "warning", text: `Not verified: ${failedNames(verdict)}` });
    return { verdict };
  },
  summarize: ({ verdict }) =>
    verdict.passed ? `Verified: ${shown(verdict).join(", ")}` : `Looked at everything; not verified`,
};

/** What fits a line. */
const SHOWN: ReadonlySet<CheckName> = new Set(["types", "build", "endpoints", "tests"]);

function shown({ checks }: Verdict): string[] {
  return checks.filter(({ name }) => SHOWN.has(name)).map(({ summary }) => summary);
}

function failedNames({ checks }: Pick<Verdict, "checks">): string {
  return checks
    .filter(({ passed }) => !passed)
    .map(({ name }) => name)
    .join(", ");
}

async function judge(state: In, run: Run): Promise<Verdict> {
  const { projectId, tree } = state;
  if (!tree.every(({ passed }) => passed))
    return { passed: false, checks: tree, endpoints: [], tables: [], scores: UNMEASURED };
  const workspace = await openWorkspace(run, { projectId, database: null });
  const sandbox = await workspace.sandbox();
  const cluster = state.work ? await run.adapters.databaseCluster() : null;
  const verdict = await judgeUndisturbed(run, { sandbox, cluster }, () => verifySandbox(state, run, sandbox));
  // Requests to a server without its tables say nothing that the migrations have not said.
  const told = state.migrated ? verdict.checks : verdict.checks.filter(({ name }) => name !== "endpoints");
  const checks = [...tree, ...(state.migrated ? await withHistory(told, state, run) : told)];
  return { ...verdict, passed: checks.every(({ passed }) => passed), checks };
}

async function verifySandbox(state: In, run: Run, sandbox: Sandbox): Promise<Verdict> {
  const { projectId, projectName, work } = state;
  const cluster = work ? await run.adapters.databaseCluster() : null;
  const contract = await loadContract({ sandbox });
  const facts = cluster && work ? await introspect(cluster, work) : null;
  const { probe, test } = verifyDatabases(projectId, run.id);
  return verifyProject({
    sandbox,
    cluster,
    projectId,
    database: work,
    scratch: { probe, test },
    plan: foundPlan(projectName, contract, facts),
    unplanned: endpointsOf(contract),
    signal: run.signal,
    onProgress: reportProgress(run),
    nodePath: process.execPath,
  });
}

function endpointsOf(contract: Contract | null): string[] {
  return [...(contract?.operations.keys() ?? [])];
}

/** The real database has a memory: a migration that it has applied must stay what it was. */
async function withHistory(checks: Check[], { database, work, isMain }: In, run: Run): Promise<Check[]> {
  if (database === null || work === null) return checks;
  const { changed, missing } = await changedMigrations(await run.adapters.databaseCluster(), database, work);
  const failures = [
    ...changed.map((name) => ({
      file: `migrations/${name}`,
      message:
        "was changed after the project's database had applied it: put it back as it was, and make the change in a new migration.",
    })),
    // An older commit, or a branch, need not have them.
    ...(isMain ? missing : []).map((name) => ({
      file: `migrations/${name}`,
      message: "was removed after the project's database had applied it: put it back.",
    })),
  ];
  if (failures.length === 0) return checks;
  return checks.map((one) =>
    one.name === "migrations"
      ? { ...one, passed: false, summary: "problems in migrations", failures: [...one.failures, ...failures] }
      : one,
  );
}
