// Runs the built artefact for its users, on the project's real database.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "../../adapters/database-cluster/database-cluster.ts";
import type { DeployInput, DeployTarget, KeptBuild } from "../../adapters/deploy-target/deploy-target.ts";
import type { Isolation, Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { recordDeployment, recordFailedDeployment } from "../../control/deployments.ts";
import { withResource } from "../../control/ledger.ts";
import { TbError } from "../../errors.ts";
import { requireRoom } from "../require-room.ts";
import type { Phase, Run } from "../types.ts";
import { databaseExists } from "../live-schema.ts";
import { whileDatabaseAnswers } from "../while-database-answers.ts";
import { databaseEnv, openWorkspace, type Workspace } from "../workspace.ts";
import type { BuildState } from "./find-build.ts";

export interface DeploymentState {
  id: string;
  url: string;
  healthy: boolean;
  /** What keeps it away from everything else where it runs. */
  isolation: Isolation;
}

export interface DeployIn {
  projectId: string;
  deploymentId: string;
  deploy: boolean;
  database: string | null;
  repository: { commit: string };
  /** Of a deployment by itself; a create has its name in the plan. */
  projectName?: string;
  plan?: { name: string };
  build?: BuildState;
  /** The deployment whose version is brought back. */
  restores?: string | null;
  /** Migrations that this run has applied. */
  migrated?: string[];
}

export const deploy: Phase<DeployIn, { deployment: DeploymentState | null }> = {
  name: "deploy",
  title: "Deploy",
  skip: (state) =>
    state.deploy ? undefined : { reason: "not asked for (--no-deploy)", instead: { deployment: null } },
  run: async (state, run) => {
    const deployment = await run.step("deploy", () => deployBuild(state, run));
    await run.emit({
      type: "activity",
      action: "deployment",
      environment: "production",
      details: state.restores
        ? `Rolled back to ${state.repository.commit.slice(0, 7)} at ${deployment.url}`
        : `Deployed to ${deployment.url}`,
      references: { deployment_id: deployment.id },
    });
    return { deployment };
  },
  summarize: ({ deployment, restores }) => `${restores ? "Rolled back" : "Deployed"} ${deployment?.url}`,
};

/** Begins the deployment as far as nobody sees it; to be awaited beside what comes before the phase. What goes wrong is met
 * again, and told, by the phase. */
export async function prepareDeployment(state: ToPrepare, workspace: Workspace, run: Run): Promise<void> {
  if (!state.deploy) return;
  try {
    const artefact = await artefactIn(workspace, run);
    const target = await run.adapters.deployTarget();
    await withResource(run.control, resourceOf(state, run, target), async () =>
      target.prepare(await inputOf(state, run, artefact)),
    );
  } catch (error) {
    if (!(error instanceof TbError)) throw error;
  }
}

type ToPrepare = Pick<DeployIn, "projectId" | "deploymentId" | "deploy" | "database">;

async function inputOf(
  state: ToPrepare & Pick<DeployIn, "build">,
  run: Run,
  artefact: string | KeptBuild,
): Promise<DeployInput> {
  const { projectId, deploymentId, database } = state;
  const connection = database ? await liveConnection(run, state, database) : null;
  const env = { NODE_ENV: "production", ...(connection && databaseEnv(connection)) };
  return { projectId, deploymentId, artefact, env, database: connection, signal: run.signal };
}

function resourceOf({ projectId }: Pick<DeployIn, "projectId">, run: Run, { name: provider }: DeployTarget) {
  return { run_id: run.id, project_id: projectId, kind: "deployment", name: projectId, provider } as const;
}

async function deployBuild(state: DeployIn, run: Run): Promise<DeploymentState> {
  const { projectId, deploymentId, restores = null } = state;
  const artefact = await artefactOf(state, run);
  const target = await run.adapters.deployTarget();
  const { commit } = state.repository;
  const row = { deploymentId, projectId, runId: run.id, provider: target.name, commit, restores };
  try {
    const deployment = await withResource(run.control, resourceOf(state, run, target), async () => {
      const what = await inputOf(state, run, artefact);
      return what.database ? whileDatabaseAnswers(run, () => target.deploy(what)) : target.deploy(what);
    });
    await recordDeployment(run.control, { ...row, url: deployment.url });
    const { id, url, healthy, isolation } = deployment;
    return { id, url, healthy, isolation };
  } catch (error) {
    if (!(error instanceof TbError) || error.parks) throw error;
    await recordFailedDeployment(run.control, row);
    throw explain(error, state);
  }
}

/** What was built in this run, or the build that is kept of an earlier one. */
async function artefactOf({ projectId, build }: DeployIn, run: Run): Promise<string | KeptBuild> {
  if (build && build.kept !== null) return { deploymentId: build.kept };
  return artefactIn(await openWorkspace(run, { projectId, database: null }), run);
}

async function artefactIn(workspace: Workspace, run: Run): Promise<string> {
  const sandbox = await workspace.sandbox();
  await ensureBuilt(sandbox, run);
  return join(await sandbox.workTree(), ".output");
}

/** The target's error in the words of the person who deploys: the project's name, and what stays as it is now. */
function explain(error: TbError, { projectId, projectName, plan, migrated = [] }: DeployIn): TbError {
  const name = projectName ?? plan?.name ?? projectId;
  const lines = (error.suggestion ?? "").replaceAll(projectId, name).split("\n").filter(Boolean);
  const unhealthyDatabase = error.details?.some((line) => /database/i.test(line)) ?? false;
  if (unhealthyDatabase) lines.push("tb db check");
  return new TbError(error.code, error.message, {
    details: [
      ...(error.details ?? []),
      ...(migrated.length > 0 ? [`Stays applied to the database: ${migrated.join(", ")}`] : []),
    ],
    ...(lines.length > 0 && { suggestion: lines.join("\n") }),
    retryable: error.retryable,
    parks: error.parks,
    cause: error,
  });
}

/** The artefact that was verified; built again only when the sandbox had to be rebuilt. */
export async function ensureBuilt(sandbox: Sandbox, run: Run): Promise<void> {
  const entry = join(await sandbox.workTree(), ".output", "server", "index.mjs");
  if (await exists(entry)) return;
  await run.emit({ type: "progress", text: "building" });
  const built = await sandbox.exec(["node", "node_modules/nitro/dist/cli/index.mjs", "build"], { signal: run.signal });
  if (built.exitCode !== 0 || !(await exists(entry))) {
    await requireRoom({ sandbox, cluster: null });
    const lines = built.output.trim().split("\n");
    throw new TbError("failure", "The project does not build.", {
      details: lines.filter((line) => !/^\s+at /.test(line)).slice(0, 15), // the first error, without stack frames
      suggestion: "Correct it, push to main, and deploy again.",
    });
  }
}

/** With the rights that this tb gives: an earlier one may have given others, and a role may have changed itself. */
async function liveConnection(
  run: Run,
  { projectId, build }: Pick<DeployIn, "projectId" | "build">,
  database: string,
): Promise<Connection> {
  const cluster = await run.adapters.databaseCluster();
  const old = build !== undefined && (await databaseExists(cluster, database)); // one that is lost is not replaced by an empty one
  if (old) await cluster.provision(projectId, database);
  return cluster.connection(projectId, "app", database);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
