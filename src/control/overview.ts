// What `tb` alone shows: the project made last, as it is now. Looks, and starts nothing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Adapters } from "../adapters/index.ts";
import type { Config } from "../config.ts";
import type { Control } from "./control.ts";

export interface Overview {
  /** Whether tb's own database could be asked: not before the first project, and not while its server is stopped. */
  engine_room: "empty" | "stopped" | "running";
  /** The project made last; null when there is none, or when the engine room does not run. */
  project: {
    id: string;
    name: string;
    status: string;
    /** Where it is deployed; null when it is not. */
    url: string | null;
    /** Whether its deployment answers its health check now; null when it has none. */
    healthy: boolean | null;
    endpoints: number;
  } | null;
  /** How many projects there are; null when the engine room does not run. */
  projects: number | null;
}

/** Throws like `openControl` when the server runs but does not let tb in. */
export async function lookAround(
  config: Config,
  adapters: Adapters,
  open: { control: () => Promise<Control>; owner: () => Promise<string> },
): Promise<Overview> {
  const state = await engineRoomState(config);
  if (state !== "running") return { engine_room: state, project: null, projects: state === "empty" ? 0 : null };
  const { listProjects } = await import("./projects.ts");
  const { projectStatus } = await import("./project-status.ts");
  const [control, owner] = await Promise.all([open.control(), open.owner()]);
  const projects = await listProjects(control, owner);
  const last = projects[0];
  if (!last) return { engine_room: state, project: null, projects: 0 };
  const { project, deployment, endpoints } = await projectStatus(control, adapters, last);
  return {
    engine_room: state,
    project: {
      id: project.id,
      name: project.name,
      status: project.status,
      url: deployment?.url ?? null,
      healthy: deployment?.healthy ?? null,
      endpoints: endpoints.length,
    },
    projects: projects.length,
  };
}

async function engineRoomState(config: Config): Promise<Overview["engine_room"]> {
  if (config.controlUrl !== null) return "running"; // a server of the user's own is asked
  if (!existsSync(join(config.home, "secrets"))) return "empty"; // made before everything else that is kept
  const { createEmbeddedPostgres } = await import("../adapters/database-cluster/embedded-postgres.ts");
  const server = createEmbeddedPostgres(config, "control");
  if (await server.isRunning()) return "running";
  return (await server.status()).initialised ? "stopped" : "empty";
}
