// Migrations go forward only, so an older version meets a newer schema: which migrations it does not know, and whether they
// are of a kind that it would trip over.
import type { Adapters } from "../adapters/index.ts";
import type { DeploymentRow } from "../control/deployments.ts";
import type { ProjectRow } from "../control/projects.ts";
import { TbError } from "../errors.ts";
import { breakingParts } from "../plan/read-migration.ts";
import { countOf } from "../ui/count.ts";
import type { DeployStart } from "./deploy.ts";
import { appliedMigrations } from "./live-schema.ts";
import { migrationNames } from "./phases/find-build.ts";

export interface Rollback {
  adapters: Adapters;
  project: ProjectRow;
  database: string | null;
  /** What is gone back to, and the repository at its commit. */
  back: DeploymentRow;
  repository: DeployStart["repository"];
  /** What serves now, and main: the texts of the newer migrations are looked for there. */
  active: DeploymentRow;
  main: DeployStart["repository"];
}

/** Names of the migrations that stay applied though that version does not know them. Throws TbError "approval_required"
 * when it may trip over one and that is not accepted. */
export async function checkRollbackSchema(
  of: Rollback,
  accept: (warning: TbError) => Promise<boolean>,
): Promise<string[]> {
  if (of.database === null) return [];
  const { repository } = of;
  const cluster = await of.adapters.databaseCluster();
  await cluster.ensure();
  const gitHost = await of.adapters.gitHost();
  const at = { projectId: of.project.project_id, repository, folder: "migrations" };
  const known = new Set(migrationNames(await gitHost.listFiles({ ...at, commit: repository.commit })));
  const kept = (await appliedMigrations(cluster, of.database)).filter((name) => !known.has(name));
  const problems: string[] = [];
  for (const name of kept) problems.push(...(await breaking(of, name)).map((part) => `${name}  ${part}`));
  if (problems.length === 0) return kept;
  const warning = new TbError(
    "approval_required",
    `The database has moved on: version ${repository.commit.slice(0, 7)} may trip over ${countOf(problems.length, "change")}, and its health check need not show it.`,
    {
      details: problems.slice(0, 20),
      suggestion: `tb deploy ${of.project.name} --rollback --to ${of.back.deployment_id} --allow-newer-schema`,
      parks: false,
    },
  );
  if (await accept(warning)) return kept;
  throw warning;
}

async function breaking({ adapters, project, repository, active, main }: Rollback, name: string): Promise<string[]> {
  const gitHost = await adapters.gitHost();
  for (const commit of [active.commit, main.commit]) {
    const path = `migrations/${name}`;
    const sql = await gitHost.readFile({ projectId: project.project_id, repository, commit, path });
    if (sql !== null) return breakingParts(sql);
  }
  return ["(its text is in no version that tb knows)"];
}
