// Backups in the timelines of their projects. One run makes many, so its events, which belong to one project, do not tell them.
import { actionId } from "./action-id.ts";
import type { Control } from "./control.ts";

export interface BackupActivity {
  backupId: string;
  runId: string;
  projectId: string;
  details: string;
}

/** By the owner of the project. Once for each backup, however often it is told. */
export async function recordBackup(control: Control, of: BackupActivity): Promise<void> {
  await control.query(
    `insert into project_actions (action_id, project_id, user_id, run_id, action_type, action_details, status, environment,
       reference_ids, created_at)
     select $1, $2, p.owner_id, $3, 'database_backup', $4, 'succeeded', 'development',
       jsonb_build_object('backup_id', $5::text), extract(epoch from now())::bigint
     from project_contexts p
     where p.project_id = $2 and not exists (select from project_actions
       where run_id = $3 and project_id = $2 and reference_ids ->> 'backup_id' = $5)`,
    [actionId(of.backupId), of.projectId, of.runId, of.details, of.backupId],
  );
}
