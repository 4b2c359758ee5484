// Removes folders that hostile code may have made hard to remove.
import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "./error-code.ts";

/** Removes a file or a whole folder, also one with folders that its owner may not enter. What is not there is fine. */
export async function removeTree(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const; // files may still appear
  try {
    await rm(path, options);
  } catch (error) {
    if (!["EACCES", "EPERM", "ENOTEMPTY"].includes(errorCode(error) ?? "")) throw error;
    await unlock(path);
    await rm(path, options);
  }
}

async function unlock(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await unlock(join(folder, entry.name)); // a symlink is none
  }
}
