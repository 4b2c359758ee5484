// Git host on this machine: bare repositories a user can clone, and per project a git directory of tb's own.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GitError } from "simple-git";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { setMessage } from "./commit.ts";
import { createGit, pastStaleLocks } from "./git.ts";
import type { GitHost, PushedCommit } from "./git-host.ts";
import {
  exists,
  privateRef,
  remove,
  removeAbandoned,
  requireRepository,
  safeBranch,
  safeName,
  temporaryName,
} from "./places.ts";
import { nearest } from "../../ui/nearest.ts";
import { cloneWhole, findCommit } from "./working-copy.ts";
import { branchesOf, type Tip, tipOf } from "./refs.ts";
import { ADD_AND_LIST, COMMIT_SAFELY, PUSH, RESTORE, SAVE, SAVE_WITHOUT } from "./scripts.ts";
import { refuseSecretMessage, refuseSecrets, suspectPatterns } from "./secret-scan.ts";
import { gitLeftovers, storedIn } from "./stored-git.ts";
import {
  chooseFiles,
  entries,
  foreignPaths,
  type IndexPlace,
  linksAndModules,
  refuseUnsafe,
  treeEntries,
  type TreeEntry,
  unsafe,
  withIndex,
} from "./tree.ts";

const MAIN = "main";

/** Wins over every .gitattributes of a tree: what is in the working tree is stored byte for byte. */
const ATTRIBUTES = "* -text -eol -crlf -ident -filter -working-tree-encoding -diff -merge\n";

