// Looks through what is about to be committed for secrets: those of this installation, and what looks like anybody's. git looks
// first, at the very objects that the commit will hold; a file that it names is read once more, to say where.
import { TbError } from "../../errors.ts";
import { knownForms } from "../../secrets/redactor.ts";
import { findSecrets, SECRET_PATTERNS } from "../../secrets/secret-patterns.ts";
import type { Git, GitPlace } from "./git.ts";
import { indexEntries, treeEntries } from "./tree.ts";

/** Throws TbError "failure" with file and line of what the index holds and the parent does not, or when the message has a
 * secret in it. What was there before is its author's to answer for, and out of the house already. */
export async function refuseSecrets(
  git: Git,
  place: GitPlace,
  { parent, message }: { parent: string | null; message: string },
): Promise<void> {
  const forms = knownForms();
  const suspects = new Set(await suspiciousPaths(git, place, forms));
  const problems = findSecrets(message, forms).map(({ what }) => `The commit message holds ${what}.`);
  if (suspects.size > 0) {
    const before = new Set(parent ? (await treeEntries(git, place.gitDir!, parent)).map(({ object }) => object) : []);
    for (const { path, object } of await indexEntries(git, place)) {
      if (!suspects.has(path) || before.has(object)) continue;
      const found = findSecrets(await git(["cat-file", "blob", object], place), forms);
      problems.push(...found.map(({ what, line }) => `${path}, line ${line}, holds ${what}.`));
    }
  }
  if (problems.length > 0) throw refusal(problems);
}

/** Patterns come on standard input: a secret must not be on a command line, also not as what is looked for. */
async function suspiciousPaths(git: Git, place: GitPlace, forms: readonly string[]): Promise<string[]> {
  const patterns = [...forms.map(escape), ...SECRET_PATTERNS.map(({ source }) => source)];
  const options = ["--cached", "--files-with-matches", "-z", "--text", "--extended-regexp", "-f", "-"];
  return (await git(["grep", ...options], place, `${patterns.join("\n")}\n`)).split("\0").filter(Boolean);
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
