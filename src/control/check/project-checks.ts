// Whether what tb has written down about a project is what is there.
import { Client } from "pg";
import type { Adapters } from "../../adapters/index.ts";
import type { DatabaseCluster } from "../../adapters/database-cluster/database-cluster.ts";
import { migrationProblems, migrationsOfMain, appliedIn } from "../../backup/migrations.ts";
import { databaseExists } from "../../pipeline/live-schema.ts";
import { toErrorJson } from "../../errors.ts";
import { countOf } from "../../ui/count.ts";
import type { Control } from "../control.ts";
import { activeDeployment } from "../deployments.ts";
import { findDatabase } from "../project-databases.ts";
import type { ProjectRow } from "../projects.ts";
import { findRepository } from "../repositories.ts";
import { unfinishedRuns } from "../runs.ts";
import { snapshotsOf } from "../snapshots.ts";
import { look, type Finding, type Problem } from "./finding.ts";

export interface CheckTools {
  control: Control;
  adapters: Adapters;
  /** Gives the roles back what they should have, where they lack it. */
  repair: boolean;
}

export async function checkProject(tools: CheckTools, project: ProjectRow): Promise<Finding[]> {
  const { name } = project;
  if (project.status !== "active") {
    return [await look("project", name, "being made", () => checkUnfinished(tools, project))];
  }
  const database = await findDatabase(tools.control, project.project_id);
  return [
    ...(database ? await checkDatabase(tools, project, database.name) : []),
    await look("repository", name, "main is where tb left it", () => checkRepository(tools, project)),
    await look("snapshots", name, "none", () => checkSnapshots(tools, project)),
    await look("deployment", name, "not deployed", () => checkDeployment(tools, project)),
  ];
}

async function checkUnfinished(
  { control }: CheckTools,
  { project_id, name, status }: ProjectRow,
): Promise<Problem | null> {
  const [run] = await unfinishedRuns(control, project_id);
  if (run) return null; // the runs are looked at by themselves
  return { message: `It is "${status}", but no run is making it.`, fix: `tb destroy ${name} --confirm ${name}` };
}

async function checkDatabase(tools: CheckTools, project: ProjectRow, database: string): Promise<Finding[]> {
  const { name } = project;
  const cluster = await tools.adapters.databaseCluster();
  const found = await look("database", name, database, async () => {
    await cluster.ensure();
    if (await databaseExists(cluster, database)) return null;
    return { message: `${database} is not there.`, fix: `tb db restore ${name} latest --confirm ${name}` };
  });
  if (found.status === "problem") return [found];
  return [
    found,
    await look("roles", name, "both can log in", () => checkRoles(tools, cluster, project, database)),
    await look("migrations", name, "as in main", () => checkMigrations(tools, cluster, project, database)),
    await look("indexes", name, "valid", () => checkIndexes(cluster, database)),
  ];
}

async function checkRoles(
  { repair }: CheckTools,
  cluster: DatabaseCluster,
  { project_id, name }: ProjectRow,
  database: string,
): Promise<Problem | string | null> {
  const problems = await loginProblems(cluster, project_id, database);
  if (problems.length === 0 && !repair) return null;
  if (!repair) {
    return { message: "A role cannot log in.", details: problems, fix: `tb db check ${name} --repair` };
  }
  await cluster.provision(project_id, database); // also where they can log in: their rights and settings are not looked at
  if (problems.length === 0) return null;
  const left = await loginProblems(cluster, project_id, database);
  if (left.length === 0) return "repaired: both can log in again";
  return { message: "A role cannot log in, also after its rights were renewed.", details: left, fix: "tb db stats" };
}

