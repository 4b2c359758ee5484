// Which log of a project is meant, and where it is.
import type { DeployTarget, LogLine, LogOptions } from "../adapters/deploy-target/deploy-target.ts";
import { TbError } from "../errors.ts";
import type { Control } from "./control.ts";
import { listDeployments } from "./deployments.ts";
import type { ProjectRow } from "./projects.ts";

export interface OpenedLog {
  /** The deployment that was named; null for whatever serves. */
  deployment: string | null;
  /** The file that it is in now. */
  file: string;
  read(options: Omit<LogOptions, "deployment">): Promise<LogLine[]>;
  follow(options: Omit<LogOptions, "deployment"> & { signal: AbortSignal }): AsyncIterable<LogLine>;
}

/** `deployment`: an id or the beginning of one. Throws TbError "not_found" for a project that is not deployed and for a
 * deployment whose log is gone, "usage" for an ambiguous id. */
export async function openLog(
  control: Control,
  target: DeployTarget,
  project: ProjectRow,
  deployment: string | null,
): Promise<OpenedLog> {
  const id = deployment === null ? null : await findDeployment(control, project, deployment);
  const projectId = project.project_id;
  const file = await findFile(target, project, id);
  return {
    deployment: id,
    file,
    read: (options) => target.readLog(projectId, { ...options, deployment: id }),
    follow: (options) => target.followLog(projectId, { ...options, deployment: id }),
  };
}

/** A deployment under way has no row yet, so an id that is unknown is passed on as it is. */
async function findDeployment(control: Control, { project_id, name }: ProjectRow, idOrPrefix: string): Promise<string> {
  const prefix = idOrPrefix.startsWith("dep_") ? idOrPrefix : `dep_${idOrPrefix}`;
  const ids = (await listDeployments(control, project_id)).map(({ deployment_id }) => deployment_id);
  const fitting = ids.filter((id) => id.startsWith(prefix));
  if (fitting.length <= 1 || fitting.includes(prefix)) return fitting.length === 1 ? fitting[0]! : prefix;
  throw new TbError("usage", `"${idOrPrefix}" fits more than one deployment: ${fitting.slice(0, 3).join(", ")}.`, {
    suggestion: `Give more characters of the id.\ntb projects show ${name}`,
  });
}

async function findFile(target: DeployTarget, project: ProjectRow, id: string | null): Promise<string> {
  try {
    return await target.logFile(project.project_id, id ?? undefined);
  } catch (error) {
    if (!(error instanceof TbError && (error.code === "not_found" || error.code === "usage"))) throw error;
    if (id !== null) {
      throw new TbError("not_found", `${project.name} has no log of a deployment "${id}".`, {
        suggestion: `tb projects show ${project.name}      lists its deployments`,
        cause: error,
      });
    }
    throw new TbError("not_found", `${project.name} is not deployed, so there is no log.`, {
      suggestion: `tb deploy ${project.name}`,
      cause: error,
    });
  }
}
