import { definePipeline } from "./define-pipeline.ts";
import { checkOutTree } from "./phases/check-out-tree.ts";
import { judgeTree } from "./phases/judge-tree.ts";
import { migrateEmpty } from "./phases/migrate-empty.ts";
import { recordVerdict } from "./phases/record-verdict.ts";

/** What `tb verify` starts a run with. */
export interface VerifyStart {
  projectId: string;
  projectName: string;
  /** The project's database, only to look up which migrations it has applied; null when it has none. */
  database: string | null;
  /** `branch` is null for a commit that was named by itself. */
  repository: { name: string; url: string; branch: string | null; commit: string };
  /** Whether it is the branch that `tb deploy` deploys. */
  isMain: boolean;
}

/** Everything it makes is the run's own and goes with it: a verdict changes nothing. */
export const verifyPipeline = definePipeline<VerifyStart>("verify")
  .phase(checkOutTree)
  .phase(migrateEmpty)
  .phase(judgeTree)
  .phase(recordVerdict);
