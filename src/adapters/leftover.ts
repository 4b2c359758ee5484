// What killed processes leave behind where an adapter keeps things on this machine: half-made files and folders.
import { join } from "node:path";
import { entriesIn, pathFacts } from "../processes/folders.ts";
import { isAlive } from "../processes/is-alive.ts";
import { removeTree } from "../processes/remove-tree.ts";

/** It is a part of nothing, and nobody works on it any more. */
export interface Leftover {
  /** Its path. */
  name: string;
  bytes: number;
  changedAt: Date;
  /** Removing what is gone is fine. */
  readonly remove: () => Promise<void>;
}

/** Names that carry no process are left alone for so long: whoever made them may still be at work. */
const QUIET_FOR = 60 * 60_000;

/** Entries of the folder whose name fits: those of a dead process (the pattern's first group is its pid), and those
 * without a pid that nobody has changed for an hour. */
export async function leftoversIn(folder: string, pattern: RegExp): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { name } of await entriesIn(folder)) {
    const match = pattern.exec(name);
    if (!match) continue;
    const path = join(folder, name);
    const facts = await pathFacts(path);
    if (facts && isAbandoned(Number(match[1] ?? 0), facts.changedAt)) found.push(leftover(path, facts));
  }
  return found;
}

export function leftover(path: string, facts: { bytes: number; changedAt: Date }): Leftover {
  return { name: path, ...facts, remove: () => removeTree(path) };
}

function isAbandoned(pid: number, changedAt: Date): boolean {
  return pid > 0 ? !isAlive(pid) : Date.now() - changedAt.getTime() > QUIET_FOR;
}
