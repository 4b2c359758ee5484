// A verification: what is to be looked at is found before the run begins, and whatever stops the run, it leaves nothing.
import type { Adapters } from "../adapters/index.ts";
import type { Control } from "../control/control.ts";
import { findDatabase } from "../control/project-databases.ts";
import { refuseWhileBusy } from "../control/project-lock.ts";
import { findProject, type ProjectRow } from "../control/projects.ts";
import { effectiveState } from "../control/run-view.ts";
import { findRun, unfinishedRuns } from "../control/runs.ts";
import { TbError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Runner } from "../tb-command.ts";
import { requireFinished } from "./finished-project.ts";
import type { VerifyResult } from "./phases/record-verdict.ts";
import type { VerifyStart } from "./verify.ts";

export interface VerifyInput {
  ownerId: string;
  project: string;
  /** A branch or the beginning of a commit's name; null for main. */
  ref: string | null;
}

/** Throws TbError "not_found" without the project or the ref, "conflict" for a project that is not finished or is worked on;
 * what stands in the way of looking (no network, a stopped server, Ctrl-C) is thrown once everything is cleared away. */
export async function startVerify(
  runner: Runner,
  control: Control,
  adapters: Adapters,
  input: VerifyInput,
): Promise<VerifyResult> {
  const project = await findProject(control, input.ownerId, input.project);
  const start = await lookUp(control, adapters, project, input.ref);
  await clearDead(runner, control, project.project_id);
  const run = {
    runId: newId("run"),
    pipeline: "verify",
    ownerId: input.ownerId,
    projectId: project.project_id,
    request: null,
    modificationId: null,
    start,
  } as const;
  const { startRun } = await import("./start-run.ts");
  try {
    return (await runner.follow(run.runId, (deps) => startRun(deps, run))) as VerifyResult;
  } catch (error) {
    if (error instanceof TbError && error.parks) throw await giveUp(runner, control, run.runId, project.name, error);
    throw error;
  }
}

async function lookUp(
  control: Control,
  adapters: Adapters,
  project: ProjectRow,
  ref: string | null,
): Promise<VerifyStart> {
  const projectId = project.project_id;
  const repository = await requireFinished(control, project, "verify");
  await refuseWhileBusy(control, projectId);
  const { name, url, branch: main } = repository;
  const gitHost = await adapters.gitHost();
  const { commit, branch } = await gitHost.resolve({ projectId, repository, ref: ref ?? main });
  return {
    projectId,
    projectName: project.name,
    database: (await findDatabase(control, projectId))?.name ?? null,
    repository: { name, url, branch, commit },
    isMain: branch === main,
  };
}

/** A verification that was killed has nothing that is worth keeping. */
async function clearDead(runner: Runner, control: Control, projectId: string): Promise<void> {
  for (const run of await unfinishedRuns(control, projectId)) {
    if (run.pipeline !== "verify" || effectiveState(run) !== "parked") continue;
    const { cancelRun } = await import("./start-run.ts");
    await runner.follow(run.run_id, (deps) => cancelRun(deps, run));
  }
}

/** A run that has parked is undone: to look again costs seconds, and what it holds would be in the way. */
async function giveUp(
  runner: Runner,
  control: Control,
  runId: string,
  project: string,
  error: TbError,
): Promise<TbError> {
  const { cancelRun } = await import("./start-run.ts");
  try {
    const row = await findRun(control, runId);
    await runner.follow(runId, (deps) => cancelRun(deps, row));
  } catch {
    return error; // the database is gone, say: it stays parked, as the error's own hint says
  }
  const suggestion = error.suggestion?.split("\n").filter((line) => !line.includes(runId)) ?? [];
  return new TbError(error.code, error.code === "interrupted" ? "Interrupted; nothing was kept." : error.message, {
    retryable: error.retryable,
    ...(error.details && { details: error.details }),
    suggestion: [...suggestion, `tb verify ${project}`].join("\n"),
    cause: error.cause,
  });
}
