// Removing a project is a run like any other: one that was cut short is finished by the same command.
import type { Control } from "../control/control.ts";
import { refuseWhileBusy } from "../control/project-lock.ts";
import type { ProjectRow } from "../control/projects.ts";
import { unfinishedRuns } from "../control/runs.ts";
import { newId } from "../ids.ts";
import type { Runner } from "../tb-command.ts";
import type { DestroyStart } from "./destroy.ts";
import type { DestroyResult } from "./phases/record-destroy.ts";

/** Throws TbError "conflict" while another run of the project works or is parked. */
export async function startDestroy(runner: Runner, control: Control, project: ProjectRow): Promise<DestroyResult> {
  const { resumeRun, startRun } = await import("./start-run.ts");
  const begun = (await unfinishedRuns(control, project.project_id)).find(({ pipeline }) => pipeline === "destroy");
  if (begun) return (await runner.follow(begun.run_id, (deps) => resumeRun(deps, begun))) as DestroyResult;
  await refuseWhileBusy(control, project.project_id, true);
  const start: DestroyStart = { projectId: project.project_id, projectName: project.name };
  const run = {
    runId: newId("run"),
    pipeline: "destroy",
    ownerId: project.owner_id,
    projectId: project.project_id,
    request: null,
    modificationId: null,
    start,
    alone: true,
  } as const;
  return (await runner.follow(run.runId, (deps) => startRun(deps, run))) as DestroyResult;
}
