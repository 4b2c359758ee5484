// Unix socket paths end at about 104 bytes, so a deep folder needs a short stand-in.
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TbError } from "../errors.ts";

const LIMIT = 100;
const LONGEST_NAME = 20;

/** The folder for the sockets of `folder`: itself when its path is short enough, else a private one in the temporary
 * folder. Creates it, mode 0700. Throws TbError "configuration" when the stand-in belongs to someone else.
 * @param owner whose it may be instead of the user's who runs tb; whoever makes it so does that afterwards. */
export function socketFolder(folder: string, owner?: number): string {
  const chosen = chosenSocketFolder(folder);
  mkdirSync(chosen, { recursive: true, mode: 0o700 });
  const stats = lstatSync(chosen);
  const ours = process.getuid === undefined || stats.uid === process.getuid() || stats.uid === owner;
  const foreign = !stats.isDirectory() || !ours;
  if (chosen !== folder && (foreign || (stats.mode & 0o077) !== 0)) {
    throw new TbError("configuration", `The folder ${chosen} is not private to this user.`, {
      suggestion: "Remove it, or set TB_HOME to a folder with a shorter path.",
    });
  }
  return chosen;
}

/** Removes the stand-in, if `folder` has one. */
export function removeSocketFolder(folder: string): void {
  const chosen = chosenSocketFolder(folder);
  if (chosen !== folder) rmSync(chosen, { recursive: true, force: true });
}

/** Which folder that is; creates nothing. */
export function chosenSocketFolder(folder: string): string {
  if (fits(folder)) return folder;
  const name = `tb-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
  const inTemporary = join(tmpdir(), name);
  return fits(inTemporary) ? inTemporary : join("/tmp", name);
}

function fits(folder: string): boolean {
  return Buffer.byteLength(folder) + 1 + LONGEST_NAME <= LIMIT;
}
