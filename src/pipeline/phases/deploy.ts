// Runs the built artefact for its users, on the project's real database.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { recordDeployment, recordFailedDeployment } from "../../control/deployments.ts";
import { withResource } from "../../control/ledger.ts";
import { TbError } from "../../errors.ts";
import type { Phase, Run } from "../types.ts";
import { databaseEnv, openWorkspace } from "../workspace.ts";

export interface DeploymentState {
  id: string;
  url: string;
  healthy: boolean;
}

export interface DeployIn {
  projectId: string;
  deploymentId: string;
  deploy: boolean;
  database: string | null;
  repository: { commit: string };
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
      details: `Deployed to ${deployment.url}`,
      references: { deployment_id: deployment.id },
    });
    return { deployment };
  },
  summarize: ({ deployment }) => `Deployed ${deployment?.url}`,
};

async function deployBuild(state: DeployIn, run: Run): Promise<DeploymentState> {
  const { projectId, deploymentId, database } = state;
  const workspace = await openWorkspace(run, { projectId, database: database !== null });
  const sandbox = await workspace.sandbox();
  await ensureBuilt(sandbox, run);
  const target = await run.adapters.deployTarget();
  const row = { deploymentId, projectId, runId: run.id, provider: target.name, commit: state.repository.commit };
  const resource = {
    run_id: run.id,
    project_id: projectId,
    kind: "deployment",
    name: projectId,
    provider: target.name,
  } as const;
  try {
    const deployment = await withResource(run.control, resource, async () =>
      target.deploy({
        projectId,
        deploymentId,
        artefact: join(await sandbox.workTree(), ".output"),
        env: { NODE_ENV: "production", ...(database && databaseEnv(await liveConnection(run, projectId, database))) },
        signal: run.signal,
      }),
    );
    await recordDeployment(run.control, { ...row, url: deployment.url });
    return { id: deployment.id, url: deployment.url, healthy: deployment.healthy };
  } catch (error) {
    if (error instanceof TbError && !error.parks) await recordFailedDeployment(run.control, row);
    throw error;
  }
}

/** The artefact that was verified; built again only when the sandbox had to be rebuilt. */
export async function ensureBuilt(sandbox: Sandbox, run: Run): Promise<void> {
  const entry = join(await sandbox.workTree(), ".output", "server", "index.mjs");
  if (await exists(entry)) return;
  await run.emit({ type: "progress", text: "building" });
  const built = await sandbox.exec(["node", "node_modules/nitro/dist/cli/index.mjs", "build"], { signal: run.signal });
  if (built.exitCode !== 0 || !(await exists(entry))) {
    const lines = built.output.trim().split("\n");
    throw new TbError("failure", "The project does not build.", {
      details: lines.filter((line) => !/^\s+at /.test(line)).slice(0, 15), // the first error, without stack frames
      suggestion: "Correct it, push to main, and deploy again.",
    });
  }
}

async function liveConnection(run: Run, projectId: string, database: string) {
  return (await run.adapters.databaseCluster()).connection(projectId, "app", database);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