/** Repositories under `<home>/repositories`, private git directories under `<home>/git`. */
export function createLocalGitHost(config: Config): GitHost {
  const git = createGit(config);
  const repositories = join(config.home, "repositories");

  function bare(name: string): string {
    return join(repositories, `${safeName(name, "repository name")}.git`);
  }

  async function privateDir(projectId: string): Promise<string> {
    const folder = join(config.home, "git", safeName(projectId, "project id"));
    await createBare(folder);
    return folder;
  }

  /** Made complete beside its place and renamed, so that a repository that exists is a whole one. */
  async function createBare(folder: string): Promise<void> {
    if (await exists(folder)) return;
    const parent = join(folder, "..");
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await removeAbandoned(folder);
    const temporary = temporaryName(folder);
    await git(["init", "--quiet", "--bare", "--template=", `--initial-branch=${MAIN}`, temporary]);
    await mkdir(join(temporary, "info"), { recursive: true });
    await writeFile(join(temporary, "info", "attributes"), ATTRIBUTES);
    try {
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (!(await exists(folder))) throw error; // otherwise another process was first
    }
  }

  /** Brings the repository's branch into `refs/heads/<branch>` of the project's git directory. */
  async function fetchBranch(gitDir: string, name: string, branch: string): Promise<Tip | null> {
    const there = await tipOf(git, bare(name), `refs/heads/${branch}`);
    if (!there) return null;
    await git(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", bare(name), `refs/heads/${branch}`], {
      gitDir,
    });
    await pastStaleLocks([gitDir], () => git(["update-ref", there.ref, there.commit], { gitDir }));
    return there;
  }

  /** The files of a commit, and the project's git directory, which has it then: what was deployed once is fetched by its name
   * when it is not there. */
  async function filesOf(
    projectId: string,
    name: string,
    commit: string,
  ): Promise<{ gitDir: string; entries: TreeEntry[] }> {
    const gitDir = await privateDir(projectId);
    if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new TbError("usage", `${JSON.stringify(commit)} is not a commit.`);
    try {
      return { gitDir, entries: await treeEntries(git, gitDir, commit) };
    } catch (error) {
      if (!(error instanceof GitError) || (await hasCommit(gitDir, commit))) throw error;
    }
    await requireRepository(bare(name), name);
    try {
      await git(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", bare(name), commit], { gitDir });
    } catch (error) {
      if (!(error instanceof GitError) || !/not our ref|unadvertised/.test(error.message)) throw error;
      throw new TbError("not_found", `Commit ${commit.slice(0, 7)} is no longer in repository ${name}.`, {
        suggestion: `git --git-dir=${bare(name)} log --oneline      shows what is there`,
        cause: error,
      });
    }
    return { gitDir, entries: await treeEntries(git, gitDir, commit) };
  }

  async function hasCommit(gitDir: string, commit: string): Promise<boolean> {
    try {
      await git(["cat-file", "-e", `${commit}^{commit}`], { gitDir });
      return true;
    } catch (error) {
      if (error instanceof GitError) return false;
      throw error;
    }
  }

  /** Paths that differ from the first parent. */
  async function changedIn(gitDir: string, commit: string): Promise<string[]> {
    const options = ["--no-commit-id", "--name-only", "--root", "-r", "-m", "--first-parent", "-z"];
    return (await git(["diff-tree", ...options, commit], { gitDir })).split("\0").filter(Boolean);
  }

  /** The branch of the project's own directory goes first: after a crash the next try finds its commit there, and pushes it. */
  async function push(gitDir: string, name: string, commit: string, branch: string): Promise<void> {
    const ref = `refs/heads/${branch}`;
    try {
      await pastStaleLocks([gitDir, bare(name)], () =>
        git.script(PUSH, { ref, commit, repository: bare(name) }, { gitDir }),
      );
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const there = await tipOf(git, bare(name), ref);
      if (there?.commit === commit) return; // it was done, and only the answer was lost
      if (!/non-fast-forward|fetch first|rejected/.test(error.message)) throw error;
      throw new TbError("conflict", `${branch} of ${name} has commits that this run has not seen.`, {
        suggestion: "Run the command again: it starts from the branch as it is now.",
        cause: error,
      });
    }
  }

  /** A commit of the tree that no ref names yet, and its files. Throws TbError "failure" for what must not be committed. */
  async function commitSafely(
    place: IndexPlace,
    parent: Tip | null,
    message: string,
  ): Promise<{ commit: string; paths: string[] }> {
    refuseSecretMessage(message);
    await chooseFiles(place);
    await setMessage(place, message);
    const variables = { parent: parent?.commit ?? "", parent_tree: parent?.tree ?? "" };
    const commit = (await git.script(COMMIT_SAFELY, variables, place, suspectPatterns())).trim();
    const found = entries(await readFile(join(place.folder, "entries"), "utf8"));
    refuseUnsafe(found);
    const suspects = new Set((await readFile(join(place.folder, "suspects"), "utf8")).split("\0").filter(Boolean));
    await refuseSecrets(git, place, { found, suspects, parent: parent?.commit ?? null });
    return { commit, paths: found.map(({ path }) => path) };
  }

  return {
    name: "local",

    async missing() {
      try {
        await git.check();
        return [];
      } catch (error) {
        if (!(error instanceof TbError && error.code === "configuration")) throw error;
        return [{ problem: error.message, remedy: error.suggestion ?? "" }];
      }
    },

    async createRepository(name) {
      const folder = bare(name);
      await createBare(folder);
      return { name, url: folder };
    },

    async deleteRepository(name) {
      await remove(bare(name));
    },

    async commitAndPush({ projectId, repository, workTree, branch, message }): Promise<PushedCommit> {
      const gitDir = await privateDir(projectId);
      const ref = `refs/heads/${safeBranch(branch)}`;
      await requireRepository(bare(repository.name), repository.name);
      const { nested } = await foreignPaths(workTree);
      if (nested.length > 0)
        throw unsafe(nested.map((path) => `${path} is a repository of its own (it holds a .git).`));
      const known = await tipOf(git, gitDir, ref, `refs/heads/${MAIN}`);
      const parent = known?.ref === ref ? known : ((await fetchBranch(gitDir, repository.name, branch)) ?? known);
      const { commit, paths } = await withIndex(gitDir, workTree, (place) => commitSafely(place, parent, message));
      await push(gitDir, repository.name, commit, branch);
      return { url: repository.url, branch, commit, files: parent ? await changedIn(gitDir, commit) : paths };
    },

    async head({ projectId, repository, branch }) {
      const gitDir = await privateDir(projectId);
      await requireRepository(bare(repository.name), repository.name);
      const tip = await fetchBranch(gitDir, repository.name, safeBranch(branch));
      if (tip) return { commit: tip.commit };
      throw new TbError("not_found", `Repository ${repository.name} has no branch ${branch}.`, {
        suggestion: `git --git-dir=${bare(repository.name)} branch      list its branches`,
      });
    },

    async resolve({ projectId, repository, ref }) {
      const folder = bare(repository.name);
      await requireRepository(folder, repository.name);
      const branches = await branchesOf(git, folder);
      if (branches.includes(ref)) {
        const { commit } = (await fetchBranch(await privateDir(projectId), repository.name, ref))!;
        return { commit, branch: ref };
      }
      const commit = await findCommit(git, folder, ref);
      if (commit) return { commit, branch: null };
      const guess = nearest(ref, branches);
      throw new TbError(
        "not_found",
        `The repository has no branch or commit "${ref}".${guess ? ` Did you mean "${guess}"?` : ""}`,
        { suggestion: `git --git-dir=${folder} log --all --oneline      shows what is there` },
      );
    },

    async clone({ repository, folder }) {
      await requireRepository(bare(repository.name), repository.name);
      await cloneWhole(git, bare(repository.name), folder);
    },

    async checkout({ projectId, repository, commit, folder }) {
      const { gitDir, entries } = await filesOf(projectId, repository.name, commit);
      refuseUnsafe(entries);
      await mkdir(folder, { recursive: true });
      if ((await readdir(folder)).length > 0)
        throw new TbError("conflict", `${folder} is not empty.`, { parks: false });
      await withIndex(gitDir, folder, (place) => git(["read-tree", "--reset", "-u", commit], place));
    },

    async listFiles({ projectId, repository, commit, folder }) {
      const { entries } = await filesOf(projectId, repository.name, commit);
      const below = folder ? `${folder}/` : "";
      return entries
        .map(({ path }) => path)
        .filter((path) => path.startsWith(below))
        .toSorted();
    },

    async readFile({ projectId, repository, commit, path }) {
      const { gitDir, entries } = await filesOf(projectId, repository.name, commit);
      const entry = entries.find((one) => one.path === path);
      return entry ? git(["cat-file", "blob", entry.object], { gitDir }) : null;
    },

    async saveTree({ projectId, workTree, ref }) {
      const gitDir = await privateDir(projectId);
      const variables = { ref: privateRef(ref) };
      const { nested, links } = await foreignPaths(workTree);
      return withIndex(gitDir, workTree, async (place) => {
        const run = (commands: string, input?: string) =>
          pastStaleLocks([gitDir], () => git.script(commands, variables, place, input));
        await chooseFiles(place, nested);
        await setMessage(place, `Tree ${ref}\n`);
        // Links and modules are left out instead of refused: the agent may still be at work.
        const odd = nested.length > 0 || links.length > 0;
        const output = odd
          ? await run(SAVE_WITHOUT, linksAndModules(entries(await run(ADD_AND_LIST))).join("\0"))
          : await run(SAVE);
        const [commit = "", parent] = output.trim().split(" ");
        return { commit, changed: commit !== parent };
      });
    },

    async restoreTree({ projectId, workTree, ref }) {
      const gitDir = await privateDir(projectId);
      const tip = await tipOf(git, gitDir, privateRef(ref));
      if (!tip) return false;
      for (const folder of (await foreignPaths(workTree)).nested) {
        await rm(join(workTree, folder, ".git"), { recursive: true, force: true });
      }
      await withIndex(gitDir, workTree, async (place) => {
        await chooseFiles(place);
        await git.script(RESTORE, { parent: tip.commit }, place);
      });
      return true;
    },

    async forget(projectId) {
      await remove(join(config.home, "git", safeName(projectId, "project id")));
    },

    async list() {
      const bareOnes = await storedIn(repositories, ".git");
      return { repositories: bareOnes, directories: await storedIn(join(config.home, "git"), "") };
    },

    leftovers: () => gitLeftovers(config.home),
  };
}
