// Puts prepared packages into a sandbox, and tells whether what is there is still that: a program of the sandbox may have put
// others in their place, a compiler that finds nothing for one.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { giveTopLevel } from "./adopt-tree.ts";
import { placeDependencies, type PrepareOptions } from "./dependency-cache.ts";
import { keepSpare } from "./spare-packages.ts";
import type { Manifests } from "./manifests.ts";
import type { Place } from "./sandbox-place.ts";
import type { PlaceFor, Placing } from "./shared-packages.ts";
import { changedStamps, type Stamps, stampsOf } from "./stamps.ts";
import { readTreeFile } from "./tree-files.ts";

const MAX_LOCKFILE = 32 * 1024 * 1024;
/** Beside the tree, where the sandbox does not reach. */
const NOTE = "packages.json";

interface Note {
  /** Their digest. */
  manifests: string;
  stamps: [string, string][];
  /** Where they were prepared, and what they are called as spare packages; null = they are not kept. */
  spare: { prepared: string; name: string } | null;
}

/** Always anew: whatever was done to the installed packages in the sandbox ends here. Throws like `placeDependencies`. */
export async function installPackages(
  config: Config,
  place: Place,
  { how, spares }: Pick<PlaceFor, "how" | "spares">,
  options: PrepareOptions,
): Promise<{ folder: string; cached: boolean }> {
  const manifests = readManifests(place);
  const stamp = randomBytes(6).toString("hex");
  const [incoming, outgoing] = [join(place.root, `incoming-${stamp}`), join(place.root, `outgoing-${stamp}`)];
  const modules = join(place.work, "node_modules");
  try {
    const placed = await placeDependencies(config, manifests, { to: incoming, how, spares }, options);
    if (place.owner) await giveTopLevel(incoming, place.owner);
    const note: Note = {
      manifests: digestOf(manifests),
      stamps: [...stampsOf(incoming, how)], // before the sandbox can reach them
      spare: spares === null ? null : { prepared: placed.folder, name: placed.spare },
    };
    await moveAway(modules, outgoing);
    await rename(incoming, modules);
    writeNote(place, note);
    return placed;
  } finally {
    await Promise.all([removeTree(incoming), removeTree(outgoing)]);
  }
}

/** Whether the packages are those that were installed last, for the same manifests. */
export function arePackagesIntact(place: Place, how: Placing): boolean {
  const note = readNote(place);
  if (!note) return false;
  const changed = changedStamps(new Map(note.stamps), stampsOfPackages(place, how));
  return changed.length === 0 && note.manifests === digestOf(readManifests(place));
}

export function stampsOfPackages({ work }: Place, how: Placing): Stamps {
  return stampsOf(join(work, "node_modules"), how);
}

/** Keeps the packages of a sandbox that is to be removed, for the next one. Nothing may run in it any more. */
export async function keepPackages(place: Place): Promise<void> {
  const note = readNote(place);
  if (!note?.spare) return;
  const placed = { ...note.spare, stamps: new Map(note.stamps) };
  await keepSpare(place.spares, join(place.work, "node_modules"), placed);
}

/** Whole or not at all: a disk can run full, and a process die, in the midst of it. */
function writeNote({ root }: Place, note: Note): void {
  const temporary = join(root, `${NOTE}.${randomBytes(6).toString("hex")}`);
  writeFileSync(temporary, JSON.stringify(note), { mode: 0o600 });
  renameSync(temporary, join(root, NOTE));
}

/** null also for one that was cut off by an earlier tb: the packages are installed again then. */
function readNote({ root }: Place): Note | null {
  try {
    return JSON.parse(readFileSync(join(root, NOTE), "utf8")) as Note;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
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
