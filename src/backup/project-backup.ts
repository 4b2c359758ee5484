// A backup of a project's database: proved against its migrations first, so that what is written can be restored.
import { join } from "node:path";
import type { Client } from "pg";
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import type { GitHost, RepositoryRef } from "../adapters/git-host/git-host.ts";
import { TbError } from "../errors.ts";
import { introspect } from "../verify/introspect.ts";
import { compareSchemas } from "../verify/migrations.ts";
import { tbVersion } from "../version.ts";
import { dumpSchema } from "./dump.ts";
import { writeManifest, type BackupManifest } from "./manifest.ts";
import {
  appliedIn,
  appliedInSnapshot,
  keepTexts,
  migrationsOfMain,
  replay,
  textsOf,
  type MigrationText,
} from "./migrations.ts";
import { writeWhole } from "./places.ts";
import { withSession } from "./session.ts";

/** Everything of a project lies in one schema; its roles may not make others. */
export const SCHEMA = "public";

export interface ProjectDatabase {
  id: string;
  name: string;
  database: string;
  repository: RepositoryRef & { branch: string };
}

export interface BackupTools {
  cluster: DatabaseCluster;
  gitHost: GitHost;
  signal: AbortSignal;
}

/** Makes the database anew from main's migrations, in `scratch`, and compares. Returns the migrations that it came from.
 * Throws TbError "conflict" with every difference: a backup of such a database could not be restored. */
export async function proveRestorable(
  { cluster, gitHost }: BackupTools,
  project: ProjectDatabase,
  scratch: string,
): Promise<MigrationText[]> {
  const applied = await appliedIn(cluster, project.database);
  const texts = textsOf(applied, (await migrationsOfMain(gitHost, project.id, project.repository)).migrations);
  try {
    await makeEmpty(cluster, project.id, scratch);
    await withSession(await cluster.connection(project.id, "own", scratch), (client) => replay(client, texts));
    const [replayed, present] = [await introspect(cluster, scratch), await introspect(cluster, project.database)];
    const differences = compareSchemas(replayed, present);
    if (differences.length > 0)
      throw drifted(
        project,
        differences.map(({ message }) => message),
      );
    return texts;
  } finally {
    await cluster.dropDatabase(scratch);
  }
}

/** Writes the backup as of one moment into `folder`, whole or not at all; one that is there already is kept. Everyone goes
 * on reading and writing meanwhile. `source` is where the rows are when the database has been renamed.
 * Throws TbError "transient" when the database was migrated since `texts` were found. */
export async function writeProjectBackup(
  { cluster, signal }: Pick<BackupTools, "cluster" | "signal">,
  project: ProjectDatabase,
  texts: readonly MigrationText[],
  { folder, id, source = project.database }: { folder: string; id: string; source?: string },
): Promise<void> {
  const connection = await cluster.connection(project.id, "own", source);
  await writeWhole(folder, (temporary) =>
    withSession(connection, async (client) => {
      const createdAt = new Date();
      const dump = await dumpSchema(client, SCHEMA, temporary, signal, async () => {
        const applied = await appliedInSnapshot(client);
        const same = applied.every(
          ({ name, checksum }, i) => texts[i]?.name === name && texts[i].checksum === checksum,
        );
        if (applied.length !== texts.length || !same) throw migratedMeanwhile(project);
      });
      const manifest: BackupManifest = {
        format: "turbobackend-backup",
        version: 1,
        id,
        kind: "project",
        project: { id: project.id, name: project.name },
        database: project.database,
        schema: SCHEMA,
        created_at: createdAt.toISOString(),
        tb_version: tbVersion(),
        postgres_version: await serverVersion(client),
        migrations: await keepTexts(temporary, texts),
        ...dump,
      };
      await writeManifest(temporary, manifest);
    }),
  );
}

/** An empty database of the project's; what an attempt that was cut short has left in it is dropped. */
export async function makeEmpty(cluster: DatabaseCluster, projectId: string, database: string): Promise<void> {
  await cluster.dropDatabase(database);
  await cluster.provision(projectId, database);
}

export async function serverVersion(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
  return rows[0]!.version;
}

/** The folder of a project's backup in tb's home. */
export function projectBackupFolder(root: string, projectId: string, id: string): string {
  return join(root, projectId, id);
}

function drifted({ name, database }: ProjectDatabase, differences: string[]): TbError {
  return new TbError("conflict", `The database of ${name} is not what its migrations make.`, {
    details: differences.slice(0, 20),
    suggestion: `Put the change into a new migration, or take it back in ${database}; then run the command again.`,
    parks: false,
  });
}

function migratedMeanwhile({ name }: ProjectDatabase): TbError {
  return new TbError("transient", `The database of ${name} was migrated while its backup was begun.`, {
    suggestion: "Run the command again.",
  });
}
