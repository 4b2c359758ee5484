// Whose timeline is read: one project's, also when it is gone, or that of everything its owner has ever made.
import { TbError } from "../errors.ts";
import type { Control } from "./control.ts";
import { findProject } from "./projects.ts";

export interface ActivityScope {
  ownerId: string;
  /** True when one project was asked for. */
  one: boolean;
  /** Names by id. */
  projects: ReadonlyMap<string, string>;
}

/** Throws like `findProject`; a removed project is found by its id or the beginning of it. */
export async function findScope(
  control: Control,
  ownerId: string,
  nameOrId: string | undefined,
): Promise<ActivityScope> {
  if (nameOrId === undefined) return { ownerId, one: false, projects: await everyProject(control, ownerId) };
  const { project_id, name } = await findEvenRemoved(control, ownerId, nameOrId);
  return { ownerId, one: true, projects: new Map([[project_id, name]]) };
}

interface Named {
  project_id: string;
  name: string;
}

async function everyProject(control: Control, ownerId: string): Promise<Map<string, string>> {
  const rows = await control.query<Named>("select project_id, name from project_contexts where owner_id = $1", [
    ownerId,
  ]);
  return new Map(rows.map(({ project_id, name }) => [project_id, name]));
}

async function findEvenRemoved(control: Control, ownerId: string, nameOrId: string): Promise<Named> {
  try {
    return await findProject(control, ownerId, nameOrId);
  } catch (error) {
    if (!(error instanceof TbError && error.code === "not_found")) throw error;
    const [byId, another] = await removedById(control, ownerId, nameOrId);
    if (another) {
      throw new TbError("usage", `"${nameOrId}" fits more than one removed project.`, {
        suggestion: `tb activity ${byId!.project_id}\ntb activity ${another.project_id}`,
      });
    }
    if (byId) return byId;
    const byName = await removedByName(control, ownerId, nameOrId);
    if (!byName) throw error;
    throw new TbError("not_found", `There is no project "${nameOrId}" any more.`, {
      suggestion: `tb activity ${byName.project_id}`,
      cause: error,
    });
  }
}

async function removedById(control: Control, ownerId: string, id: string): Promise<Named[]> {
  return control.query<Named>(
    `select project_id, name from project_contexts where owner_id = $1 and status = 'destroyed'
       and (starts_with(project_id, $2) or starts_with(project_id, 'prj_' || $2))
     order by project_id limit 2`,
    [ownerId, id],
  );
}

/** The newest of that name first: names are free again once their projects are gone. */
async function removedByName(control: Control, ownerId: string, name: string): Promise<Named | undefined> {
  const [newest] = await control.query<Named>(
    `select project_id, name from project_contexts where owner_id = $1 and status = 'destroyed' and lower(name) = lower($2)
     order by created_at desc limit 1`,
    [ownerId, name],
  );
  return newest;
}
