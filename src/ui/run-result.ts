// The result of a run that was not started by the command that shows it.
import type { BackupResult } from "../pipeline/phases/back-up.ts";
import type { DeployResult } from "../pipeline/phases/record-deploy.ts";
import type { DestroyResult } from "../pipeline/phases/record-destroy.ts";
import type { RestoreResult } from "../pipeline/phases/record-restore.ts";
import type { VerifyResult } from "../pipeline/phases/record-verdict.ts";
import type { CreateResult } from "../pipeline/phases/record.ts";
import { formatBackedUp, formatRestored } from "./backups.ts";
import { formatCreated } from "./create-result.ts";
import { formatDeployed } from "./deploy-result.ts";
import { formatDestroyed } from "./destroy-result.ts";
import { formatVerified } from "./verify-result.ts";

/** What any pipeline may come to. */
export type RunResult = CreateResult | DeployResult | DestroyResult | BackupResult | RestoreResult | VerifyResult;

export function formatRunResult(result: RunResult): string {
  if ("backups" in result) return formatBackedUp(result);
  switch (result.outcome) {
    case "created":
      return formatCreated(result);
    case "destroyed":
      return formatDestroyed(result);
    case "restored":
      return formatRestored(result);
    case "verified":
    case "not_verified":
      return formatVerified(result);
    default:
      return formatDeployed(result);
  }
}
