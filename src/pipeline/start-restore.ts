// A restore: the backup is found before the run begins; one of the same backup that was cut short is continued.
import { backupRoot, findBackup, newBackupId } from "../backup/places.ts";
import { projectBackupFolder } from "../backup/project-backup.ts";
import type { Control } from "../control/control.ts";
import type { ProjectRow } from "../control/projects.ts";
import { effectiveState } from "../control/run-view.ts";
import { unfinishedRuns } from "../control/runs.ts";
import { TbError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Runner } from "../tb-command.ts";
import type { RestoreResult } from "./phases/record-restore.ts";
import type { RestoreStart } from "./restore.ts";
import { withDatabase } from "./start-backup.ts";

export interface RestoreInput {
  home: string;
  ownerId: string;
  project: ProjectRow;
  /** "latest", id, beginning of an id, or path. */
  backup: string;
  keepOld: boolean;
}

/** Throws TbError "not_found" without such a backup, "conflict" while another run is at the project. */
export async function startRestore(runner: Runner, control: Control, input: RestoreInput): Promise<RestoreResult> {
  const project = await withDatabase(control, input.project);
  if (!project) {
    throw new TbError("not_found", `${input.project.name} has no database that could be restored.`, {
      suggestion: `tb projects show ${input.project.name}`,
    });
  }
  const root = backupRoot(input.home);
  const { manifest, folder } = await findBackup(root, project.id, input.backup);
  const { resumeRun, startRun } = await import("./start-run.ts");
  for (const row of await unfinishedRuns(control, project.id)) {
    // "latest" may name the safety backup of that very run by now.
    const asked = (row.input as Partial<RestoreStart>).from?.folder === folder || input.backup === "latest";
    if (row.pipeline !== "restore" || !asked || effectiveState(row) !== "parked") continue;
    return (await runner.follow(row.run_id, (deps) => resumeRun(deps, row))) as RestoreResult;
  }
  const safety = newBackupId();
  const late = `${safety}-late`;
  const start: RestoreStart = {
    project,
    from: { id: manifest.id, folder },
    safety: { id: safety, folder: projectBackupFolder(root, project.id, safety) },
    lateSafety: { id: late, folder: projectBackupFolder(root, project.id, late) },
    keepOld: input.keepOld,
  };
  const run = {
    runId: newId("run"),
    pipeline: "restore",
    ownerId: input.ownerId,
    projectId: project.id,
    request: null,
    modificationId: null,
    start,
    alone: true,
  } as const;
  return (await runner.follow(run.runId, (deps) => startRun(deps, run))) as RestoreResult;
}
