// New migrations, and the version that needs them, on an empty database: what cannot work is found before the real one is
// touched, where a migration stays.
import { withResource } from "../../control/ledger.ts";
import { TbError } from "../../errors.ts";
import { ARTEFACT } from "../../verify/build.ts";
import { checkBoot } from "../../verify/boot.ts";
import { countOf } from "../../ui/count.ts";
import { applyMigrations } from "../apply-migrations.ts";
import type { DeployStart } from "../deploy.ts";
import { workDatabases } from "../names.ts";
import { requireRoom } from "../require-room.ts";
import type { Phase, Run } from "../types.ts";
import { databaseEnv, openWorkspace } from "../workspace.ts";
import type { BuildState } from "./find-build.ts";

type In = DeployStart & { build: BuildState };

export const rehearse: Phase<In, object> = {
  name: "rehearse",
  title: "Try it on an empty database",
  skip: ({ build }) => (build.pending.length > 0 ? undefined : { reason: "no new migrations", instead: {} }),
  run: async (state, run) => {
    await run.step("rehearse", () => tryOut(state, run));
    return {};
  },
  summarize: ({ build }) => `Tried ${countOf(build.pending.length, "new migration")} on an empty database`,
};

async function tryOut({ projectId }: In, run: Run): Promise<null> {
  const cluster = await run.adapters.databaseCluster();
  const name = workDatabases(projectId).replay;
  const resource = {
    run_id: run.id,
    project_id: projectId,
    kind: "work-database",
    name,
    provider: cluster.kind,
  } as const;
  await withResource(run.control, resource, async () => {
    await cluster.dropDatabase(name); // of an attempt that was cut short
    await cluster.provision(projectId, name);
  });
  const workspace = await openWorkspace(run, { projectId, database: null });
  const sandbox = await workspace.sandbox();
  try {
    await migrate(run, projectId, name, sandbox);
    const app = await cluster.connection(projectId, "app", name);
    const env = { NODE_ENV: "production", ...databaseEnv(app) };
    const before = sandbox.brokenSessions();
    const server = await sandbox.serve([process.execPath, ARTEFACT], { env, databases: [app] });
    try {
      const { failures } = await checkBoot({ signal: run.signal }, server);
      const [first] = failures;
      if (first && sandbox.brokenSessions() > before) {
        throw new TbError("transient", "The database server broke off while the new version was tried.", {
          suggestion: "tb db status",
        });
      }
      if (first) await requireRoom({ sandbox, cluster });
      if (first) throw refusal("the new version does not start", first.message.split("\n"));
    } finally {
      await server.stop();
    }
  } finally {
    await cluster.dropDatabase(name);
  }
  return null;
}

async function migrate(
  run: Run,
  projectId: string,
  database: string,
  sandbox: Parameters<typeof applyMigrations>[1],
): Promise<void> {
  try {
    await applyMigrations(run, sandbox, projectId, database);
  } catch (error) {
    if (!(error instanceof TbError && error.code === "failure")) throw error;
    throw refusal("its migrations do not work on an empty database", error.details ?? [error.message]);
  }
}

function refusal(why: string, details: string[]): TbError {
  return new TbError("failure", `Deployment failed: ${why}. Neither the database nor what serves was touched.`, {
    details: details.slice(-15),
    suggestion: "Correct it, push to main, and deploy again.",
  });
}
