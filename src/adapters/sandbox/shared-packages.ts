// Prepared packages where they are used, without copying 100 MB: as shared blocks where the file system can, else as hard links.
//
// What is written into a linked file in place reaches the prepared one too (what is replaced by a rename, as editors and npm
// do, does not). Another user's sandbox cannot; an isolated one of the same user gets copies; nothing keeps a plain process
// from doing so, here or in the cache itself. So before the packages are used again they are compared with what they were,
// and prepared anew when they differ.
import { createHash, randomBytes } from "node:crypto";
import { constants, copyFileSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { copyTree } from "../../processes/copy-tree.ts";
import { errorCode } from "../../processes/error-code.ts";
import { launch } from "../../processes/launch.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { waitForEnd } from "../../processes/wait-for-end.ts";
import { takeSpare } from "./spare-packages.ts";

/** Beside the prepared node_modules. */
const SEAL = "node_modules.sha256";

/** Notes what the packages in `<folder>/node_modules` are like. */
export async function seal(folder: string): Promise<void> {
  writeFileSync(join(folder, SEAL), await fingerprint(join(folder, "node_modules")));
}

/** Whether they are still like that. */
export async function isSealed(folder: string): Promise<boolean> {
  try {
    return readFileSync(join(folder, SEAL), "utf8") === (await fingerprint(join(folder, "node_modules")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** "copied": the files are nobody else's, whatever is done to them. */
export type Placing = "shared" | "copied";

export interface PlaceFor {
  to: string;
  how: Placing;
  /** The folder of spare packages, or null for none, and what these are called there. */
  spares: string | null;
  spare: string;
}

/** Puts the packages of a sealed folder at `to`, which must not exist. False, and nothing there, when they have changed
 * since they were sealed. */
export async function placePackages(folder: string, place: PlaceFor, signal?: AbortSignal): Promise<boolean> {
  const { to } = place;
  const placing = putThere(join(folder, "node_modules"), place, signal);
  placing.catch(() => {}); // awaited below, once this thread has done its own part
  const sound = await isSealed(folder);
  await placing;
  if (!sound) await removeTree(to);
  return sound;
}

async function putThere(from: string, { to, how, spares, spare }: PlaceFor, signal?: AbortSignal): Promise<void> {
  if (spares !== null && (await takeSpare(spares, spare, to))) return;
  await (how === "shared" ? share(from, to, signal) : copyTree(from, to, signal));
}

/** Where the files are only read: as links where they can be made. */
export async function linkOrCopyTree(from: string, to: string, signal?: AbortSignal): Promise<void> {
  if (!(await linkTree(from, to, signal))) await copyTree(from, to, signal);
}

async function share(from: string, to: string, signal?: AbortSignal): Promise<void> {
  if (sharesBlocks(from, to)) return copyTree(from, to, signal);
  await linkOrCopyTree(from, to, signal);
  // npm writes its own notes, which stand beside the packages, in place.
  for (const entry of await readdir(to, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const own = join(to, `.tb-${randomBytes(6).toString("hex")}`);
    await copyFile(join(to, entry.name), own);
    await rename(own, join(to, entry.name));
  }
}

/** Milliseconds after which others get their turn: few, because what runs beside this waits for a database at every step. */
const TURN = 2;

/** Sizes and times of all files. Synchronous calls, because for thousands of small ones that is several times faster. */
async function fingerprint(root: string): Promise<string> {
  const hash = createHash("sha256");
  const folders = [""];
  let since = performance.now();
  for (const folder of folders) {
    if (performance.now() - since > TURN) {
      await nextTurn();
      since = performance.now();
    }
    const entries = readdirSync(`${root}/${folder}`, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile()) continue;
      const { size, mtimeMs } = lstatSync(root + path);
      hash.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest("hex");
}

/** Whether a copy there costs no space and no time (btrfs, XFS, APFS). */
function sharesBlocks(from: string, to: string): boolean {
  const probe = `${to}.probe`;
  try {
    copyFileSync(join(from, "..", SEAL), probe, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false; // whatever is wrong, the copy itself will say
  } finally {
    rmSync(probe, { force: true });
  }
}

/** False when it cannot be done here, such as from one file system to another. */
async function linkTree(from: string, to: string, signal?: AbortSignal): Promise<boolean> {
  const child = await launch(["cp", "-al", from, to], { cwd: "/", env: { PATH: "/usr/bin:/bin" }, mark: to });
  child.stdout.resume();
  child.stderr.resume();
  const { exitCode } = await waitForEnd(child, { signal, grace: 0 });
  if (exitCode !== 0) await removeTree(to);
  return exitCode === 0;
}