async function loginProblems(cluster: DatabaseCluster, projectId: string, database: string): Promise<string[]> {
  const problems: string[] = [];
  for (const role of ["own", "app"] as const) {
    const client = new Client({
      ...(await cluster.connection(projectId, role, database)),
      connectionTimeoutMillis: 10_000,
      query_timeout: 10_000,
    });
    client.on("error", () => {}); // told by connect or query
    try {
      await client.connect();
      await client.query("select 1");
    } catch (error) {
      problems.push(`${role}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await client.end();
    }
  }
  return problems;
}

async function checkMigrations(
  { control, adapters }: CheckTools,
  cluster: DatabaseCluster,
  { project_id, name }: ProjectRow,
  database: string,
): Promise<Problem | string> {
  const repository = await findRepository(control, project_id);
  const applied = await appliedIn(cluster, database);
  if (!repository) return `${countOf(applied.length, "migration")} applied`;
  const { migrations } = await migrationsOfMain(await adapters.gitHost(), project_id, repository);
  const problems = migrationProblems(applied, migrations);
  if (problems.length === 0) return `${countOf(applied.length, "migration")}, as in main`;
  const drifted = problems.some(({ pending }) => !pending);
  return {
    message: drifted ? "The database and main do not belong together." : "main has migrations that are not applied.",
    details: problems.map(({ message }) => message),
    fix: drifted ? "Put the migrations of main back as they were applied, and push." : `tb deploy ${name}`,
  };
}

async function checkIndexes(cluster: DatabaseCluster, database: string): Promise<Problem | null> {
  const { rows } = await cluster.query<{ name: string }>(
    database,
    "select indexrelid::regclass::text as name from pg_index where not indisvalid order by 1",
  );
  if (rows.length === 0) return null;
  return {
    message: `${countOf(rows.length, "index", "indexes")} cannot be used.`,
    details: rows.map(({ name }) => name),
    fix: rows.map(({ name }) => `reindex index ${name};      in ${database}`).join("\n"),
  };
}

async function checkRepository({ control, adapters }: CheckTools, project: ProjectRow): Promise<Problem | string> {
  const { project_id: projectId, name } = project;
  const repository = await findRepository(control, projectId);
  if (!repository) return { message: "tb knows no repository of it.", fix: `tb destroy ${name} --confirm ${name}` };
  const { commit } = await (await adapters.gitHost()).head({ projectId, repository, branch: repository.branch });
  const deployed = await activeDeployment(control, projectId);
  const short = commit.slice(0, 7);
  if (commit === repository.commit || commit === deployed?.commit) return `${repository.branch} is at ${short}`;
  return {
    message: `${repository.branch} is at ${short}; tb last saw ${repository.commit?.slice(0, 7) ?? "nothing"}.`,
    fix: `tb deploy ${name}`,
  };
}

async function checkSnapshots(
  { control, adapters }: CheckTools,
  { project_id }: ProjectRow,
): Promise<Problem | string | null> {
  const store = await adapters.objectStore();
  const snapshots = await snapshotsOf(control, project_id);
  const broken: string[] = [];
  for (const { url } of snapshots) {
    try {
      await store.readSnapshot(url);
    } catch (error) {
      broken.push(toErrorJson(error).message);
    }
  }
  if (snapshots.length === 0) return null;
  if (broken.length === 0) return `${countOf(snapshots.length, "snapshot")}, every file as it was stored`;
  return {
    message: `${countOf(broken.length, "snapshot")} cannot be read.`,
    details: broken,
    fix: "The source is in the repository too; the next change takes a new snapshot.",
  };
}

async function checkDeployment(
  { control, adapters }: CheckTools,
  project: ProjectRow,
): Promise<Problem | string | null> {
  const { project_id: projectId, name } = project;
  const recorded = await activeDeployment(control, projectId);
  const live = await (await adapters.deployTarget()).status(projectId);
  if (!recorded) {
    if (!live.running) return null;
    return { message: `It runs at ${live.url}, but no deployment is written down.`, fix: `tb deploy ${name}` };
  }
  if (!live.running) return { message: `It does not run (${recorded.deployment_id}).`, fix: `tb deploy ${name}` };
  if (!live.healthy) return { message: `It runs at ${live.url}, but is not healthy.`, fix: `tb logs ${name}` };
  if (live.deploymentId !== recorded.deployment_id) {
    return { message: `${live.deploymentId} serves, not ${recorded.deployment_id}.`, fix: `tb deploy ${name}` };
  }
  return `healthy at ${live.url}`;
}
