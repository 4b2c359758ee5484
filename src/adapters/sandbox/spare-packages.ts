// Packages that a sandbox was given and left as they were, kept for the next one: to link thousands of files is most of what it
// takes to prepare a sandbox. One set at most is kept, and only of packages that a sandbox cannot write into (they are root's, and
// it has a user of its own): what it can do to them shows in their folders.
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode } from "../../processes/error-code.ts";
import { foldersIn } from "../../processes/folders.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { changedStamps, OF_TOOLS, type Stamps, stampPackages } from "./stamps.ts";

/** What is known of packages from their install on. */
export interface Placed {
  /** Where they were prepared, and what that was called then. */
  prepared: string;
  name: string;
  stamps: Stamps;
}

/** Names what was prepared in `folder`, such that what is prepared there anew has another name. */
export function spareName(folder: string): string {
  const { ino, ctimeNs } = lstatSync(join(folder, "node_modules"), { bigint: true });
  return `${basename(folder)}-${ino}-${ctimeNs}`;
}

/** Moves the spare packages of that name to `to`, which must not exist. False, and nothing there, when there are none, or when
 * they are not as they were kept: then they have to be linked as ever. */
export async function takeSpare(spares: string, name: string, to: string): Promise<boolean> {
  const taken = `${to}.spare`;
  try {
    await rename(join(spares, name), taken);
    const modules = join(taken, "node_modules");
    const kept = JSON.parse(readFileSync(join(taken, "kept.json"), "utf8")) as [string, string][];
    if (!isAsBefore(modules, new Map(kept))) return false;
    // The folder itself was the sandbox's own: its mode and its access list are not looked at, but left behind.
    mkdirSync(to, { mode: 0o700 });
    for (const entry of await readdir(modules)) await rename(join(modules, entry), join(to, entry));
    return true;
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    await removeTree(to);
    return false;
  } finally {
    await removeTree(taken);
  }
}

/** Moves the packages away from a sandbox in which nothing runs any more, if they are still what was installed there, and that
 * is still what is prepared. Rejects when they cannot be kept, as when some of that name are there; they are where they were
 * then, or removed. */
export async function keepSpare(spares: string, modules: string, { prepared, name, stamps }: Placed): Promise<void> {
  const temporary = join(spares, temporaryName());
  try {
    if (spareName(prepared) !== name) return;
    if (!lstatSync(modules).isDirectory()) return; // a link that leads elsewhere
    for (const tool of OF_TOOLS) await removeTree(join(modules, tool));
    if (!isAsBefore(modules, stamps)) return;
    mkdirSync(temporary, { recursive: true, mode: 0o700 });
    writeFileSync(join(temporary, "kept.json"), JSON.stringify([...stamps]), { mode: 0o600 });
    await rename(modules, join(temporary, "node_modules"));
    await removeSpares(spares, (other) => other !== name);
    await rename(temporary, join(spares, name));
  } finally {
    await removeTree(temporary);
  }
}

/** Removes those of the prepared packages with that key. */
export async function forgetSpare(spares: string, key: string): Promise<void> {
  await removeSpares(spares, (name) => name.startsWith(`${key}-`));
}

/** Moved away first, so that nobody is given half of them. */
async function removeSpares(spares: string, which: (name: string) => boolean): Promise<void> {
  for (const name of (await foldersIn(spares)).filter((one) => !one.startsWith(".") && which(one))) {
    const away = join(spares, temporaryName());
    try {
      await rename(join(spares, name), away);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error; // another one was faster
    }
    await removeTree(away);
  }
}

/** `tb cleanup` finds those of dead processes. */
function temporaryName(): string {
  return `.new-${process.pid}-${randomBytes(6).toString("hex")}`;
}

function isAsBefore(modules: string, stamps: Stamps): boolean {
  return changedStamps(stamps, stampPackages(modules)).length === 0;
}
