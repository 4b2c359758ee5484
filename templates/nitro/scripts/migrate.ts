// Applies migrations/*.sql that are not applied yet: node scripts/migrate.ts [folder]
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { readEnv } from "../server/utils/env.ts";

const FOLDER = fileURLToPath(new URL("../migrations", import.meta.url));

/**
 * Applies the migrations of a folder in the order of their names, each in a transaction of its own, and returns the
 * names of those it applied. Several runners at once are safe: each waits for the lock on schema_migrations.
 * Throws when a migration fails (nothing of it stays) or when one that was applied has been changed since.
 */
export async function migrate(client: Client, folder = FOLDER): Promise<string[]> {
  await createTable(client);
  const applied: string[] = [];
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  for (const name of names.toSorted()) {
    const text = await readFile(join(folder, name), "utf8");
    if (await apply(client, name, text)) applied.push(name);
  }
  return applied;
}

async function apply(client: Client, name: string, text: string): Promise<boolean> {
  const checksum = createHash("sha256").update(text).digest("hex");
  await client.query("begin");
  try {
    await client.query("set local lock_timeout = '60s'");
    await client.query("lock table schema_migrations in share row exclusive mode");
    const { rows } = await client.query<{ checksum: string }>(
      "select checksum from schema_migrations where name = $1",
      [name],
    );
    if (rows[0] && rows[0].checksum !== checksum) {
      throw new Error("it was changed after it was applied; add a new migration instead");
    }
    if (!rows[0]) {
      // Waiting long for a busy table would stop everyone who comes after: better to fail and try again.
      await client.query("set local lock_timeout = '5s'");
      await client.query("set local statement_timeout = '5min'");
      await client.query(text);
      await client.query("insert into schema_migrations (name, checksum) values ($1, $2)", [name, checksum]);
    }
    await client.query("commit");
    return !rows[0];
  } catch (error) {
    await client.query("rollback").catch(() => {}); // the connection may be gone; the first error is the one to tell
    throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}

async function createTable(client: Client): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>(
    "select to_regclass('schema_migrations') is not null as found",
  );
  if (rows[0]?.found) return;
  try {
    await client.query(`
      create table if not exists schema_migrations (
        name       varchar(200) primary key,
        checksum   varchar(64) not null,
        applied_at bigint not null default extract(epoch from now())::bigint
      )`);
  } catch (error) {
    // Two runners created it at the same moment: "if not exists" does not prevent that.
    const { code } = error as { code?: string };
    if (code !== "23505" && code !== "42P07") throw error;
  }
}

/** A connection as the role that owns the schema: MIGRATE_DB_USER, or DB_USER where there is only one role. */
export function migrationClient(database?: string): Client {
  const env = readEnv();
  const separate = process.env.MIGRATE_DB_USER;
  return new Client({
    host: env.DB_HOST,
    port: env.DB_PORT,
    database: database ?? env.DB_NAME,
    user: separate || env.DB_USER,
    password: separate ? (process.env.MIGRATE_DB_PASSWORD ?? "") : env.DB_PASSWORD,
    ssl: env.DB_SSL,
    connectionTimeoutMillis: 10_000,
  });
}

async function main(folder: string | undefined): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const client = migrationClient();
  await client.connect();
  try {
    const applied = await migrate(client, folder);
    for (const name of applied) console.log(`Applied ${name}`);
    if (applied.length === 0) console.log("The database is up to date.");
  } finally {
    await client.end();
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv[2]).catch((error: Error) => {
    console.error(error.message || error);
    process.exitCode = 1;
  });
}
