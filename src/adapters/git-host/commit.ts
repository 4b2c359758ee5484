// Commits of an index, made from git's own parts: no branch is checked out, and nothing of a working tree is asked for.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IndexPlace } from "./tree.ts";

/** Text for `git.script` in a place that `setMessage` was called for: commits the index on $parent, whose tree is $parent_tree (both
 * empty when there is none), and leaves the name in $commit; that of the parent when it has the same tree. */
export const COMMIT = `tree=$(git write-tree)
if [ "$tree" = "$parent_tree" ]
then commit=$parent
else commit=$(git commit-tree "$tree" \${parent:+-p "$parent"} -F "\${GIT_INDEX_FILE%/*}/message")
fi`;

/** In a file, because it may be longer than an argument. */
export async function setMessage({ folder }: IndexPlace, message: string): Promise<void> {
  await writeFile(join(folder, "message"), message);
}
