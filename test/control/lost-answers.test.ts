// A transaction whose connection breaks at its end, on a server behind a door that swallows answers.
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { openPostgresDoor, type PostgresDoor } from "../helpers/faults/postgres-door.ts";
import { readyStandIn } from "../helpers/homes.ts";
import type { StandIn } from "../helpers/postgres.ts";

let server: StandIn;
let door: PostgresDoor;
let control: Control;

beforeAll(async () => {
  server = await readyStandIn();
  const { host, port, user, password } = await server.server.administrator();
  door = await openPostgresDoor(`${host}/.s.PGSQL.${port}`);
  const database = await server.createDatabase("steering");
  const url = `postgresql://${user}:${password}@127.0.0.1:${door.port}/${database}`;
  control = await openControl(readConfig({ TB_HOME: "/nonexistent", PG_CONTROL_URL: url }));
});
afterAll(async () => {
  await control.close();
  await door.close();
  await server.remove();
});

const INSERT =
  "insert into requests (request_id, user_id, channel, command, created_at) values ($1, 'u', 'terminal', 'create', 1)";

async function requests(): Promise<string[]> {
  const rows = await control.query<{ id: string }>("select request_id as id from requests order by 1");
  return rows.map(({ id }) => id);
}

test("one that was committed is done, though the answer was lost", async () => {
  await control.query("select 1"); // so that a connection is open: its first answer is to the commit
  const lost = door.swallow(1);
  await control.transaction((query) => query(INSERT, ["req_done"]));
  expect(lost.done()).toBe(true);
  expect(await requests()).toEqual(["req_done"]);
});

test("one whose connection breaks before the commit is not, and says so", async () => {
  const broken = control.transaction(async (query) => {
    await query(INSERT, ["req_lost"]);
    door.shut();
    door.open();
  });
  await expect(broken).rejects.toMatchObject({ code: "transient" });
  expect(await requests()).toEqual(["req_done"]);
});

test("one of which nobody can say whether it was done is an error too", async () => {
  const unknown = control.transaction(async (query) => {
    await query(INSERT, ["req_unknown"]);
    door.shut();
  });
  await expect(unknown).rejects.toMatchObject({ code: "transient" });
  door.open();
});
