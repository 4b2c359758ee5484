// Requests: what was asked, by whom and through which door.
import type { Control } from "./control.ts";

export interface NewRequest {
  ownerId: string;
  projectId: string;
  pipeline: string;
  request: { id: string; text: string } | null;
}

export async function insertRequest(control: Pick<Control, "query">, of: NewRequest): Promise<void> {
  await control.query(
    `insert into requests (request_id, user_id, project_id, channel, command, request, created_at)
     values ($1, $2, $3, 'terminal', $4, $5, extract(epoch from now())::bigint)`,
    [of.request?.id, of.ownerId, of.projectId, of.pipeline, of.request?.text],
  );
}
