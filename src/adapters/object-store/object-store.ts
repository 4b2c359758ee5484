// Port: where snapshots of a project's source are kept.

export interface ObjectStore {
  readonly name: "directory" | "s3";
  /** Stores the given files of a folder under content addresses plus a manifest, and returns the manifest's URL.
   * Storing the same tree again writes nothing new. */
  putSnapshot(input: {
    projectId: string;
    commit: string;
    folder: string;
    files: string[];
    extra?: Record<string, string>;
  }): Promise<SnapshotRef>;
  /** Reads a manifest back; every blob is checked against its address. Throws TbError "failure" when one is damaged. */
  readSnapshot(url: string): Promise<SnapshotManifest>;
  /** Removes all snapshots of a project (blobs shared with another project stay). */
  deleteSnapshots(projectId: string): Promise<void>;
}

export interface SnapshotRef {
  id: string; // sha256 of the manifest
  url: string;
  files: number;
  bytes: number;
}

export interface SnapshotManifest {
  project_id: string;
  commit: string;
  files: { path: string; sha256: string; bytes: number; executable: boolean }[];
}
