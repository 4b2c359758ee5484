// Gives what root wrote into a sandbox's tree to the sandbox's own user, while that user may be at work in it.
import * as fs from "node:fs";
import { lchown, readdir } from "node:fs/promises";
import type { ProcessUser } from "../../processes/launch.ts";
import { errorCode } from "../../processes/error-code.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
const OPEN = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** Holds links to files that every sandbox shares. */
const SHARED = "node_modules";

/** Through open files only, never by a name that could lead elsewhere. A file that has another name somewhere is left as it
 * is: it was not written just now. */
export function adoptTree(root: string, owner: ProcessUser): void {
  adoptFolder(fs.openSync(root, OPEN | O_DIRECTORY), owner);
}

/** The folders alone, shared ones included: their entries may then be added, replaced and removed, while files that others
 * share stay as they are. */
export function adoptFolders(root: string, owner: ProcessUser): void {
  const folder = openFolder(root);
  if (folder !== null) adoptFoldersIn(folder, owner);
}

function adoptFoldersIn(folder: number, owner: ProcessUser): void {
  try {
    if (fs.fstatSync(folder).uid === 0) fs.fchownSync(folder, owner.uid, owner.gid);
    const name = `/proc/self/fd/${folder}`;
    for (const entry of fs.readdirSync(name, { withFileTypes: true })) {
      const inner = entry.isDirectory() ? openFolder(`${name}/${entry.name}`) : null;
      if (inner !== null) adoptFoldersIn(inner, owner);
    }
  } finally {
    fs.closeSync(folder);
  }
}

/** null for what is no folder (any more). */
function openFolder(path: string): number | null {
  try {
    return fs.openSync(path, OPEN | O_DIRECTORY);
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENOTDIR"].includes(errorCode(error) ?? "")) return null;
    throw error;
  }
}

function adoptFolder(folder: number, owner: ProcessUser): void {
  try {
    const name = `/proc/self/fd/${folder}`;
    for (const entry of fs.readdirSync(name, { withFileTypes: true })) {
      if (entry.name === SHARED || !(entry.isFile() || entry.isDirectory())) continue;
      adoptEntry(`${name}/${entry.name}`, owner);
    }
  } finally {
    fs.closeSync(folder);
  }
}

function adoptEntry(path: string, owner: ProcessUser): void {
  let file: number;
  try {
    file = fs.openSync(path, OPEN);
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENXIO"].includes(errorCode(error) ?? "")) return; // changed meanwhile: not what was written
    throw error;
  }
  const stats = fs.fstatSync(file);
  if (stats.uid === 0 && (stats.isDirectory() || (stats.isFile() && stats.nlink === 1))) {
    fs.fchownSync(file, owner.uid, owner.gid);
  }
  if (stats.isDirectory()) adoptFolder(file, owner);
  else fs.closeSync(file);
}

/** A folder that root made, with the files right in it: its user may add to it, but not change what lies deeper. */
export async function giveTopLevel(folder: string, { uid, gid }: ProcessUser): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) await lchown(`${folder}/${entry.name}`, uid, gid);
  }
  await lchown(folder, uid, gid);
}
