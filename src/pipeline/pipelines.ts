// Pipelines by the name that a run's row carries.
import { TbError } from "../errors.ts";
import type { Pipeline } from "./types.ts";

/** Throws TbError "configuration" for a run that a newer tb has started. */
export async function findPipeline(name: string): Promise<Pipeline<object, unknown>> {
  switch (name) {
    case "create":
      return (await import("./create.ts")).createPipeline;
    case "deploy":
      return (await import("./deploy.ts")).deployPipeline;
    case "rollback":
      return (await import("./deploy.ts")).rollbackPipeline;
    case "destroy":
      return (await import("./destroy.ts")).destroyPipeline;
    case "verify":
      return (await import("./verify.ts")).verifyPipeline;
    case "backup":
      return (await import("./backup.ts")).backupPipeline;
    case "restore":
      return (await import("./restore.ts")).restorePipeline;
    default:
      throw new TbError("configuration", `This tb does not know the pipeline "${name}".`, { suggestion: "Update tb." });
  }
}
