// Files of a working tree that hostile code may have changed: no path leaves the tree, not even through symlinks.
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";
import { entriesIn } from "../../processes/folders.ts";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;
const MAX_FILE = 2 * 1024 * 1024;
/** Folders that are no part of a project's tree. */
export const NOT_LISTED: ReadonlySet<string> = new Set(["node_modules", ".output", ".nitro", ".git"]);

/** The text of a file. Throws TbError "not_found", or "usage" for a path that leaves the tree, something that is not a
 * file, or more than `limit` bytes (default 2 MiB). */
export function readTreeFile(root: string, path: string, limit = MAX_FILE): string {
  return inFolderOf(root, path, false, (name) => {
    let file: number;
    try {
      // O_NONBLOCK: opening a named pipe would otherwise wait for its writer
      file = fs.openSync(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      throw explain(error, path);
    }
    try {
      const stats = fs.fstatSync(file);
      if (stats.isDirectory()) throw new TbError("usage", `"${path}" is a folder.`);
      if (!stats.isFile()) throw new TbError("usage", `"${path}" is not a file.`);
      if (stats.size > limit) throw tooLarge(path, stats.size, limit);
      return fs.readFileSync(file, "utf8");
    } finally {
      fs.closeSync(file);
    }
  });
}

/** Writes a file whole or not at all, and creates its folders. A symlink in its place is replaced, not followed. */
export function writeTreeFile(root: string, path: string, content: string): void {
  const size = Buffer.byteLength(content);
  if (size > MAX_FILE) throw tooLarge(path, size, MAX_FILE);
  inFolderOf(root, path, true, (name, folder) => {
    const temporary = `${folder}/.tb-${randomBytes(6).toString("hex")}.tmp`;
    try {
      const file = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, modeOf(name));
      try {
        fs.writeFileSync(file, content);
        giveTo(file, fs.statSync(folder));
      } finally {
        fs.closeSync(file);
      }
      fs.renameSync(temporary, name);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw explain(error, path);
    }
  });
}

/** Deletes a file or symlink. Throws TbError "not_found"; "usage" for a folder. */
export function deleteTreeFile(root: string, path: string): void {
  inFolderOf(root, path, false, (name) => {
    try {
      fs.unlinkSync(name);
    } catch (error) {
      throw explain(error, path);
    }
  });
}

/** Regular files below the root, sorted by code unit; symlinks are neither followed nor listed, nor is what lies so deep that it
 * cannot be named. */
export async function listTreeFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [""];
  for (const folder of folders) {
    for (const entry of await entriesIn(`${root}/${folder}`)) {
      if (NOT_LISTED.has(entry.name)) continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) files.push(path);
    }
  }
  return files.toSorted();
}

/** The segments of a path that stays inside a tree. Throws TbError "usage". */
function treePath(path: string): [string, ...string[]] {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  const [first, ...rest] = segments;
  const bad = path.startsWith("/") || /[\0\\]/.test(path) || segments.includes("..") || /^[a-z]:/i.test(path);
  if (bad || first === undefined) {
    throw new TbError("usage", `"${path.replaceAll("\0", "\\0")}" is not a path inside the working tree.`, {
      suggestion: 'Use a relative path with forward slashes and without "..", such as server/api/users.get.ts.',
    });
  }
  return [first, ...rest];
}

/** Opens the folder of `path` segment by segment and hands its name on. On Linux that name goes through the open folder
 * itself (/proc/self/fd), so that nothing can be swapped for a symlink between the check and the use. */
function inFolderOf<T>(root: string, path: string, create: boolean, use: (name: string, folder: string) => T): T {
  const segments = treePath(path);
  const base = segments.pop()!;
  let folder = openFolder(root, O_NOFOLLOW, path);
  const tree = folder.real;
  try {
    for (const segment of segments) {
      const next = `${folder.name}/${segment}`;
      const made = create && makeFolder(next, path);
      const opened = openFolder(next, 0, path);
      if (made) giveTo(opened.handle, fs.fstatSync(folder.handle));
      fs.closeSync(folder.handle);
      folder = opened;
      if (folder.real !== tree && !folder.real.startsWith(`${tree}/`)) {
        throw new TbError("usage", `"${path}" leads out of the working tree through a symbolic link.`);
      }
    }
    return use(`${folder.name}/${base}`, folder.name);
  } finally {
    fs.closeSync(folder.handle);
  }
}

function openFolder(name: string, flags: number, path: string): { handle: number; name: string; real: string } {
  let handle: number;
  try {
    handle = fs.openSync(name, O_RDONLY | O_DIRECTORY | flags);
  } catch (error) {
    throw explain(error, path);
  }
  try {
    if (process.platform !== "linux") return { handle, name: fs.realpathSync(name), real: fs.realpathSync(name) };
    const through = `/proc/self/fd/${handle}`;
    return { handle, name: through, real: fs.readlinkSync(through) };
  } catch (error) {
    fs.closeSync(handle);
    throw error;
  }
}

function makeFolder(name: string, path: string): boolean {
  try {
    fs.mkdirSync(name);
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw explain(error, path);
    return false;
  }
}

/** What root writes into another user's folder is that user's, who is to go on with it. */
function giveTo(file: number, { uid, gid }: fs.Stats): void {
  if (process.getuid?.() === 0 && uid !== 0) fs.fchownSync(file, uid, gid);
}

/** Keeps an executable file executable. */
function modeOf(name: string): number {
  const stats = fs.lstatSync(name, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.mode & 0o777 : 0o644;
}

function tooLarge(path: string, size: number, limit: number): TbError {
  return new TbError("usage", `"${path}" has ${size} bytes; the limit is ${limit}.`);
}

function explain(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case "ENOENT":
      return new TbError("not_found", `There is no file "${path}" in the working tree.`, { cause: error });
    case "ELOOP":
      return new TbError("usage", `"${path}" is a symbolic link.`, { cause: error });
    case "EISDIR":
    case "EPERM": // what macOS says when a folder is unlinked
      return new TbError("usage", `"${path}" is a folder.`, { cause: error });
    case "ENOTDIR":
      return new TbError("usage", `A part of "${path}" is not a folder.`, { cause: error });
    case "ENAMETOOLONG":
      return new TbError("usage", `"${path.slice(0, 80)}…" is too long for a path.`, { cause: error });
    case undefined:
    default:
      return error;
  }
}
