// The project's own runner on its real database.
import type { ExecResult, Sandbox } from "../adapters/sandbox/sandbox.ts";
import { TbError } from "../errors.ts";
import { requireRoom } from "./require-room.ts";
import type { Run } from "./types.ts";
import { databaseEnv } from "./workspace.ts";

/** `node scripts/migrate.ts` as the role that owns the schema; the password goes through the environment. What is applied
 * already is not applied again. Throws TbError "transient" when the server goes away or a disk is full, "failure" with the runner's last lines; nothing of a failed file is kept. */
export async function applyMigrations(
  run: Run,
  sandbox: Sandbox,
  projectId: string,
  database: string,
): Promise<ExecResult> {
  const cluster = await run.adapters.databaseCluster();
  await cluster.ensure();
  const own = await cluster.connection(projectId, "own", database);
  const app = await cluster.connection(projectId, "app", database);
  const before = sandbox.brokenSessions();
  const result = await sandbox.exec(["node", "scripts/migrate.ts"], {
    env: { ...databaseEnv(app), MIGRATE_DB_USER: own.user, MIGRATE_DB_PASSWORD: own.password },
    databases: [app, own],
    signal: run.signal,
  });
  if (result.exitCode === 0) return result;
  if (sandbox.brokenSessions() > before) {
    throw new TbError("transient", "The database server broke off while migrations were applied.", {
      details: result.output.trim().split("\n").slice(-3),
      suggestion: "tb db status",
    });
  }
  await requireRoom({ sandbox, cluster });
  throw new TbError("failure", "A migration could not be applied; nothing of it was kept.", {
    details: result.output.trim().split("\n").slice(-10),
  });
}
