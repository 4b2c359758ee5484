// Snapshots of source trees in the object store.
import type { SnapshotRef } from "../adapters/object-store/object-store.ts";
import type { Control } from "./control.ts";

export async function recordSnapshot(
  control: Control,
  { projectId, runId, commit, snapshot }: { projectId: string; runId: string; commit: string; snapshot: SnapshotRef },
): Promise<void> {
  await control.query(
    `insert into snapshots (snapshot_id, project_id, run_id, url, commit, files, bytes, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, extract(epoch from now())::bigint) on conflict (snapshot_id) do nothing`,
    [snapshot.id, projectId, runId, snapshot.url, commit, snapshot.files, snapshot.bytes],
  );
}

/** Newest first. */
export async function snapshotsOf(
  control: Control,
  projectId: string,
): Promise<{ snapshot_id: string; url: string }[]> {
  return control.query<{ snapshot_id: string; url: string }>(
    "select snapshot_id, url from snapshots where project_id = $1 order by created_at desc, snapshot_id desc",
    [projectId],
  );
}
