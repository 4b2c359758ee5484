import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { readConfig } from "../../src/config.ts";
import { type Control, openControl } from "../../src/control/database.ts";
import { readMigrations } from "../../src/control/migrate-control.ts";
import { scratchHome, type ScratchHome, type StandIn } from "../helpers/postgres.ts";
import { runHelper } from "../helpers/run-process.ts";
import { readyScratch, readyStandIn } from "../helpers/homes.ts";

function controlContract(
  name: string,
  start: () => Promise<{ env: Record<string, string>; remove: () => Promise<void> }>,
): void {
  describe(name, () => {
    let given: Awaited<ReturnType<typeof start>>;
    let control: Control;
    beforeAll(async () => {
      given = await start();
      control = await openControl(readConfig(given.env));
    });
    afterAll(async () => {
      await control.close();
      await given.remove();
    });

    test("every connection of the pool sees the control schema and nothing else", async () => {
      const found = await Promise.all(
        Array.from({ length: 20 }, () =>
          control.query<{ path: string }>("select current_setting('search_path') as path, pg_sleep(0.01)"),
        ),
      );
      expect(new Set(found.map(([row]) => row?.path))).toEqual(new Set(["tb"]));
    });

    test("whole numbers and money are numbers, and the driver's own types stay for others of the pool", async () => {
      expect(
        await control.query("select 1790000000::bigint as at, 0.25::numeric as usd, null::bigint as none"),
      ).toEqual([{ at: 1_790_000_000, usd: 0.25, none: null }]);
      expect((await control.pool.query("select 1::bigint as at")).rows).toEqual([{ at: "1" }]);
    });

    test("a transaction is kept as a whole or not at all", async () => {
      const insert =
        "insert into requests (request_id, user_id, channel, command, created_at) values ($1, 'u', 'terminal', 'create', 1)";
      await control.transaction((query) => query(insert, ["req_kept"]));
      const failed = control.transaction(async (query) => {
        await query(insert, ["req_lost"]);
        throw new Error("stop here");
      });
      await expect(failed).rejects.toThrow("stop here");
      expect(await control.query("select request_id from requests")).toEqual([{ request_id: "req_kept" }]);
    });

    test("ten processes at once open it", async () => {
      const all = (await readMigrations()).length;
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => runHelper("cluster-process.ts", ["open"], given.env)),
      );
      expect(answers.filter(({ ok, migrations }) => !ok || migrations !== all)).toEqual([]);
    });

    test("another schema name is another, empty state", async () => {
      const other = await openControl(readConfig({ ...given.env, PG_DB_SCHEMA: "team_two" }));
      expect(other.schema).toBe("team_two");
      expect(await other.query("select count(*) as n from requests")).toEqual([{ n: 0 }]);
      await other.close();
    });

    test("without permission to migrate, an empty schema is refused and stays empty", async () => {
      const config = readConfig({ ...given.env, PG_DB_SCHEMA: "untouched" });
      await expect(openControl(config, { migrate: false })).rejects.toMatchObject({
        code: "configuration",
        suggestion: "Run: tb db migrate",
      });
      expect(await control.query("select 1 from pg_namespace where nspname = 'untouched'")).toEqual([]);
    });
  });
}

controlContract("the embedded control database", async () => {
  const { home, remove } = await scratchHome();
  return { env: { TB_HOME: home }, remove };
});

controlContract("a control database at PG_CONTROL_URL", async () => {
  const standIn = await readyStandIn();
  const scratch = await scratchHome({ PG_CONTROL_URL: standIn.url(await standIn.createDatabase("team_control")) });
  return {
    env: { TB_HOME: scratch.home, PG_CONTROL_URL: standIn.url("team_control") },
    remove: async () => {
      await scratch.remove();
      await standIn.remove();
    },
  };
});

describe("an embedded server that is not there", () => {
  let scratch: ScratchHome;
  beforeAll(async () => {
    scratch = await readyScratch();
  });
  afterAll(() => scratch.remove());

  test("is started by opening, whether it was stopped or killed", async () => {
    const server = createEmbeddedPostgres(scratch.config, "control");
    const first = await openControl(scratch.config);
    await first.close();
    await server.stop();
    const second = await openControl(scratch.config);
    await second.close();
    process.kill((await server.status()).pid!, "SIGKILL");
    const third = await openControl(scratch.config);
    expect(await third.query("select count(*) as n from schema_migrations")).toEqual([
      { n: (await readMigrations()).length },
    ]);
    await third.close();
  });

  test("that goes away under an open pool is a transient error, and the pool works again when it is back", async () => {
    const control = await openControl(scratch.config);
    const server = createEmbeddedPostgres(scratch.config, "control");
    await server.stop();
    await expect(control.query("select 1")).rejects.toMatchObject({ code: "transient" });
    await server.ensure();
    expect(await control.query("select 1 as up")).toEqual([{ up: 1 }]);
    await control.close();
  });
});

async function failure(url: string): Promise<unknown> {
  return openControl(readConfig({ TB_HOME: "/nonexistent", PG_CONTROL_URL: url })).catch((error: unknown) => error);
}

describe("a control database that cannot be used", () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await readyStandIn();
    await standIn.createDatabase("narrow");
  });
  afterAll(() => standIn.remove());

  test("each reason has its own code and names the variable, never the password", async () => {
    const good = standIn.url("narrow");
    for (const [url, code, text] of [
      [good.replace(standIn.settings.password, "wrong-secret"), "authentication", /password authentication failed/],
      [standIn.url("missing"), "configuration", /database "missing" does not exist/],
      [good.replace(/:\d+\//, ":1/"), "transient", /ECONNREFUSED/],
      [good.replace("127.0.0.1", "no-such-host.invalid"), "configuration", /no-such-host/],
      ["postgres://user:wrong-secret@[broken", "configuration", /not a valid connection string/],
    ] as const) {
      const error = await failure(url);
      expect(error, code).toMatchObject({ name: "TbError", code, message: expect.stringMatching(text) });
      expect(JSON.stringify(error) + String(error)).not.toMatch(
        new RegExp(`wrong-secret|${standIn.settings.password}`),
      );
    }
  });

  test("a user who may not create the schema is told so", async () => {
    const client = new Client({ ...standIn.settings, database: "narrow" });
    await client.connect();
    await client.query("create role reader login password 'reader'");
    await client.end();
    const url = standIn.url("narrow").replace(/\/\/.*@/, "//reader:reader@");
    expect(await failure(url)).toMatchObject({
      code: "configuration",
      message: expect.stringMatching(/may not|permission denied/),
    });
  });
});
