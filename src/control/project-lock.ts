// One run at a time works on a project. The lock is the runs' own leases, looked at while the project's row is locked, so
// that two runs which begin at the same moment see each other. Nothing stays locked: a dead run's lease simply ends.
import { TbError } from "../errors.ts";
import type { Control } from "./control.ts";
import { effectiveState } from "./run-view.ts";
import { unfinishedRuns, type RunRow } from "./runs.ts";

export interface ProjectClaim {
  /** null for a run that belongs to no project, which nobody is in the way of. */
  projectId: string | null;
  runId: string;
  /** Refuse also while another run is parked, because what it holds would be taken away. */
  alone?: boolean;
}

/** Does `work` in one transaction in which no other run can begin to work on the project.
 * Throws TbError "conflict" that names the run in the way (not parked: this one has not begun). */
export async function withFreeProject<T>(
  control: Control,
  { projectId, runId, alone = false }: ProjectClaim,
  work: (control: Control) => Promise<T>,
): Promise<T> {
  return control.transaction(async (query) => {
    const inside = { ...control, query };
    if (projectId !== null) await refuseBusy(inside, projectId, runId, alone);
    return work(inside);
  });
}

/** The same question before anything is prepared; the answer may have changed when the run begins. */
export async function refuseWhileBusy(control: Control, projectId: string, alone = false): Promise<void> {
  await withFreeProject(control, { projectId, runId: "", alone }, async () => {});
}

async function refuseBusy(control: Control, projectId: string, runId: string, alone: boolean): Promise<void> {
  const name = (await lockProject(control, projectId)) ?? projectId;
  const others = (await unfinishedRuns(control, projectId)).filter((other) => other.run_id !== runId);
  const working = others.find((other) => effectiveState(other) === "running");
  if (working) throw busy(name, working);
  if (others.some(({ pipeline }) => pipeline === "destroy")) throw halfRemoved(name);
  if (alone && others[0]) throw unfinished(name, others[0]);
}

/** Until the end of the transaction. Returns the project's name; null when it has no row yet. */
async function lockProject(control: Control, projectId: string): Promise<string | null> {
  const [row] = await control.query<{ name: string }>(
    "select name from project_contexts where project_id = $1 for update",
    [projectId],
  );
  return row?.name ?? null;
}

const DOES: Record<string, string> = {
  create: "is being created",
  deploy: "is being deployed",
  rollback: "is being rolled back",
  destroy: "is being removed",
  backup: "is being backed up",
  restore: "is being restored",
  verify: "is being verified",
};

function busy(name: string, run: RunRow): TbError {
  return new TbError("conflict", `${name} ${DOES[run.pipeline] ?? "is being worked on"} by run ${run.run_id}.`, {
    suggestion: `tb runs watch ${run.run_id}`,
    parks: false,
  });
}

function halfRemoved(name: string): TbError {
  return new TbError("conflict", `The removal of ${name} was begun; it can only be finished.`, {
    suggestion: `tb destroy ${name} --confirm ${name}`,
    parks: false,
  });
}

function unfinished(name: string, run: RunRow): TbError {
  return new TbError("conflict", `${name} has a run that is not finished: ${run.run_id} (${run.pipeline}).`, {
    suggestion: `tb cancel ${run.run_id}`,
    parks: false,
  });
}
