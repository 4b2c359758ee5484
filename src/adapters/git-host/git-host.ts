// Port: where a project's repository lives.

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
  /** Writes the tree of `branch` into an empty folder, without a .git. */
  checkout(input: {
    projectId: string;
    repository: RepositoryRef;
    branch: string;
    folder: string;
  }): Promise<{ commit: string }>;
  /** Commits the tree to a private ref (`refs/tb/<ref>`) of the project's own git directory; never pushed. */
  saveTree(input: { projectId: string; workTree: string; ref: string }): Promise<{ commit: string; changed: boolean }>;
  /** Makes the folder's tracked files equal to the private ref: files that differ are rewritten, files not in it removed. */
  restoreTree(input: { projectId: string; workTree: string; ref: string }): Promise<boolean>;
  /** Removes tb's own git directory of the project. */
  forget(projectId: string): Promise<void>;
}
