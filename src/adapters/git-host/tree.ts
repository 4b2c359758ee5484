// A working tree as git objects: every function works in an index file of its own, so nothing it does can disturb
// another command, and no lock of git's index can be left behind.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TbError } from "../../errors.ts";
import type { Git, GitPlace } from "./git.ts";

/** Never part of a project, whatever its .gitignore says. */
const NEVER = ["node_modules", ".output", ".nitro", ".env"];
/** What a killed tb was writing (sandbox/tree-files.ts). */
const HALF_WRITTEN = ":(exclude,glob)**/.tb-????????????.tmp";
const SECRET_FILE = /(^|\/)\.env(\.(?!(example|sample|template)$)[^/]*)?$/i;
const SYMLINK = "120000";
const SUBMODULE = "160000";

export interface TreeEntry {
  mode: string;
  /** Name of what it holds. */
  object: string;
  path: string;
}

/** A throw-away index, in a folder of its own that scripts share files in. */
export interface IndexPlace extends GitPlace {
  gitDir: string;
  folder: string;
}

/** Runs `work` with the place of a throw-away index. */
export async function withIndex<T>(
  gitDir: string,
  workTree: string,
  work: (place: IndexPlace) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(gitDir, "index-"));
  try {
    return await work({ gitDir, workTree, index: join(folder, "index"), folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Text for `git.script` in a place that `chooseFiles` was called for: fills the index with what $parent (a commit, or empty)
 * tracks and what .gitignore does not exclude. */
export const ADD_ALL = `[ -z "$parent" ] || git read-tree "$parent"
git add --all --pathspec-from-file="\${GIT_INDEX_FILE%/*}/chosen" --pathspec-file-nul`;

/** Says what ADD_ALL looks at. */
export async function chooseFiles({ folder }: IndexPlace, leaveOut: readonly string[] = []): Promise<void> {
  const excluded = NEVER.map((name) => `:(exclude,glob)**/${name}`);
  const folders = NEVER.map((name) => `:(exclude,glob)**/${name}/**`);
  const literal = leaveOut.map((path) => `:(exclude,literal)${path}`);
  await writeFile(join(folder, "chosen"), [".", ...excluded, ...folders, HALF_WRITTEN, ...literal].join("\0"));
}

/** Entries of a commit's tree. */
export async function treeEntries(git: Git, gitDir: string, commit: string): Promise<TreeEntry[]> {
  return entries(await git(["ls-tree", "-r", "-z", commit], { gitDir }));
}

/** What git prints of an index or a tree with -z. */
export function entries(output: string): TreeEntry[] {
  return output
    .split("\0")
    .filter(Boolean)
    .map((line) => ({
      mode: line.slice(0, 6),
      object: /[0-9a-f]{40,64}/.exec(line)![0],
      path: line.slice(line.indexOf("\t") + 1),
    }));
}

/** Throws TbError "failure" for symbolic links, submodules and files that hold secrets. */
export function refuseUnsafe(found: TreeEntry[]): void {
  const problems = found.flatMap(({ mode, path }) => {
    if (mode === SYMLINK) return [`${path} is a symbolic link.`];
    if (mode === SUBMODULE) return [`${path} is a repository of its own (a submodule).`];
    if (SECRET_FILE.test(path)) return [`${path} may hold passwords.`];
    return [];
  });
  if (problems.length > 0) throw unsafe(problems);
}

export function unsafe(problems: string[]): TbError {
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new TbError("failure", `The project cannot be committed: ${problems[0]}${rest}`, {
    ...(problems.length > 1 && { details: problems.slice(0, 20) }),
    suggestion: "Replace links by files, and remove nested repositories and .env files from the project.",
  });
}

/** Paths of links and submodules, which a private copy leaves out. */
export function linksAndModules(found: TreeEntry[]): string[] {
  return found.filter(({ mode }) => mode === SYMLINK || mode === SUBMODULE).map(({ path }) => path);
}

/** What cannot be committed as it is, found by our own eyes, before git could read what is in it: folders below the root
 * that hold a `.git`, and symbolic links. */
export async function foreignPaths(workTree: string): Promise<{ nested: string[]; links: string[] }> {
  const [nested, links]: [string[], string[]] = [[], []];
  async function walk(folder: string): Promise<void> {
    for (const entry of await readdir(join(workTree, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.name.toLowerCase() === ".git") {
        if (folder) nested.push(folder);
      } else if (entry.isSymbolicLink()) {
        links.push(path);
      } else if (entry.isDirectory() && !NEVER.includes(entry.name)) {
        await walk(path);
      }
    }
  }
  await walk("");
  return { nested, links };
}
