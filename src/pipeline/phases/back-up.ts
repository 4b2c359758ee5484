// One project after the other, then tb's own state. A project that cannot be backed up does not keep the others from it.
import { summarizeBackup, type BackupSummary } from "../../backup/backup-summary.ts";
import { writeControlBackup } from "../../backup/control-state.ts";
import { proveRestorable, writeProjectBackup, type ProjectDatabase } from "../../backup/project-backup.ts";
import { recordBackup } from "../../control/backup-activity.ts";
import { releaseRunScoped } from "../../control/release-resources.ts";
import { withResource } from "../../control/ledger.ts";
import { TbError, toErrorJson, type ErrorJson } from "../../errors.ts";
import { countOf } from "../../ui/count.ts";
import type { BackupStart, PlannedBackup } from "../backup.ts";
import { restoreDatabases } from "../names.ts";
import type { Phase, Run } from "../types.ts";

/** The data of `tb db backup` when it has made some. */
export interface BackupResult {
  /** `unchanged`: there was nothing that could be backed up. */
  outcome: "backed_up" | "unchanged";
  backups: BackupSummary[];
  /** Projects whose database cannot be restored from their migrations, and so was not backed up. */
  failed: { project: { id: string; name: string }; error: ErrorJson }[];
  run: { id: string };
}

export const backUp: Phase<BackupStart, { result: BackupResult }> = {
  name: "back-up",
  title: "Back up",
  run: async ({ projects, control }, run) => {
    const backups: BackupSummary[] = [];
    const failed: BackupResult["failed"] = [];
    for (const { project, ...place } of projects) {
      const made = await run.step(`project-${project.id}`, () => backUpOrExplain(run, project, place));
      if ("error" in made) failed.push({ project: { id: project.id, name: project.name }, error: made.error });
      else backups.push(made);
    }
    await run.step("release", async () => {
      await releaseRunScoped(run.control, run.adapters, run.id);
      return null;
    });
    if (control) backups.push(await run.step("control", () => backUpControl(run, control)));
    const outcome = backups.length > 0 ? "backed_up" : "unchanged";
    return { result: { outcome, backups, failed, run: { id: run.id } } };
  },
  summarize: ({ result: { backups, failed } }) =>
    `Backed up ${countOf(backups.length, "database")}${failed.length > 0 ? `, ${failed.length} failed` : ""}`,
};

async function backUpOrExplain(
  run: Run,
  project: ProjectDatabase,
  place: PlannedBackup,
): Promise<BackupSummary | { error: ErrorJson }> {
  try {
    return await backUpProject(run, project, place);
  } catch (error) {
    const foreseen = error instanceof TbError && !error.parks;
    if (!foreseen) throw error;
    return { error: toErrorJson(error) };
  }
}

/** Proves, writes and tells it. Repeating it finds what is there. */
export async function backUpProject(run: Run, project: ProjectDatabase, place: PlannedBackup): Promise<BackupSummary> {
  await run.emit({ type: "progress", text: `${project.name}: proving its migrations` });
  const tools = {
    cluster: await run.adapters.databaseCluster(),
    gitHost: await run.adapters.gitHost(),
    signal: run.signal,
  };
  await tools.cluster.ensure();
  const { proof } = restoreDatabases(project.id, run.id);
  const resource = {
    run_id: run.id,
    project_id: project.id,
    kind: "work-database",
    name: proof,
    provider: tools.cluster.kind,
  } as const;
  const texts = await withResource(run.control, resource, () => proveRestorable(tools, project, proof));
  await run.emit({ type: "progress", text: `${project.name}: writing its rows` });
  await writeProjectBackup(tools, project, texts, place);
  const backup = await summarizeBackup(place.folder);
  await recordBackup(run.control, {
    backupId: place.id,
    runId: run.id,
    projectId: project.id,
    details: `Backed up database '${project.database}': ${countOf(backup.tables, "table")}, ${countOf(backup.rows, "row")}`,
  });
  return backup;
}

async function backUpControl(run: Run, place: PlannedBackup): Promise<BackupSummary> {
  await run.emit({ type: "progress", text: "writing tb's own state" });
  await writeControlBackup(run.control, place, run.signal);
  return summarizeBackup(place.folder);
}
