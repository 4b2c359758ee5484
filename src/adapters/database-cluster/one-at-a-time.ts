// Courtesy between processes that are about to do the same expensive thing: one does it, the others wait for it. Nothing
// depends on it, the work must be safe to do twice: a claim left by a dead process only delays.
import { mkdir, rmdir, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../../secrets/private-files.ts";

/** Milliseconds after which a claim is taken for abandoned. */
const PATIENCE = 10_000;

/** Runs the work at once, or, while another process holds the claim (a folder of that name), when `isDone` or it lets go.
 * The work is skipped when `isDone`. */
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
        await letGo(claim);
      }
      return;
    }
    await sleep(20);
  }
}

async function take(claim: string): Promise<boolean> {
  try {
    await mkdir(claim);
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  try {
    if (Date.now() - (await stat(claim)).mtimeMs > PATIENCE) await letGo(claim);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error; // let go meanwhile
  }
  return false;
}

/** Another process may have taken it for abandoned. */
async function letGo(claim: string): Promise<void> {
  try {
    await rmdir(claim);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
