// The Postgres servers: their programs, whether they run, and tb's own schema. Starts nothing.
import { userInfo } from "node:os";
import { findPackage } from "../adapters/database-cluster/postgres-binaries.ts";
import type { Config } from "../config.ts";
import { openControl } from "../control/database.ts";
import { clusterStatsOf } from "../control/database-stats.ts";
import { isInstalled } from "../control/installed.ts";
import { TbError } from "../errors.ts";
import type { Found } from "./diagnosis.ts";

export async function checkPrograms(config: Config): Promise<Found> {
  if (config.controlUrl !== null && config.projectsCluster !== null) return "not needed: both servers are your own";
  if (process.getuid === undefined) {
    throw new TbError("configuration", "The embedded Postgres does not run on Windows.", {
      suggestion: "Run tb inside WSL, or set PG_CONTROL_URL and the DB_CLUSTER_ variables.",
    });
  }
  const { version } = await findPackage();
  try {
    userInfo();
  } catch (error) {
    throw new TbError("configuration", `The user id ${process.getuid()} has no account here; Postgres needs one.`, {
      suggestion: "Run tb as a user of /etc/passwd, or set PG_CONTROL_URL and the DB_CLUSTER_ variables.",
      cause: error,
    });
  }
  return `embedded Postgres ${version} for ${process.platform}-${process.arch}`;
}

export async function checkCluster(config: Config, name: "control" | "projects"): Promise<Found> {
  const { kind, running, problem, figures } = await clusterStatsOf(config, name);
  if (problem !== null) {
    const fix = kind === "embedded" ? "tb db stop\ntb db start" : "Check the server, and the variables that name it.";
    return { status: "problem", message: problem, fix };
  }
  if (!running || !figures) return "stopped; commands that need it start it";
  const { used, limit } = figures.connections;
  if (used > limit * 0.9) {
    return {
      status: "warning",
      message: `Nearly all connections are in use (${used} of ${limit}).`,
      fix: "tb db stats",
    };
  }
  return `${kind}, running, ${used} of ${limit} connections`;
}

export async function checkSchema(config: Config): Promise<Found> {
  if (config.controlUrl === null && !(await isInstalled(config))) return "nothing was made yet";
  const { running } = await clusterStatsOf(config, "control");
  if (!running) return "unknown while the server does not run";
  try {
    const control = await openControl(config, { migrate: false });
    try {
      const [row] = await control.query<{ name: string }>("select max(name) as name from schema_migrations");
      return `${config.controlSchema} is at ${row?.name}`;
    } finally {
      await control.close();
    }
  } catch (error) {
    if (!(error instanceof TbError && /lacks \d+ migrations/.test(error.message))) throw error;
    return { status: "warning", message: `${error.message} The next command applies them.`, fix: "tb db migrate" };
  }
}
