// `tb db restore control`: tb's own state from a backup. No run can tell it, because the runs are a part of what is replaced.
import { join } from "node:path";
import { summarizeBackup, type BackupSummary } from "../backup/backup-summary.ts";
import { restoreControl, writeControlBackup } from "../backup/control-state.ts";
import { backupRoot, CONTROL, findBackup, newBackupId } from "../backup/places.ts";
import { TbError } from "../errors.ts";
import type { Control } from "./control.ts";
import { effectiveState } from "./run-view.ts";
import { listRuns } from "./runs.ts";

/** The data of `tb db restore control`. */
export interface ControlRestored {
  outcome: "state_restored";
  backup: { id: string; path: string };
  tables: number;
  rows: number;
  /** Migrations of this tb that the backup did not have. */
  migrations_applied: string[];
  /** Of the state that was replaced. */
  safety_backup: BackupSummary;
}

/** Throws TbError "not_found" without such a backup, "conflict" while a run is working. */
export async function restoreState(control: Control, home: string, wanted: string): Promise<ControlRestored> {
  const root = backupRoot(home);
  const { folder, manifest } = await findBackup(root, CONTROL, wanted);
  for (const run of await listRuns(control, { state: "running", limit: 1000 })) {
    if (effectiveState(run) !== "running") continue;
    throw new TbError("conflict", `Run ${run.run_id} is working; its state would be lost.`, {
      suggestion: `tb runs watch ${run.run_id}`,
    });
  }
  const id = newBackupId();
  const safety = { id, folder: join(root, CONTROL, id) };
  const signal = new AbortController().signal;
  await writeControlBackup(control, safety, signal);
  const { tables, rows, forward } = await restoreControl(control, folder, signal);
  return {
    outcome: "state_restored",
    backup: { id: manifest.id, path: folder },
    tables,
    rows,
    migrations_applied: forward,
    safety_backup: await summarizeBackup(safety.folder),
  };
}
