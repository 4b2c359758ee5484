// Removes folders that hostile code may have made hard to remove.
import { execFile } from "node:child_process";
import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorCode } from "./error-code.ts";

/** Removes a file or a whole folder, also one with folders that its owner may not enter, and one that is deeper than the name
 * of a file may be long. What is not there is fine. */
export async function removeTree(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const; // files may still appear
  try {
    await rm(path, options);
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (!["EACCES", "EPERM", "ENOTEMPTY", "ENAMETOOLONG"].includes(code)) throw error;
    // rm goes from folder to folder, so that no name is long; what it cannot do is said by what follows.
    const tooDeep = code === "ENAMETOOLONG" || !(await unlock(path));
    if (tooDeep) await promisify(execFile)("rm", ["-rf", "--", path]).catch(() => {});
    await rm(path, options);
  }
}

/** The same for thousands of files: a program of its own removes them with a tenth of the work. */
export async function removeLargeTree(path: string): Promise<void> {
  await promisify(execFile)("rm", ["-rf", "--", path]).catch(() => {}); // what it cannot do is done, or said, below
  await removeTree(path);
}

/** False when it is too deep for that. */
async function unlock(folder: string): Promise<boolean> {
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !(await unlock(join(folder, entry.name)))) return false; // a symlink is none
    }
    return true;
  } catch (error) {
    if (errorCode(error) === "ENAMETOOLONG") return false;
    throw error;
  }
}
