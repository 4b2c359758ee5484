// A run's workspace: the sandbox with the project's tree, its copy of the database, and the private ref that the tree is
// saved to. Handles are reopened by id, and a sandbox that is gone is rebuilt from the ref.
import type { AgentSession } from "../agent/agent-loop.ts";
import { createCopyQuery } from "../agent/sql/query-copy.ts";
import type { Connection } from "../adapters/database-cluster/database-cluster.ts";
import type { DatabaseDoor, Sandbox } from "../adapters/sandbox/sandbox.ts";
import { recordContainerSession } from "../control/container-sessions.ts";
import { withResource } from "../control/ledger.ts";
import { TbError } from "../errors.ts";
import { discardCopy, ensureCopy } from "./copy-database.ts";
import { sandboxName, workDatabases } from "./names.ts";
import type { Run } from "./types.ts";

export interface Workspace extends AgentSession {
  /** The commit of the saved tree; same tree, same commit. */
  save(): Promise<{ commit: string; changed: boolean }>;
  close(): Promise<void>;
}

interface WorkspaceOf {
  projectId: string;
  /** The live database, whose copy the commands and queries work on; null = they have none. */
  database: string | null;
}

/** Opens nothing yet; everything is opened when it is first asked for. */
export async function openWorkspace(run: Run, { projectId, database }: WorkspaceOf): Promise<Workspace> {
  const connection = database === null ? null : await workConnection(run, projectId);
  let sandbox: Promise<Sandbox> | undefined;
  let door: DatabaseDoor | undefined;
  let copy: Promise<void> | undefined;
  const ask = connection ? await copyQuery(run, projectId) : null;

  /** Resolves when the copy is there; the first who asks has it made. */
  async function copied(): Promise<void> {
    if (database !== null) await (copy ??= ensureCopy({ projectId, database }, run));
  }

  function open(): Promise<Sandbox> {
    return (sandbox ??= reopenWithDoor());
  }

  /** What `.env` names: the agent's own commands find the copy there. */
  async function reopenWithDoor(): Promise<Sandbox> {
    const opened = await reopen();
    if (connection) door = await opened.openDatabases([connection], copied);
    return opened;
  }

  async function reopen(): Promise<Sandbox> {
    const provider = await run.adapters.sandbox();
    try {
      return await provider.attach(sandboxName(run.id));
    } catch (error) {
      if (!(error instanceof TbError && error.code === "not_found")) throw error;
    }
    const fresh = await createRunSandbox(run, projectId);
    await restoreTree(fresh);
    await fillSandbox(run, fresh, connection);
    return fresh;
  }

  async function restoreTree(into: Sandbox): Promise<void> {
    const gitHost = await run.adapters.gitHost();
    let restored = false;
    await into.fillTree(async (workTree) => {
      restored = await gitHost.restoreTree({ projectId, workTree, ref: treeRef(run.id) });
    });
    if (restored) return;
    throw new TbError(
      "failure",
      `The files of run ${run.id} are lost: neither its sandbox nor its saved tree is there.`,
    );
  }

  async function save(): Promise<{ commit: string; changed: boolean }> {
    const gitHost = await run.adapters.gitHost();
    const workTree = await (await open()).workTree();
    return gitHost.saveTree({ projectId, workTree, ref: treeRef(run.id) });
  }

  return {
    sandbox: open,
    query: ask && (async (...asked) => (await copied(), ask(...asked))),
    async settled() {
      await copy;
    },
    async discardCopy() {
      copy = undefined;
      if (database !== null) await discardCopy(projectId, run);
    },
    save,
    async saveTree() {
      return { changed: (await save()).changed };
    },
    async restoreTree() {
      await restoreTree(await open());
    },
    async close() {
      await door?.close();
      door = undefined;
      sandbox = undefined;
    },
  };
}

/** What the model asks of the copy, as the role that owns its schema. */
async function copyQuery(run: Run, projectId: string): Promise<NonNullable<AgentSession["query"]>> {
  const cluster = await run.adapters.databaseCluster();
  await cluster.rememberPasswords(projectId);
  const connection = await cluster.connection(projectId, "own", workDatabases(projectId).work);
  return createCopyQuery(run, { projectId, connection });
}

/** The run's sandbox, written to the ledger before it is made. */
export async function createRunSandbox(run: Run, projectId: string): Promise<Sandbox> {
  const provider = await run.adapters.sandbox();
  const resource = {
    run_id: run.id,
    project_id: projectId,
    kind: "sandbox",
    name: sandboxName(run.id),
    provider: provider.name,
  } as const;
  const sandbox = await withResource(run.control, resource, () => provider.create(sandboxName(run.id)));
  const { id: containerId, provider: name, isolation } = sandbox;
  await recordContainerSession(run.control, { projectId, runId: run.id, containerId, provider: name, isolation });
  return sandbox;
}

/** What the tree needs and git does not keep: `.env` (the copy's connection) and the prepared dependencies. */
export async function fillSandbox(run: Run, sandbox: Sandbox, connection: Connection | null): Promise<void> {
  if (connection) await writeConnection(sandbox, connection);
  await installInto(run, sandbox);
}

/** Whoever runs commands opens the database there for as long as they run. */
export async function writeConnection(sandbox: Sandbox, connection: Connection): Promise<void> {
  await sandbox.writeFile(".env", envFile(databaseEnv({ ...connection, ...sandbox.databaseAddress })));
}

/** @param warmUp commands that leave what Node has compiled, when nothing is kept of that yet. */
export async function installInto(
  run: Run,
  sandbox: Sandbox,
  warmUp: readonly (readonly [string, ...string[]])[] = [],
): Promise<void> {
  await sandbox.installDependencies({ signal: run.signal, onProgress: reportProgress(run), warmUp });
}

/** A callback for work that reports as it goes and does not wait. An event that cannot be written is not lost silently:
 * the step's next awaited write meets the same database. */
export function reportProgress(run: Run): (text: string) => void {
  return (text) => {
    run.emit({ type: "progress", text }).catch(() => {});
  };
}

/** The development copy, as the role that may only read and write rows. */
export async function workConnection(run: Run, projectId: string): Promise<Connection> {
  const cluster = await run.adapters.databaseCluster();
  return cluster.connection(projectId, "app", workDatabases(projectId).work);
}

/** A connection as the variables that a generated project reads. */
export function databaseEnv(connection: Connection): Record<string, string> {
  return {
    DB_HOST: connection.host,
    DB_PORT: String(connection.port),
    DB_NAME: connection.database,
    DB_USER: connection.user,
    DB_PASSWORD: connection.password,
  };
}

export function treeRef(runId: string): string {
  return `runs/${runId}`;
}

function envFile(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
