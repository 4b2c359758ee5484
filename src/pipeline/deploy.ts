import { definePipeline } from "./define-pipeline.ts";
import { build } from "./phases/build.ts";
import { checkOut } from "./phases/check-out.ts";
import { deploy } from "./phases/deploy.ts";
import { migrate } from "./phases/migrate.ts";
import { recordDeploy } from "./phases/record-deploy.ts";

/** What `tb deploy` starts a run with. */
export interface DeployStart {
  projectId: string;
  projectName: string;
  deploymentId: string;
  deploy: true;
  /** The project's database; null when it has none. */
  database: string | null;
  repository: { name: string; url: string; branch: string; commit: string };
}

export const deployPipeline = definePipeline<DeployStart>("deploy")
  .phase(checkOut)
  .phase(build)
  .phase(migrate)
  .phase(deploy)
  .phase(recordDeploy);
