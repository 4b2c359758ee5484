// Modifications: one change to a project; making it is the first one.
import type { Control } from "./control.ts";

type ModificationStatus = "running" | "applied" | "failed" | "cancelled";

export async function insertModification(
  control: Pick<Control, "query">,
  of: { modificationId: string; projectId: string; runId: string; request: string; ownerId: string; pipeline: string },
): Promise<void> {
  await control.query(
    `insert into modifications (modification_id, project_id, run_id, request, requested_by, kind, status, requested_at)
     values ($1, $2, $3, $4, $5, $6, 'running', extract(epoch from now())::bigint)`,
    [of.modificationId, of.projectId, of.runId, of.request, of.ownerId, of.pipeline],
  );
}

export async function applyModification(
  control: Control,
  modificationId: string,
  known: { modifiedFiles: string[]; testResults: object[] },
): Promise<void> {
  await control.query(
    `update modifications set status = 'applied', modified_files = $2, test_results = $3,
       applied_at = coalesce(applied_at, extract(epoch from now())::bigint) where modification_id = $1`,
    [modificationId, JSON.stringify(known.modifiedFiles), JSON.stringify(known.testResults)],
  );
}

export async function setModificationStatus(
  control: Control,
  modificationId: string,
  status: ModificationStatus,
): Promise<void> {
  await control.query("update modifications set status = $2 where modification_id = $1", [modificationId, status]);
}
