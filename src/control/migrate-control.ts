// The control schema's own migration runner: forward-only plain SQL files, each applied once, in order, in one transaction.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { type ClientBase, DatabaseError, escapeIdentifier } from "pg";
import { TbError } from "../errors.ts";
import { packageRoot } from "../package-root.ts";

export interface Migration {
  /** `0001-control-schema`: the file's name without its ending. */
  name: string;
  sql: string;
  /** SHA-256 of the file, hexadecimal. */
  checksum: string;
}

const FOLDER = `${packageRoot()}/migrations/`;

const UNDEFINED_TABLE = "42P01";
const INSUFFICIENT_PRIVILEGE = "42501";

/** Names the advisory lock ("tb" and a number): one runner per database at a time. */
const LOCK = [0x7462, 1];

/** All migrations of this tb, in order. */
export async function readMigrations(folder = FOLDER): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file)).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(new URL(file, `file://${folder}`), "utf8");
      return { name: file.slice(0, -4), sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/** Which migrations the database lacks. Throws TbError "configuration" when it was migrated by a newer tb, or when a
 * migration that was applied is not the one of this tb. The client's search_path names the control schema. */
export async function pendingMigrations(client: ClientBase, migrations: Migration[]): Promise<Migration[]> {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = await appliedMigrations(client);
  for (const { name, checksum } of applied) {
    const migration = known.get(name);
    if (!migration) {
      throw new TbError("configuration", `The control database was migrated by a newer tb (${name}).`, {
        suggestion: "Update tb: npm install turbobackend@latest",
      });
    }
    if (migration.checksum !== checksum) {
      throw new TbError(
        "configuration",
        `Migration ${name} of the control database is not the one of this tb: its text was changed.`,
        {
          suggestion: "Use the tb that made this database, or name another schema in PG_DB_SCHEMA.",
        },
      );
    }
  }
  const done = new Set(applied.map(({ name }) => name));
  return migrations.filter(({ name }) => !done.has(name));
}

/** Applies what is pending and returns the names. Safe when several processes do it at once: they queue at a lock. */
export async function migrateControl(client: ClientBase, schema: string, migrations: Migration[]): Promise<string[]> {
  await client.query("select pg_advisory_lock($1, $2)", LOCK);
  try {
    await prepareSchema(client, schema);
    const pending = await pendingMigrations(client, migrations);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.query("select pg_advisory_unlock($1, $2)", LOCK);
  }
}

async function prepareSchema(client: ClientBase, schema: string): Promise<void> {
  try {
    const { rows } = await client.query("select 1 from pg_namespace where nspname = $1", [schema]);
    // Not "if not exists": that needs the right to create schemas even when there is nothing to create.
    if (rows.length === 0) await client.query(`create schema ${escapeIdentifier(schema)}`);
    await client.query(
      "create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at bigint not null)",
    );
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE)) throw error;
    throw new TbError(
      "configuration",
      `The control database's user may not create schema "${schema}" in it: ${error.message}.`,
      {
        suggestion: `As the database's owner: GRANT CREATE ON DATABASE … TO …; or CREATE SCHEMA ${schema} AUTHORIZATION …;`,
        cause: error,
      },
    );
  }
}

async function apply(client: ClientBase, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query("set local lock_timeout = '10s'"); // another tb may be reading: wait, but not for ever
    await client.query(migration.sql);
    await client.query(
      "insert into schema_migrations (name, checksum, applied_at) values ($1, $2, extract(epoch from now())::bigint)",
      [migration.name, migration.checksum],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    const reason = error instanceof Error ? error.message : String(error);
    throw new TbError("configuration", `Migration ${migration.name} of the control database failed: ${reason}.`, {
      suggestion: "Nothing of it was applied. Check that the database user may create tables, then run: tb db migrate",
      cause: error,
    });
  }
}

async function appliedMigrations(client: ClientBase): Promise<{ name: string; checksum: string }[]> {
  try {
    const { rows } = await client.query<{ name: string; checksum: string }>(
      "select name, checksum from schema_migrations order by name",
    );
    return rows;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) return []; // nothing applied
    throw error;
  }
}
