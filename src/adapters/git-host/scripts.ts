// What is done with several git commands in one process (`git.script`); the variables are named with each.
import { COMMIT } from "./commit.ts";
import { FIND_SUSPECTS } from "./secret-scan.ts";
import { ADD_ALL } from "./tree.ts";

/** A commit on $parent that no ref names yet; what it holds, and what of that is suspicious, goes into files beside the index. */
export const COMMIT_SAFELY = `${ADD_ALL}
git ls-files --stage -z > "\${GIT_INDEX_FILE%/*}/entries"
${FIND_SUSPECTS}
${COMMIT}
echo "$commit"`;

/** Of a pack of 32 objects and more, such as a first one, the receiver makes no single files. */
export const PUSH = `git update-ref "$ref" "$commit"
git push --quiet --no-verify --receive-pack="git -c receive.unpackLimit=32 receive-pack" -- "$repository" "$commit:$ref"`;

const FIND_TIP = `tip=$(git for-each-ref --format="%(objectname) %(tree)" "$ref")
parent=\${tip% *}
parent_tree=\${tip#* }`;

/** The shell of a tb that was killed goes on: it must not take the place of what the next one has saved. */
const COMMIT_AND_MOVE = `${COMMIT}
git update-ref "$ref" "$commit" "$parent"
echo "$commit $parent"`;

/** $ref names the tree as it is now. Prints the commit and the one before. */
export const SAVE = `${FIND_TIP}
${ADD_ALL}
${COMMIT_AND_MOVE}`;

/** The first half of a save that leaves something out: prints what it would hold. */
export const ADD_AND_LIST = `${FIND_TIP}
${ADD_ALL}
git ls-files --stage -z`;

/** The second half, which reads the paths to leave out. */
export const SAVE_WITHOUT = `${FIND_TIP}
git update-index --force-remove -z --stdin
${COMMIT_AND_MOVE}`;

/** The working tree becomes that of $parent. */
export const RESTORE = `${ADD_ALL}
git read-tree --reset -u "$parent"`;
