// Commits of an index, made from git's own parts: no branch is checked out, and nothing of a working tree is asked for.
import { type Git, type GitPlace, pastStaleLocks } from "./git.ts";
import type { Tip } from "./refs.ts";

/** Commits the index of `place` on `parent` under `ref`, unless the parent has the same tree. */
export async function commitIndex(git: Git, place: GitPlace, ref: string, parent: Tip | null, message: string) {
  return commitTree(git, await writeTree(git, place), place, ref, parent, message);
}

/** The index of `place` as a tree; its name. */
export async function writeTree(git: Git, place: GitPlace): Promise<string> {
  return (await git(["write-tree"], place)).trim();
}

export async function commitTree(
  git: Git,
  tree: string,
  place: GitPlace,
  ref: string,
  parent: Tip | null,
  message: string,
): Promise<{ commit: string; changed: boolean }> {
  const changed = tree !== parent?.tree;
  const base = parent ? ["-p", parent.commit] : [];
  const commit = changed
    ? (await git(["commit-tree", tree, ...base, "-F", "-"], place, message)).trim()
    : parent.commit;
  await pastStaleLocks(place.gitDir!, () => git(["update-ref", ref, commit], place));
  return { commit, changed };
}
