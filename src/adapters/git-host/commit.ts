// Commits of an index, made from git's own parts: no branch is checked out, and nothing of a working tree is asked for.
import { type Git, type GitPlace, pastStaleLocks } from "./git.ts";
import type { Tip } from "./refs.ts";

/** $1 the ref, $2 and $3 the parent and its tree, or nothing; reads the message, prints the commit. */
const COMMIT = `tree=$(git write-tree)
if [ "$tree" = "$3" ]; then commit=$2; else commit=$(git commit-tree "$tree" \${2:+-p "$2"} -F -); fi
git update-ref "$1" "$commit"
echo "$commit"`;

/** Commits the index of `place` on `parent` under `ref`, unless the parent has the same tree. */
export async function commitIndex(
  git: Git,
  place: GitPlace,
  ref: string,
  parent: Tip | null,
  message: string,
): Promise<{ commit: string; changed: boolean }> {
  const args = [ref, parent?.commit ?? "", parent?.tree ?? ""];
  const commit = (await pastStaleLocks(place.gitDir!, () => git.script(COMMIT, args, place, message))).trim();
  return { commit, changed: commit !== parent?.commit };
}
