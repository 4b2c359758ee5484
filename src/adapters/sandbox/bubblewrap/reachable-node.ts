// Node's program for a user who may not be able to enter the folder it is in, such as one below /root.
import { createHash, randomBytes } from "node:crypto";
import { constants, existsSync, lstatSync, realpathSync, statSync } from "node:fs";
import { chmod, copyFile, link, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../../processes/error-code.ts";

export interface ReachableNode {
  /** The file to bind at `path`; null when it is in /usr, which is there anyway. */
  file: string | null;
  /** What commands call it. */
  path: string;
  /** For the search path. */
  folder: string;
}

/** @param forOther whether a user other than the one who runs tb will start it.
 * @param folder a folder that every user can enter; asked for only when Node's own cannot be entered. */
export async function reachableNode(forOther: boolean, folder: () => Promise<string>): Promise<ReachableNode> {
  const path = process.execPath;
  const real = realpathSync(path);
  const place = { path, folder: dirname(path) };
  if (path === real && path.startsWith("/usr/")) return { ...place, file: null };
  return { ...place, file: forOther && !everyoneMayRun(real) ? await copyOf(real, await folder()) : real };
}

/** Whether every user can start the program: links are followed, all folders above count. */
export function everyoneMayRun(program: string): boolean {
  const file = realpathSync(program);
  if ((statSync(file).mode & 0o005) !== 0o005) return false;
  for (let path = dirname(file); ; path = dirname(path)) {
    if ((lstatSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** A link to it where one can be made, under a name that changes with the file. */
async function copyOf(real: string, folder: string): Promise<string> {
  const { dev, ino, size, mtimeMs, mode } = statSync(real);
  const version = createHash("sha256").update(`${dev} ${ino} ${size} ${mtimeMs}`).digest("hex").slice(0, 16);
  const copy = join(folder, `node-${version}`);
  if (existsSync(copy)) return copy;
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const temporary = join(folder, `.new-${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    if ((mode & 0o005) !== 0o005 || !(await linked(real, temporary))) {
      await copyFile(real, temporary, constants.COPYFILE_FICLONE);
      await chmod(temporary, 0o755);
    }
    await rename(temporary, copy);
  } finally {
    await rm(temporary, { force: true });
  }
  return copy;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (["EXDEV", "EPERM", "EMLINK", "ENOTSUP"].includes(errorCode(error) ?? "")) return false;
    throw error;
  }
}
