// A project that has a repository and a database and nothing else: what backing up and restoring work on.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import type { DatabaseRole } from "../../src/adapters/database-cluster/database-cluster.ts";
import { selectAdapters } from "../../src/adapters/index.ts";
import { migrationsOfMain, replay } from "../../src/backup/migrations.ts";
import type { BackupTools, ProjectDatabase } from "../../src/backup/project-backup.ts";
import type { Config } from "../../src/config.ts";
import { readyScratch } from "./homes.ts";

export interface BackupWorld {
  home: string;
  config: Config;
  tools: BackupTools;
  project: ProjectDatabase;
  /** Makes these the migrations of main, beside those that are there. */
  push(migrations: Record<string, string>): Promise<void>;
  /** Applies what main has and the database lacks. */
  migrate(): Promise<void>;
  /** Statements in the project's database, or in another one of it, as a role of it. */
  readonly sql: <Row extends object>(
    text: string,
    options?: { role?: DatabaseRole; database?: string },
  ) => Promise<Row[]>;
  remove(): Promise<void>;
}

export async function backupWorld(migrations: Record<string, string>): Promise<BackupWorld> {
  const { home, config, remove } = await readyScratch();
  const adapters = selectAdapters(config);
  const tools = {
    cluster: await adapters.databaseCluster(),
    gitHost: await adapters.gitHost(),
    signal: new AbortController().signal,
  };
  const id = "prj_backup0001";
  const repository = await tools.gitHost.createRepository(`turbobackend-${id}`);
  const project = {
    id,
    name: "kept",
    database: `turbobackend_${id}`,
    repository: { ...repository, branch: "main" },
  };
  const tree = await mkdtemp(join(home, "tree-"));
  await tools.cluster.ensure();
  await tools.cluster.provision(id, project.database);

  async function push(more: Record<string, string>): Promise<void> {
    await mkdir(join(tree, "migrations"), { recursive: true });
    for (const [name, text] of Object.entries(more)) await writeFile(join(tree, "migrations", name), text);
    await tools.gitHost.commitAndPush({ projectId: id, repository, workTree: tree, branch: "main", message: "More\n" });
  }

  async function migrate(): Promise<void> {
    const main = await migrationsOfMain(tools.gitHost, id, project.repository);
    await session("own", project.database, (client) => replay(client, main.migrations));
  }

  async function session<T>(role: DatabaseRole, database: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client(await tools.cluster.connection(id, role, database));
    client.on("error", () => {}); // some of these sessions are ended from outside
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  await push(migrations);
  await migrate();
  return {
    home,
    config,
    tools,
    project,
    push,
    migrate,
    sql: (text, { role = "own", database = project.database } = {}) =>
      session(role, database, async (client) => (await client.query(text)).rows),
    remove: async () => {
      await adapters.close();
      await remove();
      await rm(home, { recursive: true, force: true });
    },
  };
}
