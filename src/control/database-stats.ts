// `tb db stats`: what the servers and the projects' databases are doing. Starts nothing.
import type { ClientConfig } from "pg";
import type { Adapters } from "../adapters/index.ts";
import { createEmbeddedPostgres } from "../adapters/database-cluster/embedded-postgres.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { openControl } from "./database.ts";
import { isInstalled } from "./installed.ts";
import { findProject, listProjects } from "./projects.ts";
import { clusterStats, type ClusterStats } from "./stats/cluster-stats.ts";
import { countRuns, projectStats, type ProjectStats, type RunCounts } from "./stats/project-stats.ts";

/** The data of `tb db stats`. */
export interface StatsResult {
  /** How many days back statements and runs are counted. */
  days: number;
  clusters: ClusterStats[];
  /** Empty while the control cluster does not run. */
  projects: ProjectStats[];
  /** Of all projects; null while the control cluster does not run. */
  runs: RunCounts | null;
}

export interface StatsInput {
  config: Config;
  adapters: Adapters;
  owner: () => Promise<string>;
  /** Name or id; null: all of them. */
  project: string | null;
}

const DAYS = 7;

/** Throws TbError "not_found" without such a project, "transient" when it cannot be looked up because nothing runs. */
export async function databaseStats({ config, adapters, owner, project }: StatsInput): Promise<StatsResult> {
  const control = await clusterStatsOf(config, "control");
  const projects = await clusterStatsOf(config, "projects");
  const base = { days: DAYS, clusters: [control, projects] };
  if (!control.running) {
    if (project !== null) {
      throw new TbError("transient", "tb's own database does not run, so the project cannot be looked up.", {
        suggestion: "tb db start",
      });
    }
    return { ...base, projects: [], runs: null };
  }
  const opened = await openControl(config, { migrate: false });
  try {
    const cluster = projects.running ? await adapters.databaseCluster() : null;
    const tools = { control: opened, adapters, cluster, days: DAYS };
    const ownerId = await owner();
    const rows = project === null ? await listProjects(opened, ownerId) : [await findProject(opened, ownerId, project)];
    const stats: ProjectStats[] = [];
    for (const row of rows) stats.push(await projectStats(tools, row));
    return { ...base, projects: stats, runs: await countRuns(opened, DAYS, null) };
  } finally {
    await opened.close();
  }
}

/** One of the two servers; one that does not run has no figures. */
export async function clusterStatsOf(config: Config, name: "control" | "projects"): Promise<ClusterStats> {
  const external = name === "control" ? externalControl(config) : externalProjects(config);
  if (external) return clusterStats({ name, kind: "external" }, external.settings, external.variables);
  const stopped: ClusterStats = { name, kind: "embedded", running: false, problem: null, figures: null };
  if (!(await isInstalled(config))) return stopped;
  const server = createEmbeddedPostgres(config, name);
  if (!(await server.status()).running) return stopped;
  const settings = { ...(await server.administrator()), database: "postgres" };
  return clusterStats({ name, kind: "embedded" }, settings, "its log (tb db status names it)");
}

interface External {
  settings: ClientConfig;
  variables: string;
}

function externalControl({ controlUrl }: Config): External | null {
  return controlUrl === null ? null : { settings: { connectionString: controlUrl }, variables: "PG_CONTROL_URL" };
}

function externalProjects({ projectsCluster }: Config): External | null {
  if (!projectsCluster) return null;
  return { settings: { ...projectsCluster, database: "postgres" }, variables: "the DB_CLUSTER_ variables" };
}
