// Port: where snapshots of a project's source are kept.
import type { Leftover } from "../leftover.ts";

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
  /** Every snapshot that is kept, archived or not. */
  listSnapshots(): Promise<StoredSnapshot[]>;
  /** Puts a snapshot away where it takes less room, and returns its new URL; the old one still leads to it. One that is
   * archived already stays as it is. Throws TbError "not_found" when it is gone. */
  archiveSnapshot(url: string): Promise<{ url: string; freedBytes: number }>;
  leftovers(): Promise<Leftover[]>;
}

export interface StoredSnapshot {
  projectId: string;
  id: string;
  url: string;
  archived: boolean;
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
