// Sandboxes that runs have opened, kept also when the run failed.
import type { Control } from "./control.ts";

export async function recordContainerSession(
  control: Control,
  of: { projectId: string; runId: string; containerId: string; provider: string; isolation: string },
): Promise<void> {
  await control.query(
    `insert into container_sessions (session_id, project_id, run_id, container_id, container_provider, isolation, status,
       environment, started_at)
     values ($1, $2, $3, $1, $4, $5, 'active', 'development', extract(epoch from now())::bigint)
     on conflict (session_id) do update set status = 'active', ended_at = null`,
    [of.containerId, of.projectId, of.runId, of.provider, of.isolation],
  );
}

/** The sandbox is gone. */
export async function endContainerSession(control: Control, containerId: string): Promise<void> {
  await control.query(
    `update container_sessions set status = 'ended', ended_at = extract(epoch from now())::bigint
     where session_id = $1 and ended_at is null`,
    [containerId],
  );
}
