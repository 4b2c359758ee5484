// The restored database stays. What it replaced goes, once it is certain that every row of it is in a backup.
import { summarizeBackup, type BackupSummary } from "../../backup/backup-summary.ts";
import { differingTables } from "../../backup/load.ts";
import { readManifest } from "../../backup/manifest.ts";
import { keptTexts } from "../../backup/migrations.ts";
import { removeBackup } from "../../backup/places.ts";
import { SCHEMA, writeProjectBackup } from "../../backup/project-backup.ts";
import type { RestorePlan } from "../../backup/project-restore.ts";
import { withSession } from "../../backup/session.ts";
import { recordBackup } from "../../control/backup-activity.ts";
import { settleSwitch } from "../../control/database-switch.ts";
import { releaseRunScoped } from "../../control/release-resources.ts";
import { exists } from "../../processes/folders.ts";
import { countOf } from "../../ui/count.ts";
import { restoreDatabases } from "../names.ts";
import type { RestoreStart } from "../restore.ts";
import type { Phase, Run } from "../types.ts";
import { backupTools } from "./plan-restore.ts";
import type { RebuiltDatabase } from "./rebuild-database.ts";

type In = RestoreStart & {
  restorePlan: RestorePlan;
  saved: BackupSummary | null;
  rebuilt: RebuiltDatabase;
  served: boolean;
};

/** The data of `tb db restore` for a project. */
export interface RestoreResult {
  outcome: "restored";
  project: { id: string; name: string };
  database: string;
  /** What was restored. */
  backup: { id: string; path: string };
  tables: number;
  rows: number;
  /** Migrations that are newer than the backup and were applied after its rows were in. */
  migrations_applied: string[];
  /** Of the database that was replaced; null when there was none, or when it was kept. */
  safety_backup: BackupSummary | null;
  /** The database that was replaced, under its new name; null when it was dropped. */
  kept_database: string | null;
  /** Whether the deployed backend answers from the restored database; null when it did not run before. */
  serving: true | null;
  run: { id: string };
}

export const recordRestore: Phase<In, { result: RestoreResult }> = {
  name: "record",
  title: "Write it down",
  run: async (state, run) => {
    const saved = state.saved && (await run.step("save-late-rows", () => saveLateRows(state, state.saved!, run)));
    await run.step("settle", async () => {
      await settleSwitch(run.control, run.id);
      return null;
    });
    await run.emit({
      type: "activity",
      action: "database_restored",
      details: `Restored database '${state.project.database}' from backup ${state.from.id}: ${countOf(state.rebuilt.tables, "table")}, ${countOf(state.rebuilt.rows, "row")}`,
      references: { backup_id: state.from.id },
    });
    await run.step("release", async () => {
      await releaseRunScoped(run.control, run.adapters, run.id);
      return null;
    });
    return { result: resultOf(state, run.id, saved) };
  },
  summarize: () => "Recorded",
};

/** Rows that were written between the safety backup and the switch are in the retired database, which nobody reaches any
 * more: when it is not what was backed up, it is backed up once more, and that backup stands for both. */
async function saveLateRows({ project, lateSafety }: In, saved: BackupSummary, run: Run): Promise<BackupSummary> {
  const { retired } = restoreDatabases(project.id, run.id);
  if (!(await exists(lateSafety.folder))) {
    const tools = await backupTools(run);
    const manifest = await readManifest(saved.path);
    const own = await tools.cluster.connection(project.id, "own", retired);
    const differing = await withSession(own, (client) => differingTables(client, SCHEMA, manifest.tables, run.signal));
    if (differing.length === 0) return saved;
    const texts = await keptTexts(saved.path, manifest);
    await writeProjectBackup(tools, project, texts, { ...lateSafety, source: retired });
  }
  const details = `Backed up database '${project.database}' once more, with what was written to it until it was replaced`;
  await recordBackup(run.control, { backupId: lateSafety.id, runId: run.id, projectId: project.id, details });
  await removeBackup(saved.path);
  return summarizeBackup(lateSafety.folder);
}

function resultOf(
  { project, from, rebuilt, restorePlan, keepOld, served }: In,
  runId: string,
  saved: BackupSummary | null,
): RestoreResult {
  return {
    outcome: "restored",
    project: { id: project.id, name: project.name },
    database: project.database,
    backup: { id: from.id, path: from.folder },
    ...rebuilt,
    migrations_applied: restorePlan.forward,
    safety_backup: saved,
    kept_database: keepOld && restorePlan.present ? restoreDatabases(project.id, runId).retired : null,
    serving: served ? true : null,
    run: { id: runId },
  };
}
