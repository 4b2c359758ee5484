// A process of its own that uses the control database as a command does; prints one line of JSON.
// Arguments: `ensure` or `open`. TB_HOME and the other variables as for tb.
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { readConfig } from "../../src/config.ts";
import { openControl } from "../../src/control/database.ts";
import { toErrorJson } from "../../src/errors.ts";

const config = readConfig();

async function open(): Promise<object> {
  const control = await openControl(config);
  try {
    const [row] = await control.query<{ migrations: number; started: string }>(
      "select count(*) as migrations, pg_postmaster_start_time()::text as started from schema_migrations",
    );
    return { ok: true, ...row };
  } finally {
    await control.close();
  }
}

async function ensure(): Promise<object> {
  const server = createEmbeddedPostgres(config, "control");
  await server.ensure();
  return { ok: true, ...(await server.status()) };
}

try {
  const result = process.argv[2] === "open" ? await open() : await ensure();
  process.stdout.write(JSON.stringify(result));
} catch (error) {
  process.stdout.write(JSON.stringify({ ok: false, ...toErrorJson(error) }));
}
