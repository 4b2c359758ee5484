// Chooses the port of a project, once.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { existsSync } from "node:fs";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";
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
      releasePort({ root, projectId }, port);
    }
  }
  throw new TbError("configuration", `No port between ${first} and ${first + COUNT - 1} is free.`, {
    suggestion: "Stop programs that listen there, or destroy projects that are not needed (tb destroy).",
  });
}

/** Gives the port back, if it is this project's. */
export function releasePort({ root, projectId }: Pick<DeploymentFolder, "root" | "projectId">, port: number): void {
  const file = claimFile(root, port);
  if (ownerOf(file) === projectId) rmSync(file, { force: true });
}

/** One file a port, made exclusively, so that two projects never take the same one. */
function claim(root: string, projectId: string, port: number): boolean {
  const file = claimFile(root, port);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const owner = ownerOf(file);
  if (owner === projectId) return true; // from an attempt that was cut off
  if (owner !== null && !existsSync(join(dirname(root), owner))) rmSync(file, { force: true }); // its project is gone
  try {
    writeFileSync(file, projectId, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function claimFile(root: string, port: number): string {
  return join(dirname(root), ".ports", String(port));
}

function ownerOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8") || null;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
