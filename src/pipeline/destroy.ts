import { definePipeline } from "./define-pipeline.ts";
import { removeCode } from "./phases/remove-code.ts";
import { removeDatabase } from "./phases/remove-database.ts";
import { recordDestroy } from "./phases/record-destroy.ts";
import { stopDeployment } from "./phases/stop-deployment.ts";

/** What `tb destroy` starts a run with. */
export interface DestroyStart {
  projectId: string;
  projectName: string;
}

/** The ledger walked once more, for all runs of the project. It cannot be undone, only finished. */
export const destroyPipeline = definePipeline<DestroyStart>("destroy")
  .phase(stopDeployment)
  .phase(removeCode)
  .phase(removeDatabase)
  .phase(recordDestroy);
