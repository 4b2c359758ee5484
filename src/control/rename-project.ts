// A project's name is tb's own; everything that belongs to the project is named after its id.
import { DatabaseError } from "pg";
import { TbError } from "../errors.ts";
import { nameProblem } from "../pipeline/create-input.ts";
import { actionId } from "./action-id.ts";
import type { Control } from "./control.ts";
import { findDatabase } from "./project-databases.ts";
import { findByName, findProject, type ProjectRow } from "./projects.ts";
import { findRepository } from "./repositories.ts";

/** The data of `tb projects rename --json`. */
export interface Renamed {
  /** "unchanged": it had that name already. */
  outcome: "renamed" | "unchanged";
  /** The project under its name of now. */
  project: { id: string; name: string };
  /** The name it had. */
  previous_name: string;
  /** What a new name does not change. */
  stays: { url: string | null; database: string | null; repository: string | null };
}

const TAKEN = "23505"; // https://www.postgresql.org/docs/18/errcodes-appendix.html

/** Throws TbError "usage" for a name that cannot be one, "not_found" without the project (both are told at once), "conflict"
 * when another project has the name or the project is not finished. */
export async function renameProject(
  control: Control,
  ownerId: string,
  nameOrId: string,
  name: string,
): Promise<Renamed> {
  const project = await findChecked(control, ownerId, nameOrId, name);
  const id = project.project_id;
  const [database, repository] = await Promise.all([findDatabase(control, id), findRepository(control, id)]);
  const unchanged = project.name === name;
  if (!unchanged) await setName(control, project, name);
  return {
    outcome: unchanged ? "unchanged" : "renamed",
    project: { id, name },
    previous_name: project.name,
    stays: {
      url: project.deployment_config.url ?? null,
      database: database?.name ?? null,
      repository: repository?.url ?? null,
    },
  };
}

async function findChecked(control: Control, ownerId: string, nameOrId: string, name: string): Promise<ProjectRow> {
  const problem = nameProblem(name);
  const wrongName = problem && {
    message: problem.message,
    suggestion: problem.fixed ? `tb projects rename ${nameOrId} ${problem.fixed}` : null,
  };
  try {
    const project = await findProject(control, ownerId, nameOrId);
    if (!wrongName) return project;
  } catch (error) {
    if (!wrongName || !(error instanceof TbError)) throw error;
    throw new TbError("usage", "Neither name will do.", {
      details: [error.message, ...wrongName.message.split(/(?<=:) /)],
      ...(error.suggestion && { suggestion: error.suggestion }),
      cause: error,
    });
  }
  throw new TbError("usage", wrongName.message, { ...(wrongName.suggestion && { suggestion: wrongName.suggestion }) });
}

/** The name and its activity, in one statement. */
async function setName(control: Control, project: ProjectRow, name: string): Promise<void> {
  const details = `Renamed project '${project.name}' to '${name}'`;
  try {
    const rows = await control.query(
      `with renamed as (
         update project_contexts set name = $2, updated_at = extract(epoch from now())::bigint
         where project_id = $1 and status = 'active' returning project_id, owner_id)
       insert into project_actions (action_id, project_id, user_id, action_type, action_details, status, environment, created_at)
       select $3, project_id, owner_id, 'project_renamed', $4, 'succeeded', 'development', extract(epoch from now())::bigint
       from renamed returning 1`,
      [project.project_id, name, actionId(`${project.project_id} ${details} ${Date.now()}`), details],
    );
    if (rows.length > 0) return;
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === TAKEN)) throw error;
    const other = await findByName(control, project.owner_id, name);
    throw new TbError("conflict", `Another project is called "${name}"${other ? ` (${other.project_id})` : ""}.`, {
      suggestion: `tb projects rename ${project.name} ${name}-2\ntb projects show ${name}`,
      cause: error,
    });
  }
  throw new TbError("conflict", `${project.name} is not finished, so it cannot be renamed yet.`, {
    suggestion: `tb runs list --project ${project.project_id}`,
  });
}
