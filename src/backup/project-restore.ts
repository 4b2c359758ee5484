// A project's database from a backup: built beside the present one, proved, and only then ready to take its place.
import { countRows } from "./backup-summary.ts";
import { TbError } from "../errors.ts";
import { databaseExists } from "../pipeline/live-schema.ts";
import { introspect } from "../verify/introspect.ts";
import { compareSchemas } from "../verify/migrations.ts";
import { differingTables, checkFiles, loadSchema } from "./load.ts";
import { damaged, readManifest, type BackupManifest } from "./manifest.ts";
import { appliedIn, keptTexts, migrationsOfMain, replay, textsOf, type MigrationText } from "./migrations.ts";
import { makeEmpty, SCHEMA, type BackupTools, type ProjectDatabase } from "./project-backup.ts";
import { withSession } from "./session.ts";

export interface RestorePlan {
  /** False when the project's database is gone: then nothing is replaced. */
  present: boolean;
  /** Names of the migrations that are applied after the rows of the backup are in, so that the running version finds the
   * schema that it knows. */
  forward: string[];
}

/** Reads every file of the backup and decides whether it fits the project; makes nothing.
 * Throws TbError "failure" for a damaged backup, "conflict" for one of another project or of another schema. */
export async function planRestore(tools: BackupTools, project: ProjectDatabase, folder: string): Promise<RestorePlan> {
  const manifest = await readManifest(folder);
  if (manifest.kind !== "project" || manifest.project?.id !== project.id) throw foreign(manifest, project);
  await checkFiles(folder, manifest);
  const { main, present, forward } = await readForward(tools, project, manifest);
  refuseUnknown(manifest, main);
  return { present, forward: forward.map(({ name }) => name) };
}

/** Builds the database `next`; whatever it held before is dropped. Nothing else is touched. */
export async function rebuild(
  tools: BackupTools,
  project: ProjectDatabase,
  folder: string,
  next: string,
): Promise<{ tables: number; rows: number }> {
  const { cluster, signal } = tools;
  const manifest = await readManifest(folder);
  const { forward } = await readForward(tools, project, manifest);
  await makeEmpty(cluster, project.id, next);
  await withSession(await cluster.connection(project.id, "own", next), async (client) => {
    await replay(client, await keptTexts(folder, manifest));
    const made = await introspect(cluster, next);
    await client.query("begin");
    await loadSchema(client, SCHEMA, folder, manifest, signal);
    await client.query("commit");
    const differing = await differingTables(client, SCHEMA, manifest.tables, signal);
    const changed = compareSchemas(made, await introspect(cluster, next));
    if (differing.length > 0)
      throw damaged(folder, `the rows of ${differing.join(", ")} are not those that were saved`);
    if (changed.length > 0) throw damaged(folder, changed.map(({ message }) => message).join(" "));
    await replay(client, forward);
  });
  return countRows(manifest);
}

/** What the running version has applied and the backup has not; without a present database, what main has. */
async function readForward(
  { cluster, gitHost }: Pick<BackupTools, "cluster" | "gitHost">,
  project: ProjectDatabase,
  manifest: BackupManifest,
): Promise<{ main: MigrationText[]; present: boolean; forward: MigrationText[] }> {
  const main = (await migrationsOfMain(gitHost, project.id, project.repository)).migrations;
  const present = await databaseExists(cluster, project.database);
  const wanted = present ? new Set((await appliedIn(cluster, project.database)).map(({ name }) => name)) : null;
  const saved = new Set(manifest.migrations.map(({ name }) => name));
  const forward = main.filter(({ name }) => !saved.has(name) && (wanted === null || wanted.has(name)));
  return { main, present, forward };
}

function refuseUnknown(manifest: BackupManifest, main: MigrationText[]): void {
  try {
    textsOf(manifest.migrations, main);
  } catch (error) {
    if (!(error instanceof TbError && error.code === "conflict")) throw error;
    throw new TbError("conflict", "The backup was made by migrations that main does not have.", {
      ...(error.details && { details: error.details.map((line) => line.replace("the database", "the backup")) }),
      suggestion: "Bring main to the commit of that time, push it, and run the command again.",
      parks: false,
      cause: error,
    });
  }
}

function foreign({ kind, project: of, id }: BackupManifest, project: ProjectDatabase): TbError {
  const whose = kind === "control" ? "tb's own state" : `${of?.name} (${of?.id})`;
  return new TbError("conflict", `Backup ${id} is of ${whose}, not of ${project.name} (${project.id}).`, {
    suggestion: `tb db backup ${project.name} --list`,
    parks: false,
  });
}
