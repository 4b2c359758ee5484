// Copies folders, sharing blocks where the file system can; never hard links: copies are written to.
import { constants } from "node:fs";
import { cp } from "node:fs/promises";
import { launch, type Command } from "./launch.ts";
import { waitForEnd } from "./wait-for-end.ts";
import { removeTree } from "./remove-tree.ts";

/** Copies the folder `from` to `to`, which must not exist; symlinks are copied as they are. */
export async function copyTree(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const command: Command =
    process.platform === "darwin" ? ["cp", "-Rc", from, to] : ["cp", "-a", "--reflink=auto", from, to];
  const child = await launch(command, { cwd: "/", env: { PATH: "/usr/bin:/bin" }, mark: to });
  child.stdout.resume();
  child.stderr.resume();
  const { exitCode } = await waitForEnd(child, { signal, grace: 0 });
  if (exitCode === 0) return;
  // A cp without these options, or a folder on a file system that it does not like: Node copies too, only slower.
  await removeTree(to);
  await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
}
