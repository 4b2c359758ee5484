// A database and two roles of its own in the projects cluster (product.md, C3) beside a fresh sandbox with the base project
// (C4); then the migration, applied by the project's own runner while nobody but tb has written in the sandbox.
import { allDone } from "../../all-done.ts";
import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { withResource } from "../../control/ledger.ts";
import { recordMigration } from "../../control/project-databases.ts";
import { baseProjectFiles } from "../../plan/base-project.ts";
import type { Plan } from "../../plan/plan.ts";
import { renderMigration } from "../../plan/render-migration.ts";
import { countOf } from "../../ui/count.ts";
import { BUILD } from "../../verify/build.ts";
import { FORMAT, LINT } from "../../verify/lint.ts";
import { OPENAPI } from "../../verify/openapi.ts";
import { TESTS } from "../../verify/test-runner.ts";
import type { CreateStart } from "../create.ts";
import { applyMigrations } from "../apply-migrations.ts";
import { databaseName } from "../names.ts";
import type { Phase, Run } from "../types.ts";
import { createRunSandbox, fillSandbox, treeRef, workConnection } from "../workspace.ts";

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
  const created = createDatabase(state, run);
  const filled = fill(state, run);
  const migrated = filled.then((sandbox) => migrate(state, run, sandbox, created));
  const saved = filled.then((sandbox) => saveBase(state, run, sandbox));
  await allDone([created, filled, migrated, saved]);
  const sandbox = await filled;
  return { provider: sandbox.provider, isolation: sandbox.isolation };
}

async function fill({ projectId, plan, database }: In, run: Run): Promise<Sandbox> {
  const sandbox = await createRunSandbox(run, projectId);
  for (const { path, content } of await baseProjectFiles(plan)) await sandbox.writeFile(path, content);
  await fillSandbox(run, sandbox, database ? await workConnection(run, projectId) : null, WARM_UP);
  return sandbox;
}

async function createDatabase({ projectId, database }: In, run: Run): Promise<void> {
  if (!database) return;
  const cluster = await run.adapters.databaseCluster();
  const common = { run_id: run.id, project_id: projectId, provider: cluster.kind };
  // Roles first in the ledger, so that they are released last: a role that owns a schema cannot be dropped.
  await withResource(run.control, { ...common, kind: "database-roles", name: projectId }, () =>
    withResource(run.control, { ...common, kind: "database", name: database }, () =>
      cluster.provision(projectId, database),
    ),
  );
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

async function migrate(
  { projectId, modificationId, plan, database }: In,
  run: Run,
  sandbox: Sandbox,
  created: Promise<void>,
): Promise<void> {
  if (!database) return;
  const { durationMs } = await applyMigrations(run, sandbox, projectId, database, () => created);
  const migration = renderMigration(plan)!;
  await recordMigration(run.control, {
    ...migration,
    projectId,
    modificationId,
    database,
    runId: run.id,
    cluster: (await run.adapters.databaseCluster()).kind,
    tables: plan.tables.map(({ name }) => name),
    durationMs,
  });
}
