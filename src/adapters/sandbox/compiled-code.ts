// What Node has compiled of the prepared packages, kept beside them and given to every sandbox to read: starting a tool is then a
// third less work. Nobody but tb writes it: it comes from a tree that no model and no user has touched yet, and sandboxes
// see it read-only, because compiled code is run without a look at its source.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../processes/error-code.ts";
import { entriesIn } from "../../processes/folders.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { linkOrCopyTree } from "./shared-packages.ts";

/** Node names its folder `<version>-<architecture>-<flags>-<user id>`, and takes nothing that is under another name. */
const OWN_NAME = /^(v\d[\w.-]*)-\d+$/;

/** What makes Node use the folder, and look in it by where a file is seen from there, not by its whole path. */
export function compiledEnvironment(folder: string): Record<string, string> {
  return { NODE_COMPILE_CACHE: folder, NODE_COMPILE_CACHE_PORTABLE: "1" };
}

/** Whether there is some for this Node. */
export function hasCompiled(prepared: string): boolean {
  return existsSync(store(prepared));
}

/** Keeps what commands have left in `folder`, the cache that they were given. Safe when several do so at once. */
export async function keepCompiled(prepared: string, folder: string): Promise<void> {
  const temporary = join(prepared, `.compiled-${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    for (const { name } of await entriesIn(folder)) {
      const shared = OWN_NAME.exec(name)?.[1];
      if (shared) await copyFiles(join(folder, name), join(temporary, shared));
    }
    if (!existsSync(temporary)) return; // this Node keeps nothing
    await mkdir(join(prepared, "compiled"), { recursive: true, mode: 0o755 });
    await rename(temporary, store(prepared));
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw error; // someone else was faster
  } finally {
    await removeTree(temporary);
  }
}

/** Puts it at `to`, under the names that Node looks for as that user. Nothing where there is none. */
export async function placeCompiled(prepared: string, to: string, uid: number, signal?: AbortSignal): Promise<void> {
  await removeTree(to);
  if (!hasCompiled(prepared)) return;
  const temporary = `${to}.new`;
  await removeTree(temporary);
  await linkOrCopyTree(store(prepared), temporary, signal);
  for (const name of await readdir(temporary)) await rename(join(temporary, name), join(temporary, `${name}-${uid}`));
  await rename(temporary, to);
}

function store(prepared: string): string {
  return join(prepared, "compiled", `${process.version}-${process.arch}`);
}

/** Files only, as everybody's to read: their names are hashes, and a link among them would be nobody's of ours. */
async function copyFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  for (const entry of await entriesIn(from)) {
    if (!entry.isFile()) continue;
    await copyFile(join(from, entry.name), join(to, entry.name));
    await chmod(join(to, entry.name), 0o644);
  }
}
