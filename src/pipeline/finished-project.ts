// What a command needs of a project before it can work on its code.
import type { Control } from "../control/control.ts";
import type { ProjectRow } from "../control/projects.ts";
import { findRepository } from "../control/repositories.ts";
import { TbError } from "../errors.ts";

type Repository = NonNullable<Awaited<ReturnType<typeof findRepository>>>;

/** The project's repository. Throws TbError "conflict" while the project is not finished; `purpose`: "deploy". */
export async function requireFinished(control: Control, project: ProjectRow, purpose: string): Promise<Repository> {
  const repository = await findRepository(control, project.project_id);
  if (project.status === "active" && repository?.commit) return repository;
  throw new TbError("conflict", `${project.name} is not finished, so there is nothing to ${purpose} yet.`, {
    suggestion: `tb runs list --project ${project.name}      find its run, then tb resume RUN or tb cancel RUN`,
    parks: false,
  });
}
