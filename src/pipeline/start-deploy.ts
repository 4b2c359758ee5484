// A deployment, forward to main or back to an earlier version: what it needs is looked up, and what speaks against it said,
// before the run begins.
import type { Adapters } from "../adapters/index.ts";
import type { Control } from "../control/control.ts";
import { listDeployments, type DeploymentRow } from "../control/deployments.ts";
import { findDatabase } from "../control/project-databases.ts";
import { refuseWhileBusy } from "../control/project-lock.ts";
import { findProject, type ProjectRow } from "../control/projects.ts";
import { TbError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Runner } from "../tb-command.ts";
import { chooseRollback } from "./choose-rollback.ts";
import type { DeployStart } from "./deploy.ts";
import { checkRollbackSchema } from "./kept-migrations.ts";
import { migrationNames } from "./phases/find-build.ts";
import { requireFinished } from "./finished-project.ts";
import type { DeployResult } from "./phases/record-deploy.ts";
import { appliedMigrations } from "./live-schema.ts";

export interface DeployInput {
  ownerId: string;
  project: string;
  /** Builds and starts also what serves already. */
  force: boolean;
  /** Back to an earlier version: the one before, or a deployment's. null: main. */
  rollback: {
    to: string | null;
    /** Accepts migrations that the older version may trip over; asked when it is needed. */
    accept: (warning: TbError) => Promise<boolean>;
  } | null;
}

interface Found {
  control: Control;
  adapters: Adapters;
  project: ProjectRow;
  repository: DeployStart["repository"];
  database: string | null;
  deployments: DeploymentRow[];
}

/** Throws TbError "not_found" without a project or an earlier version, "conflict" for a project that is not finished or is
 * worked on, "approval_required" when the schema has moved on too far for the older version. */
export async function startDeploy(
  runner: Runner,
  control: Control,
  adapters: Adapters,
  input: DeployInput,
): Promise<DeployResult> {
  const found = await lookUp(control, adapters, input);
  const { project, deployments } = found;
  const active = deployments.find(({ status }) => status === "active");
  const back = input.rollback ? chooseRollback(project.name, deployments, input.rollback.to) : null;
  const repository = back ? { ...found.repository, commit: back.commit } : found.repository;
  if (!input.force && active?.commit === repository.commit) {
    const unchanged = await alreadyServing(found, active);
    if (unchanged) return unchanged;
  }
  const rollback = back && { ...found, back, repository, active: active!, main: found.repository };
  const keptMigrations = rollback ? await checkRollbackSchema(rollback, input.rollback!.accept) : [];
  const start: DeployStart = {
    projectId: project.project_id,
    projectName: project.name,
    deploymentId: newId("dep"),
    deploy: true,
    database: found.database,
    repository,
    rebuild: input.force,
    replaces: active?.deployment_id ?? null,
    restores: back?.deployment_id ?? null,
    keptMigrations,
  };
  const run = {
    runId: newId("run"),
    pipeline: back ? "rollback" : "deploy",
    ownerId: input.ownerId,
    projectId: project.project_id,
    request: null,
    modificationId: null,
    start,
  } as const;
  const { startRun } = await import("./start-run.ts");
  return (await runner.follow(run.runId, (deps) => startRun(deps, run))) as DeployResult;
}

async function lookUp(control: Control, adapters: Adapters, input: DeployInput): Promise<Found> {
  const project = await findProject(control, input.ownerId, input.project);
  const projectId = project.project_id;
  const repository = await requireFinished(control, project, "deploy");
  await refuseWhileBusy(control, projectId);
  const { name, url, branch } = repository;
  const { commit } = await (await adapters.gitHost()).head({ projectId, repository, branch });
  return {
    control,
    adapters,
    project,
    repository: { name, url, branch, commit },
    database: (await findDatabase(control, projectId))?.name ?? null,
    deployments: await listDeployments(control, projectId),
  };
}

/** The answer when that deployment serves in good health and its database lacks nothing; else null. */
async function alreadyServing(found: Found, active: DeploymentRow): Promise<DeployResult | null> {
  const { adapters, project, database } = found;
  const projectId = project.project_id;
  const { running, healthy, deploymentId, url, isolation } = await (await adapters.deployTarget()).status(projectId);
  if (!running || !healthy || deploymentId !== active.deployment_id || url === null || isolation === null) return null;
  if (database !== null && (await lacksMigrations(found, database, active.commit))) return null;
  return {
    outcome: "unchanged",
    project: { id: projectId, name: project.name },
    run: null,
    commit: active.commit,
    deployment: { id: active.deployment_id, url, healthy, isolation },
    restores: active.restores,
    migrations_applied: [],
    migrations_kept: [],
  };
}

/** A database that was restored from a backup may lack some. */
async function lacksMigrations({ adapters, project, repository }: Found, database: string, commit: string) {
  const applied = new Set(await appliedMigrations(await adapters.databaseCluster(), database));
  const gitHost = await adapters.gitHost();
  const paths = await gitHost.listFiles({ projectId: project.project_id, repository, commit, folder: "migrations" });
  return migrationNames(paths).some((name) => !applied.has(name));
}
