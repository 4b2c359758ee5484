// What there is to know about one project, put together for `tb status` and `tb projects show`.
import type { Adapters } from "../adapters/index.ts";
import type { DeploymentStatus } from "../adapters/deploy-target/deploy-target.ts";
import type { Control } from "./control.ts";
import { activeDeployment } from "./deployments.ts";
import { findDatabase } from "./project-databases.ts";
import type { ProjectRow } from "./projects.ts";
import { findRepository } from "./repositories.ts";
import { effectiveState } from "./run-view.ts";
import { listRuns } from "./runs.ts";

export interface ProjectStatus {
  project: { id: string; name: string; status: string; type: string; owner: string; created_at: string };
  repository: { url: string; branch: string; commit: string | null } | null;
  database: { name: string; tables: string[] } | null;
  deployment: {
    id: string;
    url: string | null;
    commit: string;
    running: boolean;
    healthy: boolean;
    uptime_ms: number | null;
    restarts: number;
  } | null;
  endpoints: { method: string; path: string; file: string }[];
  dependencies: Record<string, string>;
  environment_variables: string[];
  last_run: { id: string; pipeline: string; state: string } | null;
}

/** Asks the deploy target too, so `running` and `healthy` are of this moment. */
export async function projectStatus(control: Control, adapters: Adapters, project: ProjectRow): Promise<ProjectStatus> {
  const id = project.project_id;
  const [repository, database, active, runs] = await Promise.all([
    findRepository(control, id),
    findDatabase(control, id),
    activeDeployment(control, id),
    listRuns(control, { projectId: id, limit: 1 }),
  ]);
  const live: DeploymentStatus | null = active ? await (await adapters.deployTarget()).status(id) : null;
  const run = runs[0];
  return {
    project: {
      id,
      name: project.name,
      status: project.status,
      type: project.type,
      owner: project.owner_id,
      created_at: new Date(project.created_at * 1000).toISOString(),
    },
    repository: repository && { url: repository.url, branch: repository.branch, commit: repository.commit },
    database,
    deployment: active && {
      id: active.deployment_id,
      url: active.url,
      commit: active.commit,
      running: live!.running,
      healthy: live!.healthy,
      uptime_ms: live!.uptimeMs,
      restarts: live!.restarts,
    },
    endpoints: project.codebase.endpoints ?? [],
    dependencies: project.dependencies,
    environment_variables: project.environment_variables,
    last_run: run ? { id: run.run_id, pipeline: run.pipeline, state: effectiveState(run) } : null,
  };
}
