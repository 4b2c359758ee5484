// Puts prepared packages into a sandbox, and tells whether what is there is still that: a program of the sandbox may have put
// others in their place, a compiler that finds nothing for one.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { giveTopLevel } from "./adopt-tree.ts";
import { placeDependencies, type PrepareOptions } from "./dependency-cache.ts";
import type { Manifests } from "./manifests.ts";
import type { Place } from "./sandbox-place.ts";
import type { Placing } from "./shared-packages.ts";
import { changedStamps, OF_TOOLS, stampFiles, stampPackages, type Stamps } from "./stamps.ts";
import { readTreeFile } from "./tree-files.ts";

const MAX_LOCKFILE = 32 * 1024 * 1024;
/** Beside the tree, where the sandbox does not reach. */
const NOTE = "packages.json";

/** Always anew: whatever was done to the installed packages in the sandbox ends here. Throws like `placeDependencies`. */
export async function installPackages(
  config: Config,
  place: Place,
  how: Placing,
  options: PrepareOptions,
): Promise<{ folder: string; cached: boolean }> {
  const manifests = readManifests(place);
  const stamp = randomBytes(6).toString("hex");
  const [incoming, outgoing] = [join(place.root, `incoming-${stamp}`), join(place.root, `outgoing-${stamp}`)];
  const modules = join(place.work, "node_modules");
  try {
    const placed = await placeDependencies(config, manifests, { to: incoming, how }, options);
    if (place.owner) await giveTopLevel(incoming, place.owner);
    await moveAway(modules, outgoing);
    await rename(incoming, modules);
    const note = { manifests: digestOf(manifests), stamps: [...stampsOfPackages(place, how)] };
    writeFileSync(join(place.root, NOTE), JSON.stringify(note), { mode: 0o600 });
    return placed;
  } finally {
    await Promise.all([removeTree(incoming), removeTree(outgoing)]);
  }
}

/** Whether the packages are those that were installed last, for the same manifests. */
export function arePackagesIntact(place: Place, how: Placing): boolean {
  let note: { manifests: string; stamps: [string, string][] };
  try {
    note = JSON.parse(readFileSync(join(place.root, NOTE), "utf8")) as typeof note;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
  const changed = changedStamps(new Map(note.stamps), stampsOfPackages(place, how));
  return changed.length === 0 && note.manifests === digestOf(readManifests(place));
}

/** Where a sandbox has copies, they are its own, however deep they lie. */
export function stampsOfPackages({ work }: Place, how: Placing): Stamps {
  const modules = join(work, "node_modules");
  return how === "copied" ? stampFiles(modules, OF_TOOLS) : stampPackages(modules);
}

function digestOf({ packageJson, lockfile }: Manifests): string {
  return createHash("sha256").update(`${packageJson}\0${lockfile}`).digest("hex");
}

function readManifests({ work }: Place): Manifests {
  return { packageJson: readTreeFile(work, "package.json"), lockfile: readLockfile(work) };
}

function readLockfile(work: string): string {
  try {
    return readTreeFile(work, "package-lock.json", MAX_LOCKFILE);
  } catch (error) {
    if (!(error instanceof TbError && error.code === "not_found")) throw error;
    throw new TbError("failure", "The project has no package-lock.json, so its dependencies cannot be installed.", {
      suggestion: "Run npm install --package-lock-only in the project and commit the file.",
      cause: error,
    });
  }
}

async function moveAway(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
