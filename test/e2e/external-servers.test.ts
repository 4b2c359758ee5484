// tb on servers of the user's own: one more cluster stands in for both the control and the projects server.
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { StandIn } from "../helpers/postgres.ts";
import { type Envelope, removeTbHome, tb, tbData, tbHome } from "../helpers/tb.ts";
import { readyStandIn } from "../helpers/homes.ts";

let server: StandIn;
let home: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await readyStandIn("ordinary");
  home = await tbHome(inject("sharedCache"));
  env = { ...server.env, PG_CONTROL_URL: server.url(await server.createDatabase("steering")) };
});

afterAll(async () => {
  await removeTbHome(home);
  await server.remove();
});

async function refused(args: string[], variables: Record<string, string>) {
  const { code, stdout, stderr } = await tb(home, [...args, "--json"], { ...env, ...variables });
  const { error } = JSON.parse(stdout) as Envelope<null>;
  for (const said of [stdout, stderr]) expect(said).not.toContain(server.settings.password);
  return { code, message: error!.message, suggestion: error!.suggestion };
}

test("creates, shows and destroys a project there, and starts no server of its own", async () => {
  const created = await tbData<{ database: { name: string }; verification: { passed: boolean } }>(
    home,
    ["create", "notes(title)", "--name", "elsewhere", "--no-deploy"],
    env,
  );
  expect(created.verification.passed).toBe(true);
  expect(await databases()).toContain(created.database.name);
  const status = await tbData<object>(home, ["status", "elsewhere"], env);
  expect(status).toMatchObject({ project: { name: "elsewhere" } });
  const rooms = await tbData<{ control: object; projects: object }>(home, ["db", "status"], env);
  expect(rooms).toMatchObject({ control: { kind: "external", running: true }, projects: { kind: "external" } });

  await tbData(home, ["destroy", "elsewhere", "--confirm", "elsewhere"], env);
  expect(await databases()).toEqual(["postgres", "steering"]);
  expect(await roles()).toEqual([]);
  const inside = await tbData<{ control: object; projects: object }>(home, ["db", "status"]);
  expect(inside).toMatchObject({
    control: { kind: "embedded", running: false, size_bytes: 0 },
    projects: { kind: "embedded", running: false, size_bytes: 0 },
  });
});

test("says which variable to look at, and never shows the password", async () => {
  const { port, user, password } = server.settings;
  const wrong = { PG_CONTROL_URL: server.url("steering").replace(password, "wrong") };
  expect(await refused(["projects", "list"], wrong)).toMatchObject({
    code: 4,
    message: expect.stringContaining(`${user}@127.0.0.1:${port}/steering`),
    suggestion: expect.stringContaining("PG_CONTROL_URL"),
  });
  expect(await refused(["projects", "list"], { PG_CONTROL_URL: server.url("nowhere") })).toMatchObject({
    code: 3,
    message: expect.stringContaining('database "nowhere" does not exist'),
    suggestion: expect.stringContaining("PG_CONTROL_URL"),
  });
  const deaf = { PG_CONTROL_URL: `postgresql://${user}:${password}@127.0.0.1:1/steering` };
  expect(await refused(["projects", "list"], deaf)).toMatchObject({
    code: 75,
    message: expect.stringContaining("127.0.0.1:1"),
  });
});

test("a projects server that refuses or is away leaves no database and no role", async () => {
  const create = ["create", "notes(title)", "--name", "refused", "--no-deploy"];
  expect(await refused(create, { DB_CLUSTER_PASSWORD: "wrong" })).toMatchObject({
    code: 4,
    suggestion: expect.stringContaining("DB_CLUSTER_"),
  });
  const away = await refused([...create.slice(0, -2), "away", "--no-deploy"], { DB_CLUSTER_PORT: "1" });
  expect(away).toMatchObject({ code: 75, suggestion: expect.stringMatching(/tb resume run_/) });
  await tbData(home, ["cancel", /run_\w+/.exec(away.suggestion!)![0]], env);
  expect(await databases()).toEqual(["postgres", "steering"]);
  expect(await roles()).toEqual([]);
});

function databases(): Promise<string[]> {
  return names("select datname as name from pg_database where not datistemplate order by 1");
}

function roles(): Promise<string[]> {
  return names("select rolname as name from pg_roles where rolname like 'turbobackend\\_%'");
}

async function names(text: string): Promise<string[]> {
  const client = new Client({ ...(await server.server.administrator()), database: "postgres" });
  await client.connect();
  try {
    return (await client.query<{ name: string }>(text)).rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
