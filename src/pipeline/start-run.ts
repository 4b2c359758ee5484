// Starting, continuing and cancelling runs: who may work on one, and what its row says in between.
import type { Control } from "../control/control.ts";
import { activeDeployment } from "../control/deployments.ts";
import { withFreeProject } from "../control/project-lock.ts";
import { insertRequest } from "../control/requests.ts";
import { insertModification, setModificationStatus } from "../control/modifications.ts";
import { releaseResources } from "../control/release-resources.ts";
import {
  beginCancel,
  findRun,
  insertRun,
  isBeingCancelled,
  settleRun,
  takeLease,
  type RunRow,
} from "../control/runs.ts";
import { TbError } from "../errors.ts";
import { tbVersion } from "../version.ts";
import type { DeployStart } from "./deploy.ts";
import { executeRun, forgetRun, type EngineDeps } from "./engine.ts";
import { requireIsolation } from "./require-isolation.ts";
import { withResumeHint } from "./resume-hint.ts";
import { isOwnerAlive, leaseOwner, pidOfOwner } from "./lease-owner.ts";
import { createVoice, recordUndone } from "./run-events.ts";

export interface NewRunOf {
  runId: string;
  pipeline: "create" | "deploy" | "rollback" | "destroy" | "verify" | "backup" | "restore";
  ownerId: string;
  /** null for a run that works on several projects, or on none. */
  projectId: string | null;
  /** What the user asked, and the row it gets; null for runs that no words asked for. */
  request: { id: string; text: string } | null;
  /** The change to the project that the run makes; null when it makes none. */
  modificationId: string | null;
  start: object;
  /** Begins only when no other run of the project is unfinished. */
  alone?: boolean;
}

/** Makes the run's rows and works on it. Returns its result; throws the error it failed or parked with, and, without any
 * row, TbError "conflict" when another run works on the project and "configuration" as `requireIsolation` does. */
export async function startRun(deps: EngineDeps, run: NewRunOf): Promise<object> {
  await requireIsolation(deps, run);
  const token = await withFreeProject(deps.control, run, async (control) => {
    const { projectId, request, modificationId } = run;
    if (request && projectId) await insertRequest(control, { ...run, projectId, request });
    await insertRun(control, {
      runId: run.runId,
      pipeline: run.pipeline,
      ownerId: run.ownerId,
      projectId: run.projectId,
      requestId: run.request?.id ?? null,
      modificationId: run.modificationId,
      input: run.start,
      version: tbVersion(),
    });
    if (modificationId && request && projectId) {
      await insertModification(control, { ...run, projectId, modificationId, request: request.text });
    }
    return takeLease(control, run.runId, 0, leaseOwner());
  });
  return work(deps, await findRun(deps.control, run.runId), token!); // nobody else knew of the run
}

/** The data of `tb resume` when there was nothing to continue. */
export interface AlreadyFinished {
  /** The run had succeeded before; nothing was done. */
  outcome: "unchanged";
  /** The run. */
  run: { id: string; pipeline: string };
  /** When it ended. */
  finished_at: string;
  /** What it came to then. */
  result: object;
}

/** null for a run that has not succeeded. */
export function alreadyFinished(row: RunRow): AlreadyFinished | null {
  if (row.state !== "succeeded") return null;
  return {
    outcome: "unchanged",
    run: { id: row.run_id, pipeline: row.pipeline },
    finished_at: new Date(row.finished_at! * 1000).toISOString(),
    result: row.result!,
  };
}

/** Continues a run that was parked or whose process has died. A run that has succeeded just returns its result. */
export async function resumeRun(deps: EngineDeps, row: RunRow): Promise<object> {
  if (row.state === "succeeded") return row.result!;
  if (row.state === "failed" || row.state === "cancelled") {
    throw new TbError(
      "conflict",
      `Run ${row.run_id} ${row.state === "failed" ? "has failed" : "was cancelled"} and was undone; there is nothing to continue.`,
      {
        suggestion: "Run the command that started it again.",
        parks: false,
      },
    );
  }
  refuseIfWorkedOn(row);
  if (isBeingCancelled(row)) {
    throw new TbError("conflict", `Cancelling run ${row.run_id} was begun, so it cannot go on.`, {
      suggestion: `tb cancel ${row.run_id}`,
      parks: false,
    });
  }
  await refuseSuperseded(deps.control, row);
  await requireIsolation(deps, { pipeline: row.pipeline, projectId: row.project_id });
  return work(deps, row, await take(deps.control, row));
}

