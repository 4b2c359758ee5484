// Backups: what there is to back up is looked up, and every backup gets its id, before the run begins.
import { backupRoot, CONTROL, exportedName, newBackupId } from "../backup/places.ts";
import { projectBackupFolder, type ProjectDatabase } from "../backup/project-backup.ts";
import type { Control } from "../control/control.ts";
import { findDatabase } from "../control/project-databases.ts";
import { findProject, listProjects, type ProjectRow } from "../control/projects.ts";
import { findRepository } from "../control/repositories.ts";
import { TbError } from "../errors.ts";
import { newId } from "../ids.ts";
import { join, resolve } from "node:path";
import type { Runner } from "../tb-command.ts";
import type { BackupStart, PlannedBackup } from "./backup.ts";
import type { BackupResult } from "./phases/back-up.ts";

export interface BackupInput {
  home: string;
  ownerId: string;
  /** Name or id of a project, CONTROL, or null for everything. */
  what: string | null;
  /** A folder of the user's instead of tb's own. */
  out: string | null;
}

/** Throws TbError "not_found" for a project that has no database to back up. */
export async function startBackup(runner: Runner, control: Control, input: BackupInput): Promise<BackupResult> {
  const id = newBackupId();
  const one = input.what !== null && input.what !== CONTROL ? await findOne(control, input.ownerId, input.what) : null;
  const projects = one ? [one] : input.what === CONTROL ? [] : await findAll(control, input.ownerId);
  const start: BackupStart = {
    projects: projects.map((project) => ({ project, ...placeOf(input, project, id) })),
    control: one ? null : placeOf(input, null, id),
  };
  const run = {
    runId: newId("run"),
    pipeline: "backup",
    ownerId: input.ownerId,
    projectId: one?.id ?? null,
    request: null,
    modificationId: null,
    start,
  } as const;
  const { startRun } = await import("./start-run.ts");
  return (await runner.follow(run.runId, (deps) => startRun(deps, run))) as BackupResult;
}

function placeOf({ home, out }: BackupInput, project: ProjectDatabase | null, id: string): PlannedBackup {
  if (out !== null) return { id, folder: join(resolve(out), exportedName(project?.name ?? CONTROL, id)) };
  const root = backupRoot(home);
  return { id, folder: project ? projectBackupFolder(root, project.id, id) : join(root, CONTROL, id) };
}

async function findOne(control: Control, ownerId: string, nameOrId: string): Promise<ProjectDatabase> {
  const project = await findProject(control, ownerId, nameOrId);
  const found = await withDatabase(control, project);
  if (found) return found;
  throw new TbError("not_found", `${project.name} has no database, so there is nothing to back up.`, {
    suggestion: `tb projects show ${project.name}`,
  });
}

async function findAll(control: Control, ownerId: string): Promise<ProjectDatabase[]> {
  const found: ProjectDatabase[] = [];
  for (const project of await listProjects(control, ownerId)) {
    const one = await withDatabase(control, project);
    if (one) found.push(one);
  }
  return found;
}

/** null for a project that is not finished or has no database. */
export async function withDatabase(control: Control, project: ProjectRow): Promise<ProjectDatabase | null> {
  if (project.status !== "active") return null;
  const database = await findDatabase(control, project.project_id);
  const repository = await findRepository(control, project.project_id);
  if (!database || !repository) return null;
  const { name, url, branch } = repository;
  return {
    id: project.project_id,
    name: project.name,
    database: database.name,
    repository: { name, url, branch },
  };
}
