// tb's folder: whether it can be used, whether it is private, and how much room there is.
import { constants, type Stats } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TbError } from "../errors.ts";
import { errorCode } from "../processes/error-code.ts";
import { entriesIn } from "../processes/folders.ts";
import { folderError } from "../secrets/private-files.ts";
import { formatBytes } from "../ui/bytes.ts";
import type { Found } from "./diagnosis.ts";

/** Bytes that a first create takes: programs and data of Postgres, dependencies of a project. */
const NEEDED = 300_000_000;
const COMFORTABLE = 2_000_000_000;
const COMFORTABLE_INODES = 50_000;
/** The longest folder of a Unix socket that every platform takes (postgres-location.ts). */
const LONGEST_SOCKET_FOLDER = 88;

export async function checkHome(home: string): Promise<Found> {
  const found = await statOrNull(home);
  if (!found) {
    const parent = await nearest(dirname(home));
    await requireWritable(parent);
    return `${home} will be made when it is needed`;
  }
  if (!found.isDirectory())
    throw new TbError("configuration", `${home} is not a folder.`, { suggestion: "Set TB_HOME to a folder." });
  await requireWritable(home);
  if ((found.mode & 0o077) !== 0) {
    return { status: "warning", message: `Others can look into ${home}.`, fix: `chmod 700 ${home}` };
  }
  return home;
}

/** Where a long path would not fit, sockets lie in /tmp; that works, but /tmp must be there. */
export async function checkSockets(home: string): Promise<Found> {
  const folder = join(home, "postgres", "run", "projects");
  if (Buffer.byteLength(folder) <= LONGEST_SOCKET_FOLDER) return "the path is short enough for sockets";
  await requireWritable("/tmp");
  return "the path is too long for sockets, so they lie in /tmp";
}

export async function checkDisk(home: string): Promise<Found> {
  const place = await nearest(home);
  const { bavail, bsize, files, ffree } = await statfs(place);
  const free = bavail * bsize;
  const fix = "tb cleanup --dry-run\nSet TB_HOME to a folder on another disk.";
  if (free < NEEDED) return { status: "problem", message: `Only ${formatBytes(free)} are free at ${place}.`, fix };
  if (free < COMFORTABLE) return { status: "warning", message: `Only ${formatBytes(free)} are free at ${place}.`, fix };
  // Some file systems make inodes as they are needed, and say 0 of 0.
  if (files > 0 && ffree < COMFORTABLE_INODES) {
    return { status: "warning", message: `Only ${ffree.toLocaleString("en")} more files fit at ${place}.`, fix };
  }
  return `${formatBytes(free)} are free`;
}

/** Prepared dependencies: with some, projects of the usual kind can be made without the network. */
export async function countDependencies(home: string): Promise<number> {
  const entries = await entriesIn(join(home, "cache", "dependencies"));
  return entries.filter(({ name }) => /^[0-9a-f]{64}$/.test(name)).length;
}

async function requireWritable(folder: string): Promise<void> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderError(error, folder);
  }
}

/** The folder, or the nearest one above it that is there. */
async function nearest(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const found = await statOrNull(path);
    if (found?.isDirectory() || path === dirname(path)) return path;
    if (found)
      throw new TbError("configuration", `${path} is a file, so ${folder} cannot be made.`, {
        suggestion: "Set TB_HOME to another folder.",
      });
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return null;
    throw folderError(error, path);
  }
}
