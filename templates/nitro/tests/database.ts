// The migrated database of this test run; whoever imports this finds the server's settings pointing to it. With TEST_DB_NAME
// that database is used, otherwise DB_USER creates a new one, dropped at the end. The one that DB_NAME names is never touched.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { after } from "node:test";
import { migrate, migrationClient } from "../scripts/migrate.ts";
import { closeDatabase } from "../server/utils/db.ts";

if (existsSync(".env")) process.loadEnvFile(".env");
const { TEST_DB_NAME: given } = process.env;
const name = given || `test_${randomBytes(8).toString("hex")}`;
process.env.DB_NAME = name;
if (!given) {
  delete process.env.MIGRATE_DB_USER;
  await administer(`create database ${name} template template0`);
}
const client = migrationClient();
await client.connect();
try {
  await migrate(client);
} finally {
  await client.end();
}

after(async () => {
  await closeDatabase();
  if (!given) await administer(`drop database ${name} with (force)`);
});

async function administer(statement: string): Promise<void> {
  const maintenance = migrationClient("postgres");
  try {
    await maintenance.connect();
    await maintenance.query(statement);
  } catch (error) {
    const hint = "Let DB_USER create databases, or name an empty database in TEST_DB_NAME.";
    throw new Error(`The tests have no database: ${(error as Error).message}. ${hint}`, { cause: error });
  } finally {
    await maintenance.end();
  }
}
