// Files that hold secrets or decide where state lives: created once, whole, and readable by nobody else.
import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { TbError } from "../errors.ts";

/** Creates the folder (mode 0700) with its parents, or takes group and other rights off an existing one.
 * Throws TbError "configuration" when it cannot be written. */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    const { mode } = await stat(folder);
    if ((mode & 0o077) !== 0) await chmod(folder, 0o700);
  } catch (error) {
    throw folderError(error, folder);
  }
}

/** Like mkdir's own `recursive`, which calls a read-only file system ENOENT and never returns below /proc. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolders(dirname(folder));
    await makeFolder(folder);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
  }
}

/** Returns the content of a 0600 file, creating it with `make()` when it is missing. When several processes create it at
 * once, one wins and the others return what it wrote: the file appears whole or not at all. */
export async function createOnce(path: string, make: () => string): Promise<string> {
  const existing = await readIfPresent(path);
  if (existing !== null) return existing;
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(`${make()}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(temporary, path);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    } finally {
      await unlink(temporary);
    }
  } catch (error) {
    throw folderError(error, dirname(path));
  }
  return (await readFile(path, "utf8")).trim();
}

/** Puts a new content in the place of a 0600 file in one step: whoever reads it finds the one or the other. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(`${content}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    throw folderError(error, dirname(path));
  }
}

/** Content without the line end; null when there is no such file. Throws TbError "configuration" when it is unreadable. */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    const content = (await readFile(path, "utf8")).trim();
    if (content !== "") return content;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw new TbError("configuration", `Cannot read ${path}: ${reasonOf(error) ?? errorCode(error)}.`, {
      suggestion: "Run tb as the user who owns this folder, or set TB_HOME to a folder of your own.",
      cause: error,
    });
  }
  throw new TbError("configuration", `${path} is empty; it should hold a secret of this installation.`, {
    suggestion: "Restore the file from a backup. Databases made with the lost secret need new passwords.",
  });
}

/** The error a person can act on, for a folder of tb's that cannot be written; other errors unchanged. */
export function folderError(error: unknown, folder: string): Error {
  const reason = reasonOf(error);
  if (reason === undefined) return error instanceof Error ? error : new Error(String(error));
  const full = ["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "");
  return new TbError(full ? "transient" : "configuration", `Cannot write to ${folder}: ${reason}.`, {
    suggestion: "Free or repair that folder, or set TB_HOME to a folder you can write to.",
    cause: error,
  });
}

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file, not a folder",
  ENOENT: "the folder above it does not take new folders",
  EEXIST: "there is a file where the folder should be",
};

function reasonOf(error: unknown): string | undefined {
  return REASONS[errorCode(error) ?? ""];
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
