// The project whose working copy the user is in.
import { findWorkingCopy, plainAddress } from "../adapters/git-host/working-copy.ts";
import type { Config } from "../config.ts";
import type { Control } from "../control/control.ts";
import { repositoriesOf } from "../control/repositories.ts";

/** Its id; null when the folder is in no working copy of a project of the owner. */
export async function projectHere(
  config: Config,
  control: Control,
  ownerId: string,
  cwd: string,
): Promise<string | null> {
  const copy = await findWorkingCopy(config, cwd);
  if (!copy || copy.remotes.length === 0) return null;
  for (const { projectId, url } of await repositoriesOf(control, ownerId)) {
    if (copy.remotes.includes(await plainAddress(url, cwd))) return projectId;
  }
  return null;
}
