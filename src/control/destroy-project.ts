// Removing a project: the ledger walked once more, for all of its runs. Cut short, it is simply called again.
import type { Adapters } from "../adapters/index.ts";
import { TbError } from "../errors.ts";
import { actionId } from "./action-id.ts";
import type { Control } from "./control.ts";
import type { ProjectRow } from "./projects.ts";
import { releaseResources } from "./release-resources.ts";
import { effectiveState } from "./run-view.ts";
import { listRuns } from "./runs.ts";

/** Throws TbError "conflict" while a run works on the project. */
export async function destroyProject(
  control: Control,
  adapters: Adapters,
  project: ProjectRow,
): Promise<{ kind: string; name: string }[]> {
  const id = project.project_id;
  for (const state of ["running", "parked"] as const) {
    const [run] = await listRuns(control, { projectId: id, state, limit: 1 });
    if (!run) continue;
    const working = effectiveState(run) === "running";
    throw new TbError(
      "conflict",
      `${project.name} has a run that is ${working ? "working" : "not finished"}: ${run.run_id}.`,
      {
        suggestion: `tb cancel ${run.run_id}`,
        parks: false,
      },
    );
  }
  const released = await releaseResources(control, adapters, { projectId: id }, { except: "project" });
  await recordDestroyed(control, project); // while the project can still be found: cut short, this is called again
  await releaseResources(control, adapters, { projectId: id });
  return released.map(({ kind, name }) => ({ kind, name }));
}

async function recordDestroyed(control: Control, { project_id, owner_id, name }: ProjectRow): Promise<void> {
  await control.query(
    `insert into project_actions (action_id, project_id, user_id, action_type, action_details, status, environment, created_at)
     select $1, $2, $3, 'project_destroyed', $4, 'succeeded', 'production', extract(epoch from now())::bigint
     where not exists (select from project_actions where project_id = $2 and action_type = 'project_destroyed')`,
    [actionId(`destroyed ${project_id}`), project_id, owner_id, `Removed project '${name}'`],
  );
}
