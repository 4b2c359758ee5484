import type { Plan } from "../plan/plan.ts";
import { definePipeline } from "./define-pipeline.ts";
import { deploy } from "./phases/deploy.ts";
import { design } from "./phases/design.ts";
import { detectDatabaseNeed } from "./phases/detect-database-need.ts";
import { provision } from "./phases/provision.ts";
import { pushRepository } from "./phases/push-repository.ts";
import { record } from "./phases/record.ts";
import { runAgentPhase } from "./phases/run-agent.ts";
import { uploadSnapshot } from "./phases/upload-snapshot.ts";
import { validate } from "./phases/validate.ts";
import { verify } from "./phases/verify.ts";

/** What `tb create` and `tb apply` start a run with; every id is fixed before the run begins. */
export interface CreateStart {
  projectId: string;
  modificationId: string;
  requestId: string;
  deploymentId: string;
  ownerId: string;
  request: string;
  /** A plan to build as it is, instead of asking the model for one. */
  givenPlan: Plan | null;
  /** What is not understood may be left out. */
  partial?: boolean;
  name: string | null;
  deploy: boolean;
}

export const createPipeline = definePipeline<CreateStart>("create")
  .phase(validate)
  .phase(detectDatabaseNeed)
  .phase(design)
  .phase(provision)
  .phase(runAgentPhase)
  .phase(verify)
  .phase(pushRepository)
  .phase(uploadSnapshot)
  .phase(deploy)
  .phase(record);
