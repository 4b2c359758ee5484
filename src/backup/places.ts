// Where backups lie: `<home>/backups/<project id or "control">/<backup id>`, or a folder of the user's choice.
import { randomBytes } from "node:crypto";
import { mkdir, rename } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { leftoversIn, type Leftover } from "../adapters/leftover.ts";
import { TbError } from "../errors.ts";
import { exists, foldersIn, folderSize, syncFolder } from "../processes/folders.ts";
import { isAlive } from "../processes/is-alive.ts";
import { removeTree } from "../processes/remove-tree.ts";
import { ensurePrivateFolder } from "../secrets/private-files.ts";
import { readManifest, type BackupManifest } from "./manifest.ts";

/** The name under which tb's own state is backed up and restored. */
export const CONTROL = "control";

/** A name that no finished backup has: whose process is dead, it may be removed. */
const UNFINISHED = /^\.new-(\d+)-[0-9a-f]{8}$/;

export interface StoredBackup {
  folder: string;
  manifest: BackupManifest;
  /** Of all its files. */
  bytes: number;
}

/** A folder in tb's home that holds something which is no backup. */
export interface BrokenBackup {
  folder: string;
  reason: string;
}

export function backupRoot(home: string): string {
  return join(home, "backups");
}

/** `20261119-140233-x7k2`: sorts by time (UTC). */
export function newBackupId(now = new Date()): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}

/** Fills a folder beside its place and renames it when it is whole. A folder that is there already is kept: the step that
 * made it is repeated. */
export async function writeWhole(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const parent = resolve(folder, "..");
  await ensureFolder(parent);
  await removeUnfinished(parent);
  if (await exists(folder)) return;
  const temporary = join(parent, `.new-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(temporary, { mode: 0o700 });
    await fill(temporary);
    await rename(temporary, folder);
    await syncFolder(parent);
  } finally {
    await removeTree(temporary);
  }
}

/** Removes a backup; cut short, what is left of it is no backup any more. */
export async function removeBackup(folder: string): Promise<void> {
  const away = join(resolve(folder, ".."), `.new-${process.pid}-${randomBytes(4).toString("hex")}`);
  if (!(await exists(folder))) return;
  await rename(folder, away);
  await removeTree(away);
}

/** Removes what killed processes left half written or half removed. */
async function removeUnfinished(parent: string): Promise<void> {
  for (const name of await foldersIn(parent)) {
    const pid = Number(UNFINISHED.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) await removeTree(join(parent, name));
  }
}

/** The same, of all projects. */
export async function leftoverBackups(root: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const owner of await foldersIn(root)) found.push(...(await leftoversIn(join(root, owner), UNFINISHED)));
  return found;
}

/** Newest first, of one project (or of CONTROL) or of all. */
export async function listBackups(
  root: string,
  owner?: string,
): Promise<{ backups: StoredBackup[]; broken: BrokenBackup[] }> {
  const backups: StoredBackup[] = [];
  const broken: BrokenBackup[] = [];
  for (const each of owner === undefined ? await foldersIn(root) : [owner]) {
    for (const name of await foldersIn(join(root, each))) {
      if (name.startsWith(".")) continue;
      const folder = join(root, each, name);
      try {
        backups.push({ folder, manifest: await readManifest(folder), bytes: await folderSize(folder) });
      } catch (error) {
        if (!(error instanceof TbError)) throw error;
        broken.push({ folder, reason: error.message });
      }
    }
  }
  return { backups: backups.toSorted((a, b) => (a.manifest.id < b.manifest.id ? 1 : -1)), broken };
}

/** By "latest", id, beginning of an id, or path. Throws TbError "not_found" or "usage" (ambiguous), and as `readManifest`. */
export async function findBackup(root: string, owner: string, wanted: string): Promise<StoredBackup> {
  if (wanted.includes("/")) {
    const folder = resolve(wanted);
    return { folder, manifest: await readManifest(folder), bytes: await folderSize(folder) };
  }
  const names = (await foldersIn(join(root, owner))).filter((name) => !name.startsWith(".")).toSorted();
  const fitting = wanted === "latest" ? names.slice(-1) : names.filter((name) => name.startsWith(wanted));
  const [first, second] = fitting;
  if (first === undefined) {
    throw new TbError(
      "not_found",
      wanted === "latest" ? "There is no backup yet." : `There is no backup "${wanted}".`,
      {
        suggestion: "tb db backup --list",
      },
    );
  }
  if (second !== undefined && first !== wanted) {
    throw new TbError("usage", `"${wanted}" fits more than one backup: ${first}, ${second}, …`, {
      suggestion: "Give more characters of the id.",
    });
  }
  const folder = join(root, owner, first);
  return { folder, manifest: await readManifest(folder), bytes: await folderSize(folder) };
}

/** The folder's name in a place of the user's choice, where the project's id says nothing. */
export function exportedName(projectName: string, id: string): string {
  return `${basename(projectName)}-${id}`;
}

/** Private where tb makes it; a folder of the user's is left as it is. */
async function ensureFolder(folder: string): Promise<void> {
  if (!(await exists(folder))) await ensurePrivateFolder(folder);
}
