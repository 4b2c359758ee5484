// The result of a run that was not started by the command that shows it.
import type { DeployResult } from "../pipeline/phases/record-deploy.ts";
import type { DestroyResult } from "../pipeline/phases/record-destroy.ts";
import type { CreateResult } from "../pipeline/phases/record.ts";
import { formatCreated } from "./create-result.ts";
import { formatDeployed } from "./deploy-result.ts";
import { formatDestroyed } from "./destroy-result.ts";

/** What any pipeline may come to. */
export type RunResult = CreateResult | DeployResult | DestroyResult;

export function formatRunResult(result: RunResult): string {
  switch (result.outcome) {
    case "created":
      return formatCreated(result);
    case "destroyed":
      return formatDestroyed(result);
    default:
      return formatDeployed(result);
  }
}
