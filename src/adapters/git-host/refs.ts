// What the refs of a repository name.
import { join } from "node:path";
import type { Git } from "./git.ts";
import { exists } from "./places.ts";

export interface Tip {
  commit: string;
  tree: string;
  ref: string;
}

/** The first of the refs that is there. */
export async function tipOf(git: Git, gitDir: string, ...refs: string[]): Promise<Tip | null> {
  if (await isWithout(gitDir, refs)) return null;
  const output = await git(["for-each-ref", "--format=%(objectname) %(tree) %(refname)", ...refs], { gitDir });
  const found = output.split("\n").map((line) => line.split(" "));
  for (const ref of refs) {
    const [commit, tree] = found.find(([, , name]) => name === ref) ?? []; // a ref names everything below it, too
    if (commit && tree) return { commit, tree, ref };
  }
  return null;
}

/** Names of the branches. */
export async function branchesOf(git: Git, gitDir: string): Promise<string[]> {
  const output = await git(["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/"], { gitDir });
  return output.split("\n").filter(Boolean);
}

/** Whether a look at the files tells already that none of the refs is there; git itself takes a process to say so. */
async function isWithout(gitDir: string, refs: readonly string[]): Promise<boolean> {
  // Beside a file for each there may be a file of those that were packed, which is written before theirs go, or a table.
  for (const name of [...refs, "packed-refs", "reftable"]) if (await exists(join(gitDir, name))) return false;
  return true;
}
