// Deployments of projects.
import type { Control } from "./control.ts";

export interface DeploymentRow {
  deployment_id: string;
  project_id: string;
  run_id: string;
  provider: string;
  url: string | null;
  commit: string;
  status: "active" | "replaced" | "removed" | "failed";
  /** The deployment whose version it brought back. */
  restores: string | null;
  /** Unix seconds. */
  created_at: number;
}

const COLUMNS = "deployment_id, project_id, run_id, provider, url, commit, status, restores, created_at";

interface NewDeployment {
  deploymentId: string;
  projectId: string;
  runId: string;
  provider: string;
  commit: string;
  restores: string | null;
}

/** The deployment that serves from now on; the one before it is marked replaced in the same statement.
 * Its row may say that it failed, when the step that found so was cut short and is repeated. */
export async function recordDeployment(control: Control, of: NewDeployment & { url: string }): Promise<void> {
  await control.query(
    `with before as (
       update deployments set status = 'replaced', updated_at = extract(epoch from now())::bigint
       where project_id = $2 and status = 'active' and deployment_id <> $1)
     insert into deployments (deployment_id, project_id, run_id, provider, url, commit, restores, status, environment,
       created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'active', 'production', extract(epoch from now())::bigint, extract(epoch from now())::bigint)
     on conflict (deployment_id) do update set status = 'active', url = excluded.url, updated_at = excluded.updated_at`,
    [of.deploymentId, of.projectId, of.runId, of.provider, of.url, of.commit, of.restores],
  );
}

/** A deployment that never served; what served before still does. */
export async function recordFailedDeployment(control: Control, of: NewDeployment): Promise<void> {
  await control.query(
    `insert into deployments (deployment_id, project_id, run_id, provider, commit, restores, status, environment,
       created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, 'failed', 'production', extract(epoch from now())::bigint, extract(epoch from now())::bigint)
     on conflict (deployment_id) do nothing`,
    [of.deploymentId, of.projectId, of.runId, of.provider, of.commit, of.restores],
  );
}

export async function removeDeployments(control: Control, projectId: string): Promise<void> {
  await control.query(
    `update deployments set status = 'removed', updated_at = extract(epoch from now())::bigint
     where project_id = $1 and status = 'active'`,
    [projectId],
  );
}

/** The deployment that serves, if there is one. */
export async function activeDeployment(control: Control, projectId: string): Promise<DeploymentRow | null> {
  const [row] = await control.query<DeploymentRow>(
    `select ${COLUMNS} from deployments where project_id = $1 and status = 'active'`,
    [projectId],
  );
  return row ?? null;
}

/** Every deployment of the project, newest first, failed ones too. */
export async function listDeployments(control: Control, projectId: string, limit = 1000): Promise<DeploymentRow[]> {
  return control.query<DeploymentRow>(
    `select ${COLUMNS} from deployments where project_id = $1 order by sequence desc limit $2`,
    [projectId, limit],
  );
}
