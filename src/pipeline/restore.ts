import type { ProjectDatabase } from "../backup/project-backup.ts";
import type { PlannedBackup } from "./backup.ts";
import { definePipeline } from "./define-pipeline.ts";
import { checkService } from "./phases/check-service.ts";
import { planRestore } from "./phases/plan-restore.ts";
import { rebuildDatabase } from "./phases/rebuild-database.ts";
import { recordRestore } from "./phases/record-restore.ts";
import { safetyBackup } from "./phases/safety-backup.ts";
import { switchDatabase } from "./phases/switch-database.ts";

/** What `tb db restore` starts a run with. */
export interface RestoreStart {
  project: ProjectDatabase;
  /** The backup to restore. */
  from: PlannedBackup;
  /** Of what is replaced: before the switch, and once more when it was written to until then. */
  safety: PlannedBackup;
  lateSafety: PlannedBackup;
  /** Keep the replaced database under another name instead of backing it up and dropping it. */
  keepOld: boolean;
}

export const restorePipeline = definePipeline<RestoreStart>("restore")
  .phase(planRestore)
  .phase(safetyBackup)
  .phase(rebuildDatabase)
  .phase(switchDatabase)
  .phase(checkService)
  .phase(recordRestore);
