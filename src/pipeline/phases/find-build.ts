// What there is already: a build of the version that an earlier deployment has left, and the migrations that are missing.
import { listDeployments } from "../../control/deployments.ts";
import type { DeployStart } from "../deploy.ts";
import { appliedMigrations } from "../live-schema.ts";
import type { Phase, Run } from "../types.ts";

export interface BuildState {
  /** The deployment whose build is started again; null when the version has to be built. */
  kept: string | null;
  /** Migrations of the version that the database lacks, in order. */
  pending: string[];
}

export const findBuild: Phase<DeployStart, { build: BuildState }> = {
  name: "find-build",
  title: "Look for the version",
  run: async (state, run) => {
    const build = await run.step("look", () => look(state, run));
    const { keptMigrations } = state;
    if (keptMigrations.length > 0)
      await run.emit({ type: "warning", text: `Stays applied: ${keptMigrations.join(", ")}` });
    return { build };
  },
  summarize: ({ repository, restores }) =>
    restores
      ? `Going back to ${repository.commit.slice(0, 7)} (${restores})`
      : `Found ${repository.branch} ${repository.commit.slice(0, 7)}`,
};

async function look(state: DeployStart, run: Run): Promise<BuildState> {
  const pending = state.restores === null ? await missingMigrations(state, run) : [];
  return { pending, kept: pending.length > 0 || state.rebuild ? null : await findKept(state, run) };
}

/** The names of the commit's migrations that the database has not applied. */
async function missingMigrations({ projectId, database, repository }: DeployStart, run: Run): Promise<string[]> {
  if (database === null) return [];
  const cluster = await run.adapters.databaseCluster();
  await cluster.ensure();
  const applied = new Set(await appliedMigrations(cluster, database));
  const gitHost = await run.adapters.gitHost();
  const { commit } = repository;
  const paths = await gitHost.listFiles({ projectId, repository, commit, folder: "migrations" });
  return migrationNames(paths).filter((name) => !applied.has(name));
}

/** As the project's own runner sees them: SQL files directly in the folder. */
export function migrationNames(paths: string[]): string[] {
  return paths.flatMap((path) => /^migrations\/([^/]+\.sql)$/.exec(path)?.[1] ?? []).toSorted();
}

async function findKept({ projectId, repository }: DeployStart, run: Run): Promise<string | null> {
  const target = await run.adapters.deployTarget();
  for (const { deployment_id, commit, status, provider } of await listDeployments(run.control, projectId)) {
    const served = status === "active" || status === "replaced";
    if (!served || commit !== repository.commit || provider !== target.name) continue;
    if (await target.keeps(projectId, deployment_id)) return deployment_id;
  }
  return null;
}
