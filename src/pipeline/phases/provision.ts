// A database and two roles of its own in the projects cluster (product.md, C3), with the plan's tables, beside a fresh sandbox
// with the base project (C4).
import { basename } from "node:path";
import type { Connection } from "../../adapters/database-cluster/database-cluster.ts";
import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { allDone } from "../../all-done.ts";
import { migrationText, replay } from "../../backup/migrations.ts";
import { withSession } from "../../backup/session.ts";
import { withResource } from "../../control/ledger.ts";
import { recordMigration } from "../../control/project-databases.ts";
import { TbError } from "../../errors.ts";
import { baseProjectFiles } from "../../plan/base-project.ts";
import type { Plan } from "../../plan/plan.ts";
import { renderMigration } from "../../plan/render-migration.ts";
import { countOf } from "../../ui/count.ts";
import { BUILD } from "../../verify/build.ts";
import { FORMAT, LINT } from "../../verify/lint.ts";
import { OPENAPI } from "../../verify/openapi.ts";
import { TESTS } from "../../verify/test-runner.ts";
import type { CreateStart } from "../create.ts";
import { databaseName } from "../names.ts";
import type { Phase, Run } from "../types.ts";
import { createRunSandbox, installInto, treeRef, workConnection, writeConnection } from "../workspace.ts";

type Start = CreateStart & { plan: Plan };
type In = Start & { database: string | null };

export interface SandboxFacts {
  provider: string;
  isolation: string;
}

export const provision: Phase<Start, { database: string | null; sandbox: SandboxFacts }> = {
  name: "provision",
  title: "Prepare database and sandbox",
  run: async (start, run) => {
    const state: In = { ...start, database: start.plan.database.needed ? databaseName(start.projectId) : null };
    const sandbox = await run.step("prepare", () => prepare(state, run));
    if (state.database) {
      const { tables } = state.plan;
      await run.emit({
        type: "activity",
        action: "database_created",
        details: `Database '${state.database}' created with ${countOf(tables.length, "table")}: ${tables.map(({ name }) => name).join(", ")}`,
      });
      await run.emit({
        type: "activity",
        action: "queries_executed",
        details: `Executed ${countOf(1, "migration")} affecting tables: ${tables.map(({ name }) => name).join(", ")}`,
      });
    }
    return { database: state.database, sandbox };
  },
  summarize: ({ plan, database, sandbox }) => {
    const ready = `sandbox ${sandbox.provider} (${sandbox.isolation})`;
    return `Ready: ${database ? `database with ${countOf(plan.tables.length, "table")}, ` : ""}${ready}`;
  },
};

/** What every project is judged with, on a tree that is still tb's own. Some end early, for want of a database. */
const WARM_UP = [BUILD, OPENAPI, LINT, FORMAT, TESTS, ["scripts/migrate.ts"]].map(
  (args) => [process.execPath, ...args] as const,
);

/** Whatever can, goes side by side. The sandbox needs the address of the server, but not yet the database. */
async function prepare(state: In, run: Run): Promise<SandboxFacts> {
  if (state.database) {
    await run.emit({ type: "progress", text: "starting Postgres" });
    await (await run.adapters.databaseCluster()).ensure();
  }
  const written = writeBase(state, run);
  const filled = written.then((sandbox) => installInto(run, sandbox, WARM_UP));
  const saved = written.then((sandbox) => saveBase(state, run, sandbox));
  await allDone([makeDatabase(state, run), filled, saved]);
  const sandbox = await written;
  return { provider: sandbox.provider, isolation: sandbox.isolation };
}

/** All that is written into the tree itself: while it is saved nothing may come or go there. */
async function writeBase({ projectId, plan, database }: In, run: Run): Promise<Sandbox> {
  const sandbox = await createRunSandbox(run, projectId);
  for (const { path, content } of await baseProjectFiles(plan)) await sandbox.writeFile(path, content);
  if (database) await writeConnection(sandbox, await workConnection(run, projectId));
  return sandbox;
}

async function makeDatabase({ projectId, modificationId, plan, database }: In, run: Run): Promise<void> {
  if (!database) return;
  const cluster = await run.adapters.databaseCluster();
  const common = { run_id: run.id, project_id: projectId, provider: cluster.kind };
  // Roles first in the ledger, so that they are released last: a role that owns a schema cannot be dropped.
  await withResource(run.control, { ...common, kind: "database-roles", name: projectId }, () =>
    withResource(run.control, { ...common, kind: "database", name: database }, () =>
      cluster.provision(projectId, database),
    ),
  );
  const migration = renderMigration(plan)!;
  const started = performance.now();
  await applyFirst(migration, await cluster.connection(projectId, "own", database));
  await recordMigration(run.control, {
    ...migration,
    projectId,
    modificationId,
    database,
    runId: run.id,
    cluster: cluster.kind,
    tables: plan.tables.map(({ name }) => name),
    durationMs: Math.round(performance.now() - started),
  });
}

/** tb has written this migration, and applies it: no program of the project's is told the password of the live database.
 * That the project's own runner comes to the same schema, the verification finds out. */
async function applyFirst({ file, sql }: { file: string; sql: string }, own: Connection): Promise<void> {
  try {
    await withSession(own, (client) => replay(client, [migrationText(basename(file), sql)]));
  } catch (error) {
    if (!(error instanceof TbError && error.code === "conflict")) throw error;
    throw new TbError("failure", "The plan's tables could not be made; nothing of them was kept.", {
      details: [error.message],
      cause: error,
    });
  }
}

async function saveBase({ projectId }: In, run: Run, sandbox: Sandbox): Promise<void> {
  const gitHost = await run.adapters.gitHost();
  const resource = {
    run_id: run.id,
    project_id: projectId,
    kind: "git-directory",
    name: projectId,
    provider: gitHost.name,
  } as const;
  await withResource(run.control, resource, async () =>
    gitHost.saveTree({ projectId, workTree: await sandbox.workTree(), ref: treeRef(run.id) }),
  );
}