/** Undoes everything a run holds and closes it. A run that works in another process of this machine is parked first.
 * The row says "cancelled" last, so that a cancellation that was cut short is simply called again. */
export async function cancelRun(
  deps: EngineDeps,
  row: RunRow,
): Promise<{ released: string[]; outcome: "cancelled" | "unchanged" }> {
  const { control, adapters } = deps;
  if (row.state === "succeeded") {
    throw new TbError("conflict", `Run ${row.run_id} has succeeded; what it made is in use.`, {
      suggestion: `tb destroy ${row.project_id ?? "PROJECT"} --confirm NAME      remove the project`,
      parks: false,
    });
  }
  if (row.state === "failed" || row.state === "cancelled") return { released: [], outcome: "unchanged" };
  if (row.pipeline === "destroy") {
    throw new TbError("conflict", "A project's removal cannot be undone; once begun, it can only be finished.", {
      suggestion: `tb resume ${row.run_id}`,
      parks: false,
    });
  }
  const parked = await parkOther(control, row);
  if (parked.state !== "running" && parked.state !== "parked") return cancelRun(deps, parked); // it has just ended
  const token = await take(control, parked);
  await beginCancel(control, row.run_id, token);
  const released = await releaseResources(control, adapters, { runId: row.run_id });
  const voice = createVoice({ control, sinks: [], row, token });
  await recordUndone({ row, voice }, "cancelled", "Cancelled; everything it had made was removed");
  if (row.modification_id) await setModificationStatus(control, row.modification_id, "cancelled");
  await forgetRun(control, row.run_id);
  await settleRun(control, row.run_id, token, { state: "cancelled", error: null, result: null });
  return { released: released.map(({ kind, name }) => `${kind} ${name}`), outcome: "cancelled" };
}

async function work(deps: EngineDeps, row: RunRow, token: number): Promise<object> {
  const outcome = await executeRun(row, token, deps);
  if (outcome.state === "succeeded") return outcome.result;
  if (outcome.state === "failed") throw outcome.error;
  throw withResumeHint(outcome.error, row.run_id);
}

async function take(control: Control, row: RunRow): Promise<number> {
  const claim = { projectId: row.project_id, runId: row.run_id };
  const token = await withFreeProject(control, claim, (inside) =>
    takeLease(inside, row.run_id, row.lease_token, leaseOwner()),
  );
  if (token === null) throw workedOn(row.run_id);
  return token;
}

/** A parked deployment must not bring its version back over one that was deployed since. */
async function refuseSuperseded(control: Control, { run_id, pipeline, project_id, input }: RunRow): Promise<void> {
  if (pipeline !== "deploy" && pipeline !== "rollback") return;
  const active = await activeDeployment(control, project_id!);
  const { deploymentId, replaces } = input as Pick<DeployStart, "deploymentId" | "replaces">;
  if (!active || active.deployment_id === deploymentId || active.deployment_id === replaces) return;
  throw new TbError(
    "conflict",
    `Another version (${active.commit.slice(0, 7)}, ${active.deployment_id}) was deployed after run ${run_id} had begun.`,
    { suggestion: `tb cancel ${run_id}      give this run up`, parks: false },
  );
}

function refuseIfWorkedOn(row: RunRow): void {
  if (row.state !== "running" || !row.lease_owner) return;
  const alive = isOwnerAlive(row.lease_owner);
  if (alive === true || (alive === "unknown" && !row.lease_expired)) throw workedOn(row.run_id);
}

function workedOn(runId: string): TbError {
  return new TbError("conflict", `Run ${runId} is being worked on by another process.`, {
    suggestion: `tb runs show ${runId}`,
    parks: false,
  });
}

/** Asks the process that works on the run (on this machine) to park it, and waits until it has. */
async function parkOther(control: Control, row: RunRow): Promise<RunRow> {
  if (row.state !== "running" || !row.lease_owner) return row;
  const alive = isOwnerAlive(row.lease_owner);
  if (alive === "unknown" && !row.lease_expired) throw workedOn(row.run_id);
  if (alive !== true) return row;
  const owner = row.lease_owner;
  process.kill(pidOfOwner(owner)!, "SIGINT");
  for (let waited = 0; waited < 30_000 && isOwnerAlive(owner) === true; waited += 100) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (isOwnerAlive(owner) === true) throw workedOn(row.run_id);
  return findRun(control, row.run_id);
}
