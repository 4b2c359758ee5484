// What there is, for completion: quick, silent, and without starting or changing anything.
import type { Config } from "../config.ts";
import type { Control } from "../control/control.ts";
import type { Candidate, Lookup } from "./complete.ts";

/** Nobody waits longer than this for a suggestion. */
const PATIENCE = 1500;

/** Runs that the command is for. */
const STATES: Readonly<Record<string, readonly string[]>> = { resume: ["parked"], cancel: ["parked", "running"] };

/** Never throws: what cannot be found out is not suggested. */
export function createLookup(open: { config: () => Config; owner: () => Promise<string> }): Lookup {
  return async (known, { command, given }) => {
    if (known === "setting") return settings();
    setTimeout(() => process.exit(), PATIENCE).unref(); // a server that does not answer
    try {
      const config = open.config();
      if (known === "backup") return await backups(config, given.project);
      const control = await openRunning(config);
      if (!control) return [];
      try {
        return await list(known, control, await open.owner(), { command, project: given.project });
      } finally {
        await control.close();
      }
    } catch {
      return []; // the command itself will say what is wrong
    }
  };
}

/** The control database if it runs and needs no migration; null when it does not run. */
async function openRunning(config: Config): Promise<Control | null> {
  if (config.controlUrl === null) {
    const { createEmbeddedPostgres } = await import("../adapters/database-cluster/embedded-postgres.ts");
    if (!(await createEmbeddedPostgres(config, "control").isRunning())) return null;
  }
  const { openControl } = await import("../control/database.ts");
  return openControl(config, { migrate: false });
}

async function list(
  known: "project" | "run" | "deployment",
  control: Control,
  owner: string,
  { command, project }: { command: string; project: string | undefined },
): Promise<Candidate[]> {
  if (known === "run") return runs(control, owner, STATES[command]);
  const { findProject, listProjects } = await import("../control/projects.ts");
  if (known === "project") {
    const found = await listProjects(control, owner);
    return found.map(({ name, project_id }) => ({ value: name, description: project_id }));
  }
  if (project === undefined) return [];
  const { listDeployments } = await import("../control/deployments.ts");
  const { project_id } = await findProject(control, owner, project);
  return (await listDeployments(control, project_id, 50)).map(({ deployment_id, commit, status }) => ({
    value: deployment_id,
    description: `${commit.slice(0, 7)} ${status}`,
  }));
}

async function runs(control: Control, owner: string, states: readonly string[] | undefined): Promise<Candidate[]> {
  const { viewRuns } = await import("../control/run-view.ts");
  const found = await viewRuns(control, owner, { limit: 100 });
  return found
    .filter(({ state }) => states === undefined || states.includes(state))
    .map(({ id, pipeline, state, project }) => ({
      value: id,
      description: [pipeline, project?.name, state].filter(Boolean).join(" "),
    }));
}

async function backups(config: Config, project: string | undefined): Promise<Candidate[]> {
  const { listBackupsOf } = await import("../backup/list-backups.ts");
  const found = await listBackupsOf(config.home, project ?? null);
  return [
    { value: "latest", description: "The newest backup." },
    ...found.backups.map(({ id, created_at }) => ({ value: id, description: created_at })),
  ];
}

async function settings(): Promise<Candidate[]> {
  const { SETTINGS } = await import("../settings.ts");
  return SETTINGS.map(({ key, description }) => ({ value: key, description }));
}
