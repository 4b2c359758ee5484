// A finished project in a sandbox with its database, made by the offline model's renderer: what verification judges.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DatabaseCluster } from "../../src/adapters/database-cluster/database-cluster.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { renderProject } from "../../src/adapters/model/offline/render/render-project.ts";
import { createLocalSandboxProvider } from "../../src/adapters/sandbox/local-sandbox.ts";
import type { ExecOptions, Sandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { readConfig } from "../../src/config.ts";
import { baseProjectFiles } from "../../src/plan/base-project.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { databaseAccess, type Subject } from "../../src/verify/subject.ts";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { shareCache } from "../helpers/shared-cache.ts";

export interface TestProject {
  subject: Subject;
  cluster: DatabaseCluster;
  sandbox: Sandbox;
  /** Changes the text of a file; it must contain `from`. */
  edit: (path: string, from: string | RegExp, to: string) => Promise<void>;
  /** SQL in the database, as the administrator. */
  sql: (text: string) => Promise<void>;
  /** Files as they were at first, and the database too when it was changed. */
  reset: () => Promise<void>;
  remove: () => Promise<void>;
}

/** `cache` is the shared cache of prepared dependencies. */
export async function createProject(plan: Plan, cache: string): Promise<TestProject> {
  const root = await mkdtemp(join(tmpdir(), "tb-verify-"));
  await mkdir(join(root, "home"));
  await shareCache(join(root, "home"), cache);
  const config = readConfig({ ...process.env, TB_HOME: join(root, "home"), PG_CONTROL_URL: "", DB_CLUSTER_HOST: "" });
  const cluster = selectDatabaseCluster(config);
  const provider = createLocalSandboxProvider(config);
  const sandbox = await provider.create("project");
  const work = await sandbox.workTree();
  const projectId = "prj_test";
  const name = `turbobackend_${projectId}`;
  const subject: Subject = {
    sandbox,
    cluster: plan.database.needed ? cluster : null,
    projectId,
    database: plan.database.needed ? name : null,
    scratch: { probe: `${name}_probe`, test: `${name}_test` },
    plan,
    signal: new AbortController().signal,
    onProgress: () => {},
    nodePath: process.execPath,
  };

  let databaseChanged = false;

  async function run(args: string[], options: ExecOptions = {}): Promise<void> {
    const result = await sandbox.exec([process.execPath, ...args], options);
    if (result.exitCode !== 0) throw new Error(`${args.join(" ")}: ${result.output}`);
  }

  async function provision(): Promise<void> {
    if (!subject.database) return;
    await cluster.dropDatabase(subject.database);
    await cluster.provision(projectId, subject.database);
    await run(
      ["scripts/migrate.ts"],
      await databaseAccess({ ...subject, cluster, database: subject.database }, subject.database, ["own"]),
    );
  }

  for (const { path, content } of await baseProjectFiles(plan)) await sandbox.writeFile(path, content);
  for (const { path, content } of renderProject(plan)) await sandbox.writeFile(path, content);
  await sandbox.installDependencies({});
  await run(["scripts/openapi.ts"]);
  await provision();
  const original = join(root, "original");
  await cp(work, original, { recursive: true, filter: (path) => !path.includes("node_modules") });

  return {
    subject,
    cluster,
    sandbox,
    async edit(path, from, to) {
      const text = await sandbox.readFile(path);
      const changed = text.replace(from, to);
      if (changed === text) throw new Error(`${path} does not contain ${String(from)}:\n${text}`);
      await sandbox.writeFile(path, changed);
    },
    async sql(text) {
      databaseChanged = true;
      await cluster.query(subject.database!, text);
    },
    async reset() {
      for (const path of await sandbox.listFiles()) await sandbox.deleteFile(path);
      await sandbox.fillTree((folder) => cp(original, folder, { recursive: true }));
      if (databaseChanged) await provision();
      databaseChanged = false;
    },
    async remove() {
      await provider.destroy("project");
      await cluster.close();
      await createEmbeddedPostgres(config, "projects").stop();
      await promisify(execFile)("rm", ["-rf", root]);
    },
  };
}
