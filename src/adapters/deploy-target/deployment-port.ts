// Chooses the port of a project, once.
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { TbError } from "../../errors.ts";
import { claimOwner, makeClaim } from "../../processes/claims.ts";
import { isPortFree } from "../../processes/is-port-free.ts";
import type { DeploymentFolder } from "./deployment-folder.ts";

/** Where the search begins unless told otherwise. */
export const FIRST_PORT = 4310;
const COUNT = 1000;

/** The first port from `first` up that no project of this home has and nobody listens on; now this project's.
 * Throws TbError "configuration" when there is none. */
export async function choosePort(
  { root, projectId }: DeploymentFolder,
  first: number,
  except: ReadonlySet<number>,
): Promise<number> {
  for (let port = first; port < first + COUNT; port++) {
    if (!except.has(port) && claim(root, projectId, port)) {
      if (await isPortFree(port)) return port;
      rmSync(join(claimsOf(root), String(port)), { force: true });
    }
  }
  throw new TbError("configuration", `No port between ${first} and ${first + COUNT - 1} is free.`, {
    suggestion: "Stop programs that listen there, or destroy projects that are not needed (tb destroy).",
  });
}

/** Gives back every port that is this project's, also one that no state tells of because tb was killed in between. */
export function releasePorts({ root, projectId }: Pick<DeploymentFolder, "root" | "projectId">): void {
  const claims = claimsOf(root);
  if (!existsSync(claims)) return;
  for (const name of readdirSync(claims)) {
    const claim = join(claims, name);
    if (claimOwner(claim) === projectId) rmSync(claim, { force: true });
  }
}

/** One claim a port, so that two projects never take the same one. */
function claim(root: string, projectId: string, port: number): boolean {
  const path = join(claimsOf(root), String(port));
  mkdirSync(claimsOf(root), { recursive: true, mode: 0o700 });
  const owner = claimOwner(path);
  if (owner === projectId) return true; // from an attempt that was cut off
  if (owner !== null && !existsSync(join(dirname(root), owner))) rmSync(path, { force: true }); // its project is gone
  return makeClaim(path, projectId);
}

function claimsOf(root: string): string {
  return join(dirname(root), ".ports");
}
