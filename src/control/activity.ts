// The timeline of projects, as it is read; it is written together with run events (events.ts).
import type { Control } from "./control.ts";

export interface Activity {
  action_id: string;
  project_id: string;
  project: string;
  user_id: string;
  request_id: string | null;
  run_id: string | null;
  action_type: string;
  action_details: string;
  status: string;
  environment: string;
  reference_ids: Record<string, string>;
  created_at: number;
}

/** Newest first; of one project, or of all projects of the owner. */
export async function listActivity(
  control: Control,
  of: { projectId: string } | { ownerId: string },
  limit: number,
): Promise<Activity[]> {
  const one = "projectId" in of;
  return control.query<Activity>(
    `select a.action_id, a.project_id, p.name as project, a.user_id, a.request_id, a.run_id, a.action_type, a.action_details,
       a.status, a.environment, a.reference_ids, a.created_at
     from project_actions a join project_contexts p using (project_id)
     where ${one ? "a.project_id = $1" : "p.owner_id = $1"}
     order by a.created_at desc, a.action_id desc limit $2`,
    [one ? of.projectId : of.ownerId, limit],
  );
}
