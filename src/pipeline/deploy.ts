import { definePipeline } from "./define-pipeline.ts";
import { build } from "./phases/build.ts";
import { checkOut } from "./phases/check-out.ts";
import { deploy } from "./phases/deploy.ts";
import { findBuild } from "./phases/find-build.ts";
import { migrate } from "./phases/migrate.ts";
import { recordDeploy } from "./phases/record-deploy.ts";
import { rehearse } from "./phases/rehearse.ts";

/** What `tb deploy` starts a run with, back or forward. */
export interface DeployStart {
  projectId: string;
  projectName: string;
  deploymentId: string;
  deploy: true;
  /** The project's database; null when it has none. */
  database: string | null;
  /** `commit` is the version to serve. */
  repository: { name: string; url: string; branch: string; commit: string };
  /** Builds also when a build of that commit is kept. */
  rebuild: boolean;
  /** The deployment that serves when the run begins. */
  replaces: string | null;
  /** The deployment whose version is brought back; null for main's. */
  restores: string | null;
  /** Migrations that the database has and the version that is brought back does not know. */
  keptMigrations: string[];
}

/** New migrations are tried on an empty database first, with the version that needs them: what cannot start never
 * changes the real one. */
export const deployPipeline = definePipeline<DeployStart>("deploy")
  .phase(findBuild)
  .phase(checkOut)
  .phase(build)
  .phase(rehearse)
  .phase(migrate)
  .phase(deploy)
  .phase(recordDeploy);

/** The same care for an older version; the schema stays as it is. */
export const rollbackPipeline = definePipeline<DeployStart>("rollback")
  .phase(findBuild)
  .phase(checkOut)
  .phase(build)
  .phase(deploy)
  .phase(recordDeploy);
