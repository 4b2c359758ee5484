import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { clusterStats, type ClusterStats } from "../../src/control/stats/cluster-stats.ts";
import { formatStats } from "../../src/ui/database-stats.ts";
import { readyScratch } from "../helpers/homes.ts";

let server: EmbeddedPostgres;
let remove: () => Promise<void>;

beforeAll(async () => {
  const scratch = await readyScratch();
  ({ remove } = scratch);
  server = createEmbeddedPostgres(scratch.config, "projects");
  await server.ensure();
});
afterAll(() => remove());

async function session<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...(await server.administrator()), database: "postgres" });
  client.on("error", () => {}); // some sessions end with the server
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function stats(): Promise<ClusterStats> {
  const settings = { ...(await server.administrator()), database: "postgres" };
  return clusterStats({ name: "projects", kind: "embedded" }, settings, "its log");
}

test("what has been under way for longest is told, and this command itself is not", async () => {
  expect((await stats()).figures!.longest_statement).toBeNull();
  await session(async (sleeper) => {
    const sleeping = sleeper.query("select pg_sleep(60) /* a long one */").catch(() => {});
    const pid = (sleeper as unknown as { processID: number }).processID;
    let found = (await stats()).figures!.longest_statement;
    while (!found) found = (await stats()).figures!.longest_statement;
    expect(found).toMatchObject({
      database: "postgres",
      state: "active",
      statement: expect.stringContaining("a long one"),
    });
    await session((other) => other.query("select pg_cancel_backend($1)", [pid]));
    await sleeping;
  });
});

test("slow statements are told when the server keeps a record of them", async () => {
  await session((client) => client.query("alter system set shared_preload_libraries = 'pg_stat_statements'"));
  await server.stop();
  await server.ensure();
  expect((await stats()).figures!.slow_statements.missing).toContain("CREATE EXTENSION");
  await session(async (client) => {
    await client.query("create extension pg_stat_statements");
    await client.query("select pg_sleep(0.2)");
  });
  const { slow_statements: slow } = (await stats()).figures!;
  expect(slow).toMatchObject({ source: "pg_stat_statements", missing: null });
  expect(slow.statements[0]).toMatchObject({ database: "postgres", statement: "select pg_sleep($1)", calls: 1 });
  expect(slow.statements[0]!.mean_ms).toBeGreaterThan(190);
  const text = formatStats({ days: 7, clusters: [await stats()], projects: [], runs: null });
  expect(text).toMatch(/slow +2\d\d(\.\d+)? ms × 1: select pg_sleep\(\$1\)/);
});

test("a server that cannot be asked is a problem, not a failure, and its password is not told", async () => {
  const { password } = await server.administrator();
  const settings = { host: "127.0.0.1", port: 1, user: "x", password, database: "postgres" };
  const away = await clusterStats({ name: "control", kind: "external" }, settings, "PG_CONTROL_URL");
  expect(away).toMatchObject({ running: false, figures: null, problem: expect.stringContaining("x@127.0.0.1:1") });
  expect(JSON.stringify(away)).not.toContain(password);
});
