import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { migrate, migrationClient } from "../scripts/migrate.ts";

/**
 * A migrated database for this test file; the server's settings point to it afterwards. With TEST_DB_NAME that database
 * is used, otherwise DB_USER creates a new one, dropped at the end. The database named by DB_NAME is never touched.
 */
export async function createTestDatabase(): Promise<{ drop: () => Promise<void> }> {
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
  return {
    drop: async () => {
      if (!given) await administer(`drop database ${name} with (force)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = migrationClient("postgres");
  try {
    await client.connect();
    await client.query(statement);
  } catch (error) {
    const hint = "Let DB_USER create databases, or name an empty database in TEST_DB_NAME.";
    throw new Error(`The tests have no database: ${(error as Error).message}. ${hint}`, { cause: error });
  } finally {
    await client.end();
  }
}
