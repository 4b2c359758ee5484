// Courtesy between processes that are about to do the same expensive thing: one does it, the others wait for it. Nothing
// depends on it, the work must be safe to do twice: a claim that is wrongly kept only delays.
import { lstat, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { claimOwner, makeClaim } from "./claims.ts";
import { errorCode } from "./error-code.ts";
import { isAlive } from "./is-alive.ts";

/** Milliseconds after which a claim is taken for abandoned although a process with its pid is alive. */
const PATIENCE = 10_000;

/** Milliseconds that a folder of a dead process is left alone. */
const ABANDONED_AFTER = 60_000;

/** Runs the work at once, or, while another process holds the claim (of that name, in a folder that is there), when it lets
 * go. The work is skipped when `isDone`. */
export async function oneAtATime(
  claim: string,
  isDone: () => Promise<boolean>,
  work: () => Promise<void>,
): Promise<void> {
  while (!(await isDone())) {
    if (await take(claim)) {
      try {
        if (!(await isDone())) await work();
      } finally {
        await rm(claim, { force: true });
      }
      return;
    }
    await sleep(20);
  }
}

async function take(claim: string): Promise<boolean> {
  if (makeClaim(claim, String(process.pid))) return true;
  try {
    const pid = Number(claimOwner(claim));
    const age = Date.now() - (await lstat(claim)).mtimeMs;
    if (age > PATIENCE || (pid > 0 && !isAlive(pid))) await rm(claim, { force: true });
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error; // let go meanwhile
  }
  return false;
}

/** A name for something unfinished, next to what it becomes: `sweepUnfinished` knows whose it is. */
export function unfinishedName(path: string, random: string): string {
  return `${path}.new-${process.pid}-${random}`;
}

/** Removes what processes that were killed left unfinished in the folder. */
export async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/\.new-(\d+)-[0-9a-f]+(\.pw)?$/.exec(name)?.[1] ?? 0);
    if (pid === 0 || isAlive(pid)) continue;
    const path = join(folder, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > ABANDONED_AFTER) await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error; // swept by another process meanwhile
    }
  }
}
