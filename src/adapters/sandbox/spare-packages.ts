// Packages that a sandbox was given and left as they were, kept for the next one: to link, or to copy, thousands of files is most of
// what it takes to prepare a sandbox. One set at most is kept, because copies take 100 MB.
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode } from "../../processes/error-code.ts";
import { foldersIn } from "../../processes/folders.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { changedStamps, OF_TOOLS, type Stamps, stampsOf } from "./stamps.ts";
import type { Placing } from "./shared-packages.ts";

/** What is known of packages from their install on. */
export interface Placed {
  /** Of the prepared packages that they were taken from. */
  name: string;
  how: Placing;
  stamps: Stamps;
}

/** Names what was prepared in `folder`, such that what is prepared there anew has another name. */
export function spareName(folder: string): string {
  const { ino, ctimeNs } = lstatSync(join(folder, "node_modules"), { bigint: true });
  return `${basename(folder)}-${ino}-${ctimeNs}`;
}

/** Moves the spare packages of that name to `to`. False when there are none, or they are not as they were kept. */
export async function takeSpare(spares: string, name: string, to: string): Promise<boolean> {
  const taken = `${to}.spare`;
  try {
    await rename(join(spares, name), taken);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
  try {
    const { how, stamps } = JSON.parse(readFileSync(join(taken, "kept.json"), "utf8")) as Kept;
    if (!isAsBefore(join(taken, "node_modules"), how, new Map(stamps))) return false;
    await rename(join(taken, "node_modules"), to);
    return true;
  } finally {
    await removeTree(taken);
  }
}

interface Kept {
  how: Placing;
  stamps: [string, string][];
}

/** Moves the packages away from a sandbox in which nothing runs any more, if they are still what was installed there. What goes
 * wrong costs no more than the saving, so it is no error. */
export async function keepSpare(spares: string, modules: string, { name, how, stamps }: Placed): Promise<void> {
  const temporary = join(spares, `.new-${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    if (!lstatSync(modules).isDirectory()) return; // a link that leads elsewhere
    for (const tool of OF_TOOLS) await removeTree(join(modules, tool));
    if (!isAsBefore(modules, how, stamps)) return;
    mkdirSync(temporary, { recursive: true, mode: 0o700 });
    const kept: Kept = { how, stamps: [...stamps] };
    writeFileSync(join(temporary, "kept.json"), JSON.stringify(kept), { mode: 0o600 });
    await rename(modules, join(temporary, "node_modules"));
    for (const other of await foldersIn(spares)) {
      if (other !== name && !other.startsWith(".")) await removeTree(join(spares, other));
    }
    await rename(temporary, join(spares, name)); // fails when there are some already
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  } finally {
    await removeTree(temporary);
  }
}

/** Removes those of the prepared packages with that key. */
export async function forgetSpare(spares: string, key: string): Promise<void> {
  for (const name of await foldersIn(spares)) if (name.startsWith(`${key}-`)) await removeTree(join(spares, name));
}

/** All files are looked at where they are the sandbox's own, those that tools keep there for themselves included. */
function isAsBefore(modules: string, how: Placing, stamps: Stamps): boolean {
  return changedStamps(stamps, stampsOf(modules, how, new Set())).length === 0;
}
