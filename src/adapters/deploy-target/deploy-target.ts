// Port: where a built project runs for its users.
import type { Connection } from "../database-cluster/database-cluster.ts";
import type { Leftover } from "../leftover.ts";
import type { Isolation } from "../sandbox/sandbox.ts";

export interface Deployment {
  id: string; // dep_…
  url: string;
  healthy: boolean;
  /** What keeps it away from everything else there. */
  isolation: Isolation;
}

export interface DeploymentStatus {
  running: boolean;
  healthy: boolean;
  url: string | null;
  deploymentId: string | null;
  /** What keeps it away from everything else there; null when it does not run. */
  isolation: Isolation | null;
  /** Milliseconds since the current process started; null when it does not run. */
  uptimeMs: number | null;
  restarts: number;
}

/** The build of an earlier deployment that the target still keeps. */
export interface KeptBuild {
  deploymentId: string;
}

/** One line that a deployment or its supervisor has said. */
export interface LogLine {
  /** ISO time. */
  at: string;
  /** Id of the deployment. */
  deployment: string;
  /** The application, or what keeps it running. */
  stream: "app" | "supervisor";
  line: string;
}

export interface LogOptions {
  /** Of this deployment; null is the one that serves, and when followed whichever serves. */
  deployment: string | null;
  /** How many of the last lines; null for all. */
  lines: number | null;
  /** ISO time of the oldest line; null for any. */
  since: string | null;
}

export interface StoredDeployments {
  projectId: string;
  /** Of everything that the project has here. */
  bytes: number;
  builds: StoredBuild[];
}

export interface StoredBuild {
  deploymentId: string;
  bytes: number;
  changedAt: Date;
  /** 0 serves, 1 served before it, and so on; null for one that never served. */
  place: number | null;
}

export interface DeployInput {
  projectId: string;
  deploymentId: string;
  /** The path of a build's `.output`, or a build that is kept. */
  artefact: string | KeptBuild;
  env: Record<string, string>;
  /** What `env` names of a database server; null = the project has no database. */
  database: Connection | null;
  signal: AbortSignal;
}

export interface DeployTarget {
  readonly name: "process" | "fly";
  /** Starts the artefact beside the one that serves, probes `GET /api/health`, and switches over when it is healthy. Throws
   * TbError "failure" with the last log lines when it is not; the previous one keeps serving.
   * The same deployment id again is a look, not a second deployment. */
  deploy(input: DeployInput): Promise<Deployment>;
  /** Begins what `deploy` of the same will need and nobody sees: its files, what will keep it running, and the application itself,
   * which answers nobody and is stopped when `deploy` does not follow within seconds. It need not be called, and what goes
   * wrong is met again by `deploy`. */
  prepare(input: DeployInput): Promise<void>;
  /** Whether the build of that deployment is still there to be started again. */
  keeps(projectId: string, deploymentId: string): Promise<boolean>;
  status(projectId: string): Promise<DeploymentStatus>;
  /** Path of the log of the project's current (or the named) deployment; lines of the app and of the supervisor. */
  logFile(projectId: string, deploymentId?: string): Promise<string>;
  /** The last lines of that log, oldest first. Throws like `logFile`. */
  readLog(projectId: string, options: LogOptions): Promise<LogLine[]>;
  /** The same and then every new line, across rotated files and, without a named deployment, across deployments, until the
   * signal is aborted or the project is destroyed. Throws like `logFile`. */
  followLog(projectId: string, options: LogOptions & { signal: AbortSignal }): AsyncIterable<LogLine>;
  /** Stops the project's processes and removes its files and port. Removing what is not there is fine. */
  destroy(projectId: string): Promise<void>;
  /** The projects of this installation that have builds here. */
  list(): Promise<StoredDeployments[]>;
  /** Removes the build and the log of a deployment that does not serve. Removing what is not there is fine. */
  removeBuild(projectId: string, deploymentId: string): Promise<void>;
  leftovers(): Promise<Leftover[]>;
}
