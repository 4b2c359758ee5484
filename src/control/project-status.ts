// What there is to know about one project, put together for `tb status` and `tb projects show`.
import { Client } from "pg";
import type { Adapters } from "../adapters/index.ts";
import type { DeploymentStatus } from "../adapters/deploy-target/deploy-target.ts";
import type { Isolation } from "../adapters/sandbox/sandbox.ts";
import type { Control } from "./control.ts";
import { activeDeployment, listDeployments } from "./deployments.ts";
import { findDatabase } from "./project-databases.ts";
import type { ProjectRow } from "./projects.ts";
import { findRepository } from "./repositories.ts";
import { effectiveState } from "./run-view.ts";
import { listRuns } from "./runs.ts";
import type { Scores } from "../verify/verdict.ts";

/** The data of `tb status --json` and `tb projects show --json`. */
export interface ProjectStatus {
  /** Its record. */
  project: { id: string; name: string; status: string; type: string; owner: string; created_at: string };
  /** Where its code is, and the commit that tb pushed last. */
  repository: { url: string; branch: string; commit: string | null } | null;
  /** Its database; null when it has none. `answers` is of this moment. */
  database: { name: string; tables: string[]; answers: boolean } | null;
  /** What serves; `running` and `healthy` are of this moment. null when it is not deployed. */
  deployment: {
    id: string;
    url: string | null;
    commit: string;
    running: boolean;
    healthy: boolean;
    /** What keeps it away from everything else; null when it does not run. */
    isolation: Isolation | null;
    uptime_ms: number | null;
    restarts: number;
  } | null;
  /** The last deployments, newest first, failed ones too. */
  deployments: ListedDeployment[];
  /** Of the version that serves, or of the one that was made when none does. */
  endpoints: { method: string; path: string; file: string }[];
  /** Packages and their versions. */
  dependencies: Record<string, string>;
  /** Names only. */
  environment_variables: string[];
  /** What the last verification of its main has measured, in percent; null where nothing was measured. */
  scores: Scores;
  /** The newest run of the project. */
  last_run: { id: string; pipeline: string; state: string } | null;
}

interface ListedDeployment {
  id: string;
  /** "active" serves, "replaced" has served. */
  status: "active" | "replaced" | "removed" | "failed";
  commit: string;
  /** The deployment whose version it brought back; null for a version from main. */
  restores: string | null;
  run_id: string;
  created_at: string;
}

const DEPLOYMENTS = 10;
const ANSWERS_WITHIN = 2000; // milliseconds

/** Asks the deploy target too, so `running` and `healthy` are of this moment. */
export async function projectStatus(control: Control, adapters: Adapters, project: ProjectRow): Promise<ProjectStatus> {
  const id = project.project_id;
  const [repository, database, active, deployments, runs] = await Promise.all([
    findRepository(control, id),
    findDatabase(control, id),
    activeDeployment(control, id),
    listDeployments(control, id, DEPLOYMENTS),
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
    database: database && { ...database, answers: await answers(adapters, id, database.name) },
    deployment: active && {
      id: active.deployment_id,
      url: active.url,
      commit: active.commit,
      running: live!.running,
      healthy: live!.healthy,
      isolation: live!.isolation,
      uptime_ms: live!.uptimeMs,
      restarts: live!.restarts,
    },
    deployments: deployments.map((one) => ({
      id: one.deployment_id,
      status: one.status,
      commit: one.commit,
      restores: one.restores,
      run_id: one.run_id,
      created_at: new Date(one.created_at * 1000).toISOString(),
    })),
    endpoints: project.codebase.endpoints ?? [],
    dependencies: project.dependencies,
    environment_variables: project.environment_variables,
    scores: {
      test_coverage: project.test_coverage,
      security_score: project.security_score,
      performance_score: project.performance_score,
    },
    last_run: run ? { id: run.run_id, pipeline: run.pipeline, state: effectiveState(run) } : null,
  };
}

/** Whether the application could connect; starts no server that is down. */
async function answers(adapters: Adapters, projectId: string, database: string): Promise<boolean> {
  const connection = await (await adapters.databaseCluster()).connection(projectId, "app", database);
  const client = new Client({ ...connection, connectionTimeoutMillis: ANSWERS_WITHIN });
  client.on("error", () => {}); // it goes away while we look: the next look says so
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {}); // of a connection that was never there
  }
}
