import { TbError } from "../errors.ts";
import type { BackupResult } from "./phases/back-up.ts";

/** What the commands that show a backup end with when some project could not be backed up; null when all were. */
export function backupFailure({ failed }: BackupResult): TbError | null {
  const [first] = failed;
  if (!first) return null;
  const { project, error } = first;
  const more = failed.length > 1 ? ` Nor were ${failed.length - 1} more.` : "";
  return new TbError("conflict", `${project.name} was not backed up. ${error.message}${more}`, {
    ...(error.details && { details: error.details }),
    ...(error.suggestion !== null && { suggestion: error.suggestion }),
  });
}
