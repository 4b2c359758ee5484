// Housekeeping of the prepared dependencies (dependency-cache.ts), for `tb cleanup`.
import { randomBytes } from "node:crypto";
import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../processes/error-code.ts";
import { foldersIn, pathFacts } from "../../processes/folders.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { leftoversIn, type Leftover } from "../leftover.ts";
import type { StoredDependencies } from "./sandbox.ts";

/** Milliseconds. A sandbox is given them within seconds of the mark of use. */
const COPIED_WITHIN = 60 * 60_000;

const KEY = /^[0-9a-f]{64}$/;

export async function listStored(cache: string): Promise<StoredDependencies[]> {
  const found: StoredDependencies[] = [];
  for (const key of (await foldersIn(cache)).filter((name) => KEY.test(name))) {
    const facts = await pathFacts(join(cache, key));
    if (facts) found.push({ key, bytes: facts.bytes, usedAt: facts.changedAt });
  }
  return found;
}

/** False when they were used within the last hour. Moved away first, so that nobody is given half of them. */
export async function forgetStored(cache: string, key: string): Promise<boolean> {
  if (!KEY.test(key)) throw new Error(`Not the key of prepared dependencies: ${key}`);
  const folder = join(cache, key);
  const away = join(cache, `.new-${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    if (await inUse(folder)) return false;
    await rename(folder, away);
    if (await inUse(away)) {
      await rename(away, folder); // marked between the two looks
      return false;
    }
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error; // another cleanup was faster
    return true;
  }
  await removeTree(away);
  return true;
}

/** What installs and removals that were killed have left. */
export function leftoverDependencies(cache: string): Promise<Leftover[]> {
  return leftoversIn(cache, /^\.new-(\d+)-|\.installing$/);
}

async function inUse(folder: string): Promise<boolean> {
  return Date.now() - (await stat(folder)).mtimeMs < COPIED_WITHIN;
}
