// Port: where a project's repository lives.
import type { Leftover } from "../leftover.ts";
import type { Prerequisite } from "../prerequisite.ts";

export interface RepositoryRef {
  /** What a user can clone: a path or an https URL, never with a credential in it. */
  url: string;
  name: string;
}

export interface PushedCommit {
  url: string;
  branch: string;
  commit: string;
  /** Paths changed by this commit. */
  files: string[];
}

export interface GitHost {
  readonly name: "local" | "github";
  /** What it needs and does not find, before anything is made. */
  missing(): Promise<Prerequisite[]>;
  /** Creates the private repository, or finds it. Idempotent. */
  createRepository(name: string): Promise<RepositoryRef>;
  /** Removes it. Removing what is not there is fine. */
  deleteRepository(name: string): Promise<void>;
  /** Commits the tree on `branch` of the project's git directory and pushes it. When the tree equals the branch's head
   * nothing is committed, and the head is returned. */
  commitAndPush(input: {
    projectId: string;
    repository: RepositoryRef;
    workTree: string;
    branch: string;
    message: string;
  }): Promise<PushedCommit>;
  /** The commit that the branch is at now, whoever pushed it. Throws TbError "not_found" without the repository or branch. */
  head(input: { projectId: string; repository: RepositoryRef; branch: string }): Promise<{ commit: string }>;
  /** The commit that a branch is at, or that the beginning of a commit's name stands for; `branch` is null then.
   * Throws TbError "not_found" with the nearest branch. */
  resolve(input: {
    projectId: string;
    repository: RepositoryRef;
    ref: string;
  }): Promise<{ commit: string; branch: string | null }>;
  /** A clone of the user's own, in a folder that is not there or empty: whole or not at all. */
  clone(input: { repository: RepositoryRef; folder: string }): Promise<void>;
  /** Writes the tree of a commit into an empty folder, without a .git. Throws TbError "not_found" when the repository no
   * longer has it. */
  checkout(input: { projectId: string; repository: RepositoryRef; commit: string; folder: string }): Promise<void>;
  /** Paths of the files below `folder` ("" = all of them) in a commit, sorted. Throws like `checkout`. */
  listFiles(input: { projectId: string; repository: RepositoryRef; commit: string; folder: string }): Promise<string[]>;
  /** A text file of a commit; null when it is not there. Throws like `checkout`. */
  readFile(input: {
    projectId: string;
    repository: RepositoryRef;
    commit: string;
    path: string;
  }): Promise<string | null>;
  /** Commits the tree to a private ref (`refs/tb/<ref>`) of the project's own git directory; never pushed. */
  saveTree(input: { projectId: string; workTree: string; ref: string }): Promise<{ commit: string; changed: boolean }>;
  /** Makes the folder's tracked files equal to the private ref: files that differ are rewritten, files not in it removed. */
  restoreTree(input: { projectId: string; workTree: string; ref: string }): Promise<boolean>;
  /** Removes tb's own git directory of the project. */
  forget(projectId: string): Promise<void>;
  /** The repositories of this installation, by name, and tb's own git directories, by project. */
  list(): Promise<{ repositories: StoredGit[]; directories: StoredGit[] }>;
  leftovers(): Promise<Leftover[]>;
}

export interface StoredGit {
  /** Of the repository; of a directory the project's id. */
  name: string;
  bytes: number;
  changedAt: Date;
}
