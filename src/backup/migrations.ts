// The migrations of a project as SQL texts: found in its main branch, kept in the backup, applied by tb in the way of the
// project's own runner (templates/nitro/scripts/migrate.ts).
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import type { GitHost, RepositoryRef } from "../adapters/git-host/git-host.ts";
import { TbError } from "../errors.ts";
import { foreseenError } from "../foreseen-error.ts";
import { damaged, type BackupManifest, type BackupMigration } from "./manifest.ts";

export interface AppliedMigration {
  name: string;
  checksum: string;
}

export interface MigrationText extends AppliedMigration {
  sql: string;
}

const RUNNERS_TABLE = `
  create table if not exists schema_migrations (
    name       varchar(200) primary key,
    checksum   varchar(64) not null,
    applied_at bigint not null default extract(epoch from now())::bigint
  )`;

const APPLIED = "select name, checksum from public.schema_migrations order by name";

const MIGRATIONS_FOLDER = "migrations";

/** What the database says was applied, in order. */
export async function appliedIn(cluster: DatabaseCluster, database: string): Promise<AppliedMigration[]> {
  const { rows } = await cluster.query<{ found: boolean }>(
    database,
    "select to_regclass('public.schema_migrations') is not null as found",
  );
  return rows[0]?.found ? (await cluster.query<AppliedMigration>(database, APPLIED)).rows : [];
}

/** The same within a session, so that it is of the session's snapshot. */
export async function appliedInSnapshot(client: Client): Promise<AppliedMigration[]> {
  return (await client.query<AppliedMigration>(APPLIED)).rows;
}

/** The texts of the main branch, in order. Throws TbError "not_found" when the repository or the branch is gone. */
export async function migrationsOfMain(
  gitHost: GitHost,
  projectId: string,
  repository: RepositoryRef & { branch: string },
): Promise<{ commit: string; migrations: MigrationText[] }> {
  const { commit } = await gitHost.head({ projectId, repository, branch: repository.branch });
  const at = { projectId, repository, commit };
  const migrations: MigrationText[] = [];
  for (const path of await gitHost.listFiles({ ...at, folder: MIGRATIONS_FOLDER })) {
    const name = path.slice(MIGRATIONS_FOLDER.length + 1);
    if (!name.endsWith(".sql") || name.includes("/")) continue;
    const sql = (await gitHost.readFile({ ...at, path })) ?? "";
    migrations.push(migrationText(name, sql));
  }
  return { commit, migrations: migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** What stands between a database and the migrations it should have come from: one sentence each. */
export function migrationProblems(
  applied: readonly AppliedMigration[],
  texts: readonly AppliedMigration[],
): { message: string; pending: boolean }[] {
  const known = new Map(texts.map(({ name, checksum }) => [name, checksum]));
  const done = new Set(applied.map(({ name }) => name));
  const changed = applied.flatMap(({ name, checksum }) => {
    if (!known.has(name)) return [`${name} was applied to the database, but main does not have it`];
    return known.get(name) === checksum ? [] : [`${name} was changed in main after it was applied`];
  });
  const pending = texts.filter(({ name }) => !done.has(name)).map(({ name }) => `${name} of main is not applied yet`);
  return [
    ...changed.map((message) => ({ message, pending: false })),
    ...pending.map((message) => ({ message, pending: true })),
  ];
}

/** The texts of what was applied. Throws TbError "conflict" when main does not have one of them as it was. */
export function textsOf(applied: readonly AppliedMigration[], main: readonly MigrationText[]): MigrationText[] {
  const problems = migrationProblems(applied, main).filter(({ pending }) => !pending);
  if (problems.length > 0) {
    throw new TbError("conflict", "The database was made by migrations that main does not have.", {
      details: problems.map(({ message }) => message),
      suggestion: "Put the migrations back as they were applied, push to main, and run the command again.",
      parks: false,
    });
  }
  const known = new Map(main.map((migration) => [migration.name, migration]));
  return applied.map(({ name }) => known.get(name)!);
}

/** Applies what is not applied yet, each in a transaction of its own, as the role that owns the schema.
 * Throws TbError "conflict" with the name of the one that failed, "transient" when the server went away or its disk is full;
 * nothing of that one stays. */
export async function replay(client: Client, migrations: readonly MigrationText[]): Promise<string[]> {
  await client.query(RUNNERS_TABLE);
  const done = new Set((await appliedInSnapshot(client)).map(({ name }) => name));
  const pending = migrations.filter(({ name }) => !done.has(name));
  for (const { name, checksum, sql } of pending) {
    await client.query("begin");
    try {
      await client.query("set local lock_timeout = '5s'");
      await client.query("set local statement_timeout = '5min'");
      await client.query(sql);
      await client.query("insert into schema_migrations (name, checksum) values ($1, $2)", [name, checksum]);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback").catch(() => {}); // the connection may be gone; the first error is the one to tell
      const foreseen = foreseenError(error);
      if (foreseen) throw foreseen; // no fault of the migration
      throw new TbError("conflict", `Migration ${name} cannot be applied: ${(error as Error).message}.`, {
        suggestion: "Correct it in main, then run the command again.",
        parks: false,
        cause: error,
      });
    }
  }
  return pending.map(({ name }) => name);
}

/** Keeps the texts in the backup; their files carry numbers, because names may hold anything. */
export async function keepTexts(folder: string, migrations: readonly MigrationText[]): Promise<BackupMigration[]> {
  await mkdir(join(folder, MIGRATIONS_FOLDER), { mode: 0o700 });
  const kept: BackupMigration[] = [];
  for (const [index, { name, checksum, sql }] of migrations.entries()) {
    const file = `${MIGRATIONS_FOLDER}/${String(index + 1).padStart(4, "0")}.sql`;
    await writeFile(join(folder, file), sql, { flag: "wx", mode: 0o600, flush: true });
    kept.push({ name, checksum, file });
  }
  return kept;
}

/** The texts that a backup carries. */
export async function keptTexts(folder: string, manifest: BackupManifest): Promise<MigrationText[]> {
  return Promise.all(
    manifest.migrations.map(async ({ name, checksum, file }) => {
      const sql = await readFile(join(folder, file), "utf8");
      if (checksumOf(sql) !== checksum) throw damaged(folder, `${file} is not what was written`);
      return { name, checksum, sql };
    }),
  );
}

/** A migration of this name, as `migrations/<name>` would hold it. */
export function migrationText(name: string, sql: string): MigrationText {
  return { name, sql, checksum: checksumOf(sql) };
}

/** As the project's runner computes it. */
function checksumOf(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
