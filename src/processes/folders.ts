// Looking at folders that others may change at the same time: what is gone meanwhile was not there.
import type { Dirent } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "./error-code.ts";

/** A folder can be deeper than a name may be long; what is there cannot be named. */
const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);

/** Entries of a folder, by name; none when it is not there. */
export async function entriesIn(folder: string): Promise<Dirent[]> {
  const entries = await orNull(readdir(folder, { withFileTypes: true }));
  return (entries ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of the folders in a folder, sorted. */
export async function foldersIn(folder: string): Promise<string[]> {
  return (await entriesIn(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

export interface PathFacts {
  /** Bytes that its files hold, without links. */
  bytes: number;
  /** When the file or folder itself was last changed. */
  changedAt: Date;
}

/** Size and age of a file or a whole folder; null when it is not there. */
export async function pathFacts(path: string): Promise<PathFacts | null> {
  const found = await orNull(lstat(path));
  if (!found) return null;
  const bytes = found.isDirectory() ? await folderSize(path) : found.isFile() ? found.size : 0;
  return { bytes, changedAt: found.mtime };
}

export async function folderSize(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await entriesIn(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) total += await folderSize(path);
    else if (entry.isFile()) total += (await orNull(lstat(path)))?.size ?? 0;
  }
  return total;
}

export async function exists(path: string): Promise<boolean> {
  return (await orNull(lstat(path))) !== null;
}

/** Makes names that were just given last through a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (GONE.has(errorCode(error) ?? "")) return null;
    throw error;
  }
}
