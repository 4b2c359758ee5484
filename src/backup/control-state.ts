// Backup and restore of tb's own state: every table of the control schema. The engine's tables are left out, because they
// only hold runs under way.
import type { Client, ClientConfig } from "pg";
import { escapeIdentifier } from "pg";
import type { Control } from "../control/control.ts";
import { readMigrations } from "../control/migrate-control.ts";
import { TbError } from "../errors.ts";
import { tbVersion } from "../version.ts";
import { countRows } from "./backup-summary.ts";
import { dumpSchema } from "./dump.ts";
import { checkFiles, differingTables, loadSchema } from "./load.ts";
import { damaged, readManifest, writeManifest, type BackupManifest } from "./manifest.ts";
import { keepTexts, keptTexts } from "./migrations.ts";
import { writeWhole } from "./places.ts";
import { serverVersion } from "./project-backup.ts";
import { withSession } from "./session.ts";

/** Writes the backup as of one moment, whole or not at all; one that is there already is kept. */
export async function writeControlBackup(
  control: Control,
  { folder, id }: { folder: string; id: string },
  signal: AbortSignal,
): Promise<void> {
  await writeWhole(folder, (temporary) =>
    withControlSession(control, async (client) => {
      const createdAt = new Date();
      let applied: string[] = [];
      const dump = await dumpSchema(client, control.schema, temporary, signal, async () => {
        const { rows } = await client.query<{ name: string }>("select name from schema_migrations order by name");
        applied = rows.map(({ name }) => name);
      });
      const texts = (await readMigrations()).filter(({ name }) => applied.includes(name));
      const manifest: BackupManifest = {
        format: "turbobackend-backup",
        version: 1,
        id,
        kind: "control",
        project: null,
        database: client.database ?? "",
        schema: control.schema,
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

/** Replaces the whole control schema in one transaction, so that a crash at any moment leaves the old one or the new one.
 * Migrations of this tb that the backup lacks are applied afterwards, within it. */
export async function restoreControl(
  control: Control,
  folder: string,
  signal: AbortSignal,
): Promise<{ tables: number; rows: number; forward: string[] }> {
  const manifest = await readManifest(folder);
  if (manifest.kind !== "control") throw notControl(manifest);
  await checkFiles(folder, manifest);
  const known = await readMigrations();
  const saved = await keptTexts(folder, manifest);
  const newer = saved.find(
    (text) => !known.some(({ name, checksum }) => name === text.name && checksum === text.checksum),
  );
  if (newer) {
    throw new TbError("configuration", `The backup was made by another version of tb (migration ${newer.name}).`, {
      suggestion: "Update tb, or use the one that made the backup.",
    });
  }
  const forward = known.filter(({ name }) => !saved.some((text) => text.name === name));
  await withControlSession(control, async (client) => {
    const [schema, old] = [control.schema, `${control.schema.slice(0, 50)}_replaced`].map((name) =>
      escapeIdentifier(name),
    );
    await client.query("begin");
    await client.query("set local lock_timeout = '20s'");
    await client.query(`alter schema ${schema} rename to ${old}`);
    await client.query(`create schema ${schema}`);
    await client.query(
      "create table schema_migrations (name text primary key, checksum text not null, applied_at bigint not null)",
    );
    for (const { sql } of saved) await client.query(sql);
    await loadSchema(client, control.schema, folder, manifest, signal);
    const differing = await differingTables(client, control.schema, manifest.tables, signal);
    if (differing.length > 0)
      throw damaged(folder, `the rows of ${differing.join(", ")} are not those that were saved`);
    for (const { name, sql, checksum } of forward) {
      await client.query(sql);
      await client.query(
        "insert into schema_migrations (name, checksum, applied_at) values ($1, $2, extract(epoch from now())::bigint)",
        [name, checksum],
      );
    }
    await forgetTransactions(client);
    await endBackupRuns(client);
    await client.query(`drop schema ${old} cascade`);
    await client.query("commit");
  });
  return { ...countRows(manifest), forward: forward.map(({ name }) => name) };
}

/** Numbers of transactions belong to the server that counted them: on another one they would lie in the future. */
async function forgetTransactions(client: Client): Promise<void> {
  const { rows } = await client.query(
    "select 1 from pg_attribute where attrelid = 'project_actions'::regclass and attname = 'committed_by'",
  );
  if (rows.length === 0) return;
  await client.query("update project_actions set committed_by = null where committed_by >= pg_current_xact_id()");
}

/** The run that made the backup was still at work in it. */
async function endBackupRuns(client: Client): Promise<void> {
  await client.query(
    `update runs set state = 'succeeded', lease_owner = null, lease_until = null, finished_at = updated_at
     where pipeline = 'backup' and state = 'running'`,
  );
}

/** A session of its own: those of the pool give up statements that take long. */
function withControlSession<T>(control: Control, work: (client: Client) => Promise<T>): Promise<T> {
  const { options } = control.pool;
  const settings: ClientConfig = { ...options, query_timeout: 0 };
  if (options.password !== undefined) settings.password = options.password; // not among the options that are copied
  return withSession(settings, async (client) => {
    await client.query("select set_config('search_path', $1, false)", [escapeIdentifier(control.schema)]);
    return work(client);
  });
}

function notControl({ id, project }: BackupManifest): TbError {
  return new TbError("conflict", `Backup ${id} is of ${project?.name}, not of tb's own state.`, {
    suggestion: "tb db backup control --list",
    parks: false,
  });
}
