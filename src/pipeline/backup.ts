import type { ProjectDatabase } from "../backup/project-backup.ts";
import { definePipeline } from "./define-pipeline.ts";
import { backUp } from "./phases/back-up.ts";

/** One backup to make; its id is fixed before the run begins. */
export interface PlannedBackup {
  id: string;
  folder: string;
}

/** What `tb db backup` starts a run with. */
export interface BackupStart {
  projects: (PlannedBackup & { project: ProjectDatabase })[];
  /** tb's own state; null when only a project is asked for. */
  control: PlannedBackup | null;
}

export const backupPipeline = definePipeline<BackupStart>("backup").phase(backUp);
