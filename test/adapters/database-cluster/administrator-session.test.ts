import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from "vitest";
import {
  type AdministratorSessions,
  createAdministratorSessions,
  MAINTENANCE,
} from "../../../src/adapters/database-cluster/administrator-session.ts";
import { type ScratchPostgres, startScratchPostgres } from "../../helpers/scratch-postgres.ts";

let server: ScratchPostgres;
let sessions: AdministratorSessions;

beforeAll(async () => (server = await startScratchPostgres()));
afterAll(() => server.stop());

beforeEach(() => {
  sessions = createAdministratorSessions({
    kind: "external",
    exists: async () => true,
    start: async () => {},
    revive: () => Promise.resolve(false),
    administrator: async () => ({ ...server, database: MAINTENANCE, password: "", ssl: false as const }),
  });
});
afterEach(() => sessions.close());

/** The server's process of the session. */
async function processOf(database: string): Promise<number> {
  return sessions.run(database, async (client) => {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    return rows[0]!.pid;
  });
}

async function open(): Promise<number> {
  const text = "select count(*)::int as open from pg_stat_activity where application_name = 'tb'";
  return (await server.query<{ open: number }>(MAINTENANCE, text)).rows[0]!.open;
}

test("a session is used again, and nothing of its last work is left in it", async () => {
  const first = await processOf(MAINTENANCE);
  await sessions.run(MAINTENANCE, (client) => client.query("set search_path to elsewhere; create temp table t ()"));
  const [path, tables] = await sessions.run(MAINTENANCE, async (client) => [
    (await client.query<{ search_path: string }>("show search_path")).rows[0]!.search_path,
    (await client.query("select 1 from pg_class where relname = 't'")).rowCount,
  ]);
  expect([path, tables]).toEqual(['"$user", public', 0]);
  expect(await processOf(MAINTENANCE)).toBe(first);
});

test("no session is kept in any other database, which could not be copied then", async () => {
  await server.query(MAINTENANCE, "create database another");
  await processOf("another");
  await expect.poll(open).toBe(0);
});

test("works at the same time have sessions of their own", async () => {
  const inner = await sessions.run(MAINTENANCE, async (client) => {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    return [rows[0]!.pid, await processOf(MAINTENANCE)];
  });
  expect(new Set(inner).size).toBe(2);
});

test("after a failure the session is not used again", async () => {
  const failed = sessions.run(MAINTENANCE, (client) => client.query("begin; select nonsense"));
  await expect(failed).rejects.toThrow("nonsense");
  await expect.poll(open).toBe(0);
});

test("one that the server has ended is replaced", async () => {
  const first = await processOf(MAINTENANCE);
  await server.query(MAINTENANCE, `select pg_terminate_backend(${first}, 10000)`);
  expect(await processOf(MAINTENANCE)).not.toBe(first);
});

test("closing ends what is kept", async () => {
  await processOf(MAINTENANCE);
  expect(await open()).toBe(1);
  await sessions.close();
  await expect.poll(open).toBe(0);
});
