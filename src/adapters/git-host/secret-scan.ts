// Looks through what is about to be committed for secrets: those of this installation, and what looks like anybody's. git looks
// first, at the very objects that the commit will hold; a file that it names is read once more, to say where.
import { TbError } from "../../errors.ts";
import { knownForms } from "../../secrets/redactor.ts";
import { findSecrets, SECRET_PATTERNS } from "../../secrets/secret-patterns.ts";
import type { Git } from "./git.ts";
import { type IndexPlace, treeEntries, type TreeEntry } from "./tree.ts";

/** Text for `git.script`, with `suspectPatterns` on standard input: which files of the index may hold a secret goes into `suspects`,
 * with a NUL after each. */
export const FIND_SUSPECTS = `git grep --cached --files-with-matches -z --text --extended-regexp -f - \\
  > "\${GIT_INDEX_FILE%/*}/suspects" || [ $? -eq 1 ]`;

/** Patterns come on standard input: a secret must not be on a command line, also not as what is looked for. */
export function suspectPatterns(): string {
  const patterns = [...knownForms().map(escape), ...SECRET_PATTERNS.map(({ source }) => source)];
  return `${patterns.join("\n")}\n`;
}

/** Throws TbError "failure" when a commit's message has a secret in it. */
export function refuseSecretMessage(message: string): void {
  const problems = findSecrets(message, knownForms()).map(({ what }) => `The commit message holds ${what}.`);
  if (problems.length > 0) throw refusal(problems);
}

/** Throws TbError "failure" with file and line of what a suspect holds and the parent does not. What was there before is its
 * author's to answer for, and out of the house already. */
export async function refuseSecrets(
  git: Git,
  place: IndexPlace,
  { found, suspects, parent }: { found: TreeEntry[]; suspects: ReadonlySet<string>; parent: string | null },
): Promise<void> {
  if (suspects.size === 0) return;
  const before = new Set(parent ? (await treeEntries(git, place.gitDir, parent)).map(({ object }) => object) : []);
  const problems: string[] = [];
  for (const { path, object } of found) {
    if (!suspects.has(path) || before.has(object)) continue;
    const secrets = findSecrets(await git(["cat-file", "blob", object], place), knownForms());
    problems.push(...secrets.map(({ what, line }) => `${path}, line ${line}, holds ${what}.`));
  }
  if (problems.length > 0) throw refusal(problems);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function refusal(problems: string[]): TbError {
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new TbError("failure", `Nothing was committed, because of a secret: ${problems[0]}${rest}`, {
    ...(problems.length > 1 && { details: problems.slice(0, 20) }),
    suggestion: "Take it out and read it from an environment variable; a secret that was public must be replaced.",
  });
}
