// What is being verified, and how the checks run programs in it.
import { interruption } from "../processes/interruption.ts";
import type { DatabaseCluster, DatabaseRole } from "../adapters/database-cluster/database-cluster.ts";
import type { Databases, ExecOptions, ExecResult, Sandbox } from "../adapters/sandbox/sandbox.ts";
import type { Plan } from "../plan/plan.ts";

export interface Subject {
  sandbox: Sandbox;
  /** null for a project without a database, like `database`. */
  cluster: DatabaseCluster | null;
  projectId: string;
  /** The agent's copy; its migrations are applied already. Only read. */
  database: string | null;
  /** Names of databases that verification creates, and drops unless they are `kept` for whoever asks to drop later. */
  scratch: { probe: string; test: string; kept?: true };
  plan: Plan;
  /** Set when nobody has planned it: the endpoints of openapi.json ("GET /api/users"), which stands for the plan then;
   * `plan` was read from it and from the database (found/found-plan.ts). */
  unplanned?: readonly string[];
  signal: AbortSignal;
  onProgress: (text: string) => void;
  nodePath: string;
}

/** A subject that has a database. */
export type StoredSubject = Subject & { cluster: DatabaseCluster; database: string };

export function hasDatabase(subject: Subject): subject is StoredSubject {
  return subject.cluster !== null && subject.database !== null;
}

/** Runs a script with Node in the project. Rejects when the run was aborted meanwhile. */
export async function runNode(
  subject: Subject,
  args: string[],
  options: Pick<ExecOptions, "env" | "databases" | "timeout"> = {},
): Promise<ExecResult> {
  const result = await subject.sandbox.exec([subject.nodePath, ...args], { ...options, signal: subject.signal });
  if (subject.signal.aborted) throw interruption(subject.signal);
  return result;
}

/** For a command that uses a database: DB_* of the application's role, and MIGRATE_DB_* of the owner's where it migrates. */
export interface DatabaseAccess {
  env: Record<string, string>;
  databases?: Databases;
}

export const NO_ACCESS: DatabaseAccess = { env: {} };

export async function databaseAccess(
  subject: StoredSubject,
  database: string,
  roles: readonly DatabaseRole[],
): Promise<DatabaseAccess> {
  const app = await subject.cluster.connection(subject.projectId, "app", database);
  const env: Record<string, string> = {
    DB_HOST: app.host,
    DB_PORT: String(app.port),
    DB_NAME: app.database,
    DB_USER: app.user,
    DB_PASSWORD: app.password,
  };
  if (!roles.includes("own")) return { env, databases: [app] };
  const own = await subject.cluster.connection(subject.projectId, "own", database);
  const migrating = { ...env, MIGRATE_DB_USER: own.user, MIGRATE_DB_PASSWORD: own.password };
  return { env: migrating, databases: [app, own] };
}
