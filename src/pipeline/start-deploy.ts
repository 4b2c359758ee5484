// A deployment of main: what it needs is looked up before the run begins.
import type { Control } from "../control/control.ts";
import { findDatabase } from "../control/project-databases.ts";
import { findProject } from "../control/projects.ts";
import { findRepository } from "../control/repositories.ts";
import { TbError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Runner } from "../tb-command.ts";
import type { DeployStart } from "./deploy.ts";
import type { DeployResult } from "./phases/record-deploy.ts";

/** Throws TbError "not_found" without a project, "conflict" for one that is not finished. */
export async function startDeploy(
  runner: Runner,
  control: Control,
  input: { ownerId: string; project: string },
): Promise<DeployResult> {
  const project = await findProject(control, input.ownerId, input.project);
  const repository = await findRepository(control, project.project_id);
  if (project.status !== "active" || !repository?.commit) {
    throw new TbError("conflict", `${project.name} is not finished, so there is nothing to deploy yet.`, {
      suggestion: "tb runs list      find its run, then tb resume RUN or tb cancel RUN",
      parks: false,
    });
  }
  const start: DeployStart = {
    projectId: project.project_id,
    projectName: project.name,
    deploymentId: newId("dep"),
    deploy: true,
    database: (await findDatabase(control, project.project_id))?.name ?? null,
    repository: { ...repository, commit: repository.commit },
  };
  const run = {
    runId: newId("run"),
    pipeline: "deploy",
    ownerId: input.ownerId,
    projectId: project.project_id,
    request: null,
    modificationId: null,
    start,
  } as const;
  const { startRun } = await import("./start-run.ts");
  return (await runner.follow(run.runId, (deps) => startRun(deps, run))) as DeployResult;
}
