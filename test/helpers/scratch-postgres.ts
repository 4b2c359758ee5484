// A Postgres server of a test's own, in a temporary folder, from the embedded programs.
import { execFile, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, type QueryResult, type QueryResultRow } from "pg";
import { installPrograms } from "../../src/adapters/database-cluster/postgres-binaries.ts";

const NOBODY = 65_534;

export interface ScratchPostgres {
  /** Folder of the Unix socket. */
  host: string;
  port: number;
  /** A superuser; no password is asked for. */
  user: string;
  /** Runs statements in a database, as the superuser. */
  query<Row extends QueryResultRow>(database: string, text: string): Promise<QueryResult<Row>>;
  stop(): Promise<void>;
}

/** Starts it; `stop` ends it and removes everything. */
export async function startScratchPostgres(): Promise<ScratchPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "tb-scratch-pg-"));
  await chmod(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const programs = await installPrograms(folder);
  const data = join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  if (isRoot) await chown(data, NOBODY, NOBODY);
  const initdb = ["-D", data, "-U", "postgres", "--no-sync", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"];
  await promisify(execFile)(programs.initdb, initdb, { ...owner, cwd: "/" });
  const settings = ["listen_addresses=", `unix_socket_directories=${data}`, "fsync=off", "max_connections=60"];
  const server = spawn(programs.postgres, ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
    ...owner,
    cwd: "/",
    stdio: "ignore",
  });
  const exited = new Promise((resolve) => server.once("exit", resolve));
  const connection = { host: data, port: 5432, user: "postgres" };

  async function query<Row extends QueryResultRow>(database: string, text: string): Promise<QueryResult<Row>> {
    const client = new Client({ ...connection, database });
    await client.connect();
    try {
      return await client.query<Row>(text);
    } finally {
      await client.end();
    }
  }

  await untilReady(
    () => query("postgres", "select 1"),
    () => server.exitCode,
  );
  return {
    ...connection,
    query,
    stop: async () => {
      server.kill("SIGQUIT");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(attempt: () => Promise<unknown>, exitCode: () => number | null): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (exitCode() !== null) throw new Error(`Postgres ended with ${exitCode()}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
