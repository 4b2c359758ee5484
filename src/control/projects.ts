// Projects: the record of each backend (`project_contexts`) and what belongs to it.
import { TbError } from "../errors.ts";
import type { Scores } from "../verify/verdict.ts";
import type { Control } from "./control.ts";

export interface ProjectRow {
  project_id: string;
  owner_id: string;
  name: string;
  type: string;
  status: "creating" | "active" | "failed" | "destroyed";
  /** Empty until the project is active. */
  codebase: { endpoints?: { method: string; path: string; file: string }[]; files?: number };
  dependencies: Record<string, string>;
  /** Names only. */
  environment_variables: string[];
  deployment_config: { url?: string };
  /** What the last verification measured, in percent; null = not measured. */
  test_coverage: number | null;
  security_score: number | null;
  performance_score: number | null;
  created_at: number;
  updated_at: number;
}

const COLUMNS = `project_id, owner_id, name, type, status, codebase, dependencies, environment_variables, deployment_config,
  test_coverage::float8 as test_coverage, security_score::float8 as security_score,
  performance_score::float8 as performance_score, created_at, updated_at`;

/** Reserves the name for its owner. The same project again is fine; another one throws TbError "conflict" (not parked:
 * nothing exists yet that would be worth keeping). */
export async function reserveProject(
  control: Control,
  project: { projectId: string; ownerId: string; name: string },
): Promise<void> {
  const rows = await control.query<{ project_id: string }>(
    `insert into project_contexts (project_id, owner_id, name, type, status, created_at, updated_at)
     values ($1, $2, $3, 'nitro', 'creating', extract(epoch from now())::bigint, extract(epoch from now())::bigint)
     on conflict do nothing returning project_id`,
    [project.projectId, project.ownerId, project.name],
  );
  if (rows.length > 0) return;
  const other = await findByName(control, project.ownerId, project.name);
  if (other?.project_id === project.projectId) return;
  throw nameTaken(project.name, other);
}

export function nameTaken(name: string, other: Pick<ProjectRow, "project_id" | "status"> | undefined): TbError {
  const state = other?.status === "creating" ? "is being created by another run" : "exists already";
  return new TbError("conflict", `A project named "${name}" ${state}${other ? ` (${other.project_id})` : ""}.`, {
    suggestion: `Take another name with --name ${name}-2\ntb projects show ${name}`,
    parks: false,
  });
}

/** The owner's project of that name, destroyed ones left out. */
export async function findByName(control: Control, ownerId: string, name: string): Promise<ProjectRow | undefined> {
  const rows = await control.query<ProjectRow>(
    `select ${COLUMNS} from project_contexts where owner_id = $1 and lower(name) = lower($2) and status <> 'destroyed'`,
    [ownerId, name],
  );
  return rows[0];
}

/** By name, id or the unambiguous beginning of an id. Throws TbError "not_found" with the nearest name, or "usage". */
export async function findProject(control: Control, ownerId: string, nameOrId: string): Promise<ProjectRow> {
  const byName = await findByName(control, ownerId, nameOrId);
  if (byName) return byName;
  const rows = await control.query<ProjectRow>(
    `select ${COLUMNS} from project_contexts
     where owner_id = $1 and status <> 'destroyed' and (project_id like $2 || '%' or project_id like 'prj\\_' || $2 || '%')
     order by project_id limit 2`,
    [ownerId, nameOrId.replace(/[\\%_]/g, "\\$&")],
  );
  if (rows.length === 1) return rows[0]!;
  if (rows.length > 1) {
    throw new TbError("usage", `"${nameOrId}" fits more than one project.`, { suggestion: "tb projects list" });
  }
  const { nearest } = await import("../ui/nearest.ts");
  const names = (await listProjects(control, ownerId)).map((project) => project.name);
  const guess = nearest(nameOrId, names);
  throw new TbError("not_found", `There is no project "${nameOrId}".${guess ? ` Did you mean "${guess}"?` : ""}`, {
    suggestion: names.length > 0 ? "tb projects list" : 'tb create "a todo API with users and tasks"',
  });
}

export async function listProjects(control: Control, ownerId: string, limit = 1000): Promise<ProjectRow[]> {
  return control.query<ProjectRow>(
    `select ${COLUMNS} from project_contexts where owner_id = $1 and status <> 'destroyed'
     order by created_at desc, project_id desc limit $2`,
    [ownerId, limit],
  );
}

/** Writes what is known once the project is made. */
export async function activateProject(
  control: Control,
  projectId: string,
  known: {
    codebase: object;
    dependencies: Record<string, string>;
    environmentVariables: string[];
    deployment: object;
  },
): Promise<void> {
  await control.query(
    `update project_contexts set status = 'active', codebase = $2, dependencies = $3, environment_variables = $4,
       deployment_config = $5, updated_at = extract(epoch from now())::bigint where project_id = $1`,
    [projectId, known.codebase, known.dependencies, known.environmentVariables, known.deployment],
  );
}

/** What a verification of its main has measured. */
export async function setScores(control: Control, projectId: string, scores: Scores): Promise<void> {
  await control.query(
    `update project_contexts set test_coverage = $2, security_score = $3, performance_score = $4,
       updated_at = extract(epoch from now())::bigint where project_id = $1`,
    [projectId, scores.test_coverage, scores.security_score, scores.performance_score],
  );
}

/** What serves now, and what it consists of. */
export async function setDeployed(
  control: Control,
  projectId: string,
  now: { url: string; codebase: ProjectRow["codebase"]; dependencies: Record<string, string> },
): Promise<void> {
  await control.query(
    `update project_contexts set deployment_config = jsonb_build_object('url', $2::text), codebase = $3, dependencies = $4,
       updated_at = extract(epoch from now())::bigint where project_id = $1`,
    [projectId, now.url, now.codebase, now.dependencies],
  );
}

/** The project is gone: its name is free again, its timeline stays. */
export async function forgetProject(control: Control, projectId: string): Promise<void> {
  await control.query(
    `update project_contexts set status = 'destroyed', updated_at = extract(epoch from now())::bigint where project_id = $1`,
    [projectId],
  );
}
