// Migration 0002 on databases that are not new, and by users who may not do everything.
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { listActivities } from "../../src/control/activity.ts";
import { EVERYTHING } from "../../src/control/activity-filter.ts";
import { groupActivities } from "../../src/control/activity-groups.ts";
import { findScope } from "../../src/control/activity-scope.ts";
import { openControl } from "../../src/control/database.ts";
import { insertEvent } from "../../src/control/events.ts";
import { migrateControl, readMigrations } from "../../src/control/migrate-control.ts";
import { insertRun, takeLease } from "../../src/control/runs.ts";
import { insertProjects, insertRows, OWNER, randomNumbers, randomRow } from "../helpers/activities.ts";
import type { StandIn } from "../helpers/postgres.ts";
import { readyStandIn } from "../helpers/homes.ts";

const PROJECT = "prj_aaaaaaaaa1";
const random = randomNumbers(3);
let server: StandIn;

beforeAll(async () => {
  server = await readyStandIn();
});
afterAll(() => server.remove());

async function administer(database: string, text: string): Promise<object[]> {
  const client = new Client({ ...settings(), database });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function settings() {
  const { host, port, user, password } = server.settings;
  return { host, port, user, password };
}

test("counts the activities that were there before", async () => {
  await server.createDatabase("older");
  const config = readConfig({ TB_HOME: "/nonexistent", PG_CONTROL_URL: server.url("older") });
  const client = new Client({ ...settings(), database: "older" });
  await client.connect();
  await client.query("set search_path to tb");
  const [first] = await readMigrations();
  await migrateControl(client, "tb", [first!]);
  const before = {
    query: async (text: string, values?: unknown[]) => (await client.query(text, values)).rows as never,
  };
  await insertRows(
    before,
    Array.from({ length: 80 }, () => randomRow(random, [PROJECT])),
  );
  await client.end();

  const control = await openControl(config);
  await insertProjects(control, [PROJECT]);
  await insertRows(
    control,
    Array.from({ length: 20 }, () => randomRow(random, [PROJECT])),
  );
  const scope = await findScope(control, OWNER, PROJECT);
  const groups = await groupActivities(control, scope, EVERYTHING, "type");
  expect(groups).toEqual(await groupActivities(control, scope, EVERYTHING, "type", { sums: false }));
  expect(groups.reduce((sum, { activities }) => sum + activities, 0)).toBe(100);
  await control.close();
});

test("two schemas of one database have their own sums and both have the index of the words", async () => {
  await server.createDatabase("shared");
  for (const PG_DB_SCHEMA of ["team_one", "team_two"]) {
    const control = await openControl(
      readConfig({ TB_HOME: "/nonexistent", PG_CONTROL_URL: server.url("shared"), PG_DB_SCHEMA }),
    );
    await insertProjects(control, [PROJECT]);
    await insertRows(
      control,
      Array.from({ length: 10 }, () => randomRow(random, [PROJECT])),
    );
    const groups = await groupActivities(control, await findScope(control, OWNER, PROJECT), EVERYTHING, "type");
    expect(groups.reduce((sum, { activities }) => sum + activities, 0)).toBe(10);
    await control.close();
  }
  // Whoever writes from a session with another search_path is counted all the same.
  await administer(
    "shared",
    `insert into team_one.project_actions (action_id, project_id, user_id, action_type, action_details,
    status, environment, created_at) values ('act_by_hand', '${PROJECT}', 'u', 'deployment', 'x', 'failed', 'production', 1)`,
  );
  expect(
    await administer("shared", "select activities from team_one.project_action_days where day = '1970-01-01'"),
  ).toEqual([{ activities: "1" }]);
  expect(
    await administer(
      "shared",
      "select schemaname from pg_indexes where indexname = 'project_actions_search' order by 1",
    ),
  ).toEqual([{ schemaname: "team_one" }, { schemaname: "team_two" }]);
});

test("a user who may not add the extension gets everything but that index, and the search still finds", async () => {
  await server.createDatabase("narrow");
  await administer(
    "narrow",
    `create role narrow login password 'narrow'; create schema tb authorization narrow;
    revoke create on database narrow from public`,
  );
  const url = server.url("narrow").replace(/\/\/.*@/, "//narrow:narrow@");
  const control = await openControl(readConfig({ TB_HOME: "/nonexistent", PG_CONTROL_URL: url }));
  await insertProjects(control, [PROJECT]);
  const row = { ...randomRow(random, [PROJECT]), action_details: "Added 1 table: Bücher" };
  await insertRows(control, [row, randomRow(random, [PROJECT])]);
  expect(await administer("narrow", "select 1 from pg_indexes where indexname = 'project_actions_search'")).toEqual([]);
  const found = await listActivities(
    control,
    await findScope(control, OWNER, undefined),
    { ...EVERYTHING, search: "BÜCHER" },
    { limit: 9, before: null },
  );
  expect(found.map(({ id }) => id)).toEqual([row.action_id]);
  await control.close();
});

test("the statement that inserts an event counts its activity once, however often it is told", async () => {
  await server.createDatabase("events");
  const control = await openControl(readConfig({ TB_HOME: "/nonexistent", PG_CONTROL_URL: server.url("events") }));
  await insertProjects(control, [PROJECT]);
  const run = {
    runId: "run_1",
    pipeline: "p",
    ownerId: OWNER,
    projectId: PROJECT,
    requestId: null,
    modificationId: null,
    input: {},
    version: "1",
  };
  await insertRun(control, run);
  const token = (await takeLease(control, "run_1", 0, "me"))!;
  const activity = {
    actionId: "act_1",
    projectId: PROJECT,
    userId: OWNER,
    requestId: null,
    type: "deployment",
    details: "Deployed",
    status: "failed",
    environment: "production",
    references: {},
  };
  const key = { runId: "run_1", phase: "deploy", step: "s", n: 1 };
  expect(await insertEvent(control, key, token, { type: "activity" }, { activity, end: null })).toMatchObject({
    repeat: false,
  });
  expect(await insertEvent(control, key, token, { type: "activity" }, { activity, end: null })).toMatchObject({
    repeat: true,
  });
  expect(
    await insertEvent(control, { ...key, n: 2 }, token, { type: "progress" }, { activity: null, end: null }),
  ).toMatchObject({
    repeat: false,
  });
  const scope = await findScope(control, OWNER, PROJECT);
  expect(await groupActivities(control, scope, EVERYTHING, "type")).toEqual([
    { key: "deployment", activities: 1, failed: 1 },
  ]);
  await control.close();
});
