// The timeline as its readers meet it: the built tb in processes of its own, its database filled by hand.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import type { Timeline } from "../../src/commands/activity.ts";
import { readConfig } from "../../src/config.ts";
import { type Control, openControl } from "../../src/control/database.ts";
import { insertProjects, insertRows, type NewRow, OWNER, randomNumbers, randomRow } from "../helpers/activities.ts";
import { type Envelope, removeTbHome, startTb, tb, tbData } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

const TODO = "prj_todoapi001";
const SHOP = "prj_shopapi002";
const GONE = "prj_goneapi003";
const BIN = new URL("../../bin/run.cjs", import.meta.url).pathname;
const random = randomNumbers(5);

let home: string;
let control: Control;
let rows: NewRow[];

beforeAll(async () => {
  home = await readyHome();
  await tbData(home, ["config", "set", "user", OWNER]);
  expect(await tb(home, ["activity"])).toMatchObject({ code: 0, stdout: "Nothing has happened yet.\n", stderr: "" });
  control = await openControl(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
  await insertProjects(control, [TODO, SHOP]);
  await insertProjects(control, [GONE], OWNER, "destroyed");
  rows = Array.from({ length: 130 }, () => randomRow(random, [TODO, SHOP]));
  await insertRows(control, rows);
  await insertRows(control, [
    { ...randomRow(random, [GONE]), action_id: "act_gone", action_type: "project_destroyed" },
  ]);
});
afterAll(async () => {
  await control.close();
  await removeTbHome(home);
});

/** The next second, so that the order is that of their making. */
let clock = 1_900_000_000;

function fresh(id: string, given: Partial<NewRow> = {}): NewRow {
  return {
    ...randomRow(random, [TODO]),
    action_id: id,
    action_type: "deployment",
    action_details: `Deployed ${id}`,
    status: "succeeded",
    created_at: (clock += 1),
    ...given,
  };
}

describe("tb activity", () => {
  test("shows lines of 80 columns, and the command for the page before them", async () => {
    const { stdout, stderr, code } = await tb(home, [
      "activity",
      `name-of-${TODO}`,
      "--limit",
      "5",
      "--since",
      "2020-01-01",
    ]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(7);
    for (const line of lines.slice(0, 5)) expect(line.length).toBeLessThanOrEqual(80);
    const next = /^ {2}→ tb (.*--since 2020-01-01 --before act_\w+)$/.exec(lines[6]!)![1]!;
    const second = await tb(home, next.split(" "));
    expect(second.code).toBe(0);
    expect(second.stdout).not.toContain(lines[0]);
    expect(second.stdout.match(/--before/g)).toHaveLength(1);
  });

  test("is read page by page by a script, every activity once", async () => {
    const seen: string[] = [];
    for (let next: string | null = ""; next !== null;) {
      const page: Timeline = await tbData(home, ["activity", "--limit", "60", ...(next ? ["--before", next] : [])]);
      seen.push(...page.activities.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toHaveLength(rows.length + 1);
    expect(new Set(seen)).toEqual(new Set([...rows.map(({ action_id }) => action_id), "act_gone"]));
  });

  test("finds a removed project by its id, and says so to whoever asks for its name", async () => {
    const { activities } = await tbData<Timeline>(home, ["activity", "gone"]);
    expect(activities).toMatchObject([{ id: "act_gone", type: "project_destroyed", project: { id: GONE } }]);
    const { code, stderr } = await tb(home, ["activity", `name-of-${GONE}`]);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(`→ tb activity ${GONE}`) });
  });

  test("counts days of local time", async () => {
    const id = "prj_midnight04";
    await insertProjects(control, [id]);
    const at = Date.UTC(2026, 0, 31, 20, 0) / 1000; // already the first of February in Kathmandu
    await insertRows(control, [fresh("act_late", { project_id: id, created_at: at, status: "failed" })]);
    for (const [TZ, key] of [
      ["UTC", "2026-01-31"],
      ["Asia/Kathmandu", "2026-02-01"],
    ] as const) {
      const { groups } = await tbData<Timeline>(home, ["activity", id, "--group-by", "day"], { TZ });
      expect(groups).toEqual([{ key, activities: 1, failed: 1 }]);
    }
    const { stdout } = await tb(home, ["activity", id, "--group-by", "type"]);
    expect(stdout).toBe("  deployment  1  1 failed\n");
  });

  test("says what is wrong before it looks anything up", async () => {
    for (const [args, said] of [
      [["--type", "deploy"], "Did you mean deployment?"],
      [["--type", "deployment,github_pish"], "Did you mean github_push?"],
      [["--status", "fialed"], "Did you mean failed?"],
      [["--since", "someday"], "It takes one of these forms"],
      [["--since", "today", "--until", "yesterday"], "--since today is not before --until yesterday."],
      [["--follow", "--until", "1h"], "nothing to follow"],
      [["--follow", "--export", "csv"], "cannot also be provided"],
      [["--export", "csv", "--events"], "--export csv prints CSV"],
    ] as const) {
      const { code, stdout, stderr } = await tb(home, ["activity", ...args], { TB_HOME: "/nonexistent/home" });
      expect({ args, code, stderr }).toEqual({ args, code: 2, stderr: expect.stringContaining(said) });
      expect(stdout.split("\n").filter((line) => line && !line.startsWith("{"))).toEqual([]);
    }
    const missing = await tb(home, ["activity", "--before", "act_none", "--json"]);
    expect({ code: missing.code, ok: (JSON.parse(missing.stdout) as Envelope<null>).ok }).toEqual({
      code: 5,
      ok: false,
    });
  });
});

describe("tb activity --export", () => {
  test("prints every match and nothing else, with --events in items", async () => {
    const plain = await tb(home, ["activity", "--export", "ndjson", "--type", "deployment"]);
    const items = plain.stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const listed = await tbData<Timeline>(home, ["activity", "--limit", "1000", "--type", "deployment"]);
    expect(items).toEqual(listed.activities.toReversed());
    const { stdout } = await tb(home, ["activity", "--export", "ndjson", "--type", "deployment", "--events"]);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line): { type: string; item?: unknown } => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ type: "run.finished" });
    expect(events.slice(0, -1)).toEqual(items.map((item) => ({ type: "item", item })));
    expect((await tb(home, ["activity", GONE, "--export", "csv"])).stdout).toMatch(
      /^id,at,[^\n]*\r\nact_gone,[^\n]*\r\n$/,
    );
  });

  test("waits for a slow reader, and ends quietly when the reader has had enough", async () => {
    await control.query(
      `insert into project_actions (action_id, project_id, user_id, action_type, action_details, status, environment, created_at)
       select 'act_many_' || n, $1, 'u', 'github_push', repeat('x', 200), 'succeeded', 'development', 1
       from generate_series(1, 30000) as n`,
      [SHOP],
    );
    const env = { ...process.env, TB_HOME: home };
    for (const much of [false, true]) {
      const child = spawn(process.execPath, [BIN, "activity", SHOP, "--export", "ndjson"], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const errors = text(child.stderr);
      const closed = once(child, "close");
      let [lines, chunks] = [0, 0];
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        chunks += 1;
        for (const byte of chunk) if (byte === 10) lines += 1;
        if (much && chunks % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        if (!much) break; // closes the pipe
      }
      await closed;
      expect({ much, errors: await errors, code: child.exitCode }).toEqual({ much, errors: "", code: 0 });
      if (much) expect(lines).toBe(30_000 + rows.filter(({ project_id }) => project_id === SHOP).length);
    }
    await control.query("delete from project_actions where action_id like 'act\\_many\\_%'");
  });
});

describe("tb activity --follow", () => {
  let n = 0;
  beforeEach(() => {
    n += 1;
  });

  test("begins with the newest, prints new ones as they come, and ends with Ctrl-C", async () => {
    await insertRows(control, [fresh(`act_old_${n}`)]);
    const running = startTb(home, ["activity", TODO, "-f", "--limit", "1"]);
    await expect.poll(() => running.stdout(), { timeout: 60_000 }).toContain(`Deployed act_old_${n}`);
    await insertRows(control, [fresh(`act_new_${n}`), fresh(`act_other_${n}`, { project_id: SHOP })]);
    await expect.poll(() => running.stdout(), { timeout: 60_000 }).toContain(`Deployed act_new_${n}`);
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.done;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "Waiting for what happens next. Ctrl-C ends.\n" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    for (const line of stdout.trimEnd().split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("is a stream for programs, the same with --json and --events", async () => {
    const [json, events] = ["--json", "--events"].map((flag) =>
      startTb(home, ["activity", TODO, "--follow", "--limit", "2", flag]),
    );
    for (const each of [json!, events!]) {
      await expect.poll(() => each.stdout().split("\n").length, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
    }
    await insertRows(control, [fresh(`act_new_${n}`)]);
    for (const each of [json!, events!]) {
      await expect.poll(() => each.stdout(), { timeout: 60_000 }).toContain(`act_new_${n}`);
      each.child.kill("SIGTERM");
    }
    const [asJson, asEvents] = [await json!.done, await events!.done];
    expect([asJson.code, asJson.stderr, asEvents.code, asEvents.stderr]).toEqual([130, "", 130, ""]);
    const items = asJson.stdout
      .trimEnd()
      .split("\n")
      .map((line): { id: string } => JSON.parse(line));
    const { activities } = await tbData<Timeline>(home, ["activity", TODO, "--limit", "3"]);
    expect(items).toEqual(activities.toReversed());
    const told = asEvents.stdout
      .trimEnd()
      .split("\n")
      .map((line): { type: string; item?: unknown } => JSON.parse(line));
    expect(told.slice(0, -1)).toEqual(items.map((item) => ({ type: "item", item })));
    expect(told.at(-1)).toMatchObject({ type: "run.finished" });
  });

  test("outlives a restart of the server and says that it waits", async () => {
    const running = startTb(home, ["activity", TODO, "--follow", "--limit", "1", "--json"]);
    const told = startTb(home, ["activity", TODO, "--follow", "--limit", "1"]);
    for (const each of [running, told]) await expect.poll(() => each.stdout(), { timeout: 60_000 }).not.toBe("");
    const server = createEmbeddedPostgres(readConfig({ PATH: process.env.PATH, TB_HOME: home }), "control");
    await server.stop();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await server.ensure();
    await insertRows(control, [fresh(`act_back_${n}`)]);
    for (const each of [running, told]) {
      await expect.poll(() => each.stdout(), { timeout: 60_000 }).toContain(`act_back_${n}`);
      each.child.kill("SIGINT");
    }
    expect((await running.done).stdout.match(/act_back_/g)).toHaveLength(2); // its id and its details
    expect((await told.done).stderr).toMatch(
      /Ctrl-C ends\.\n.*does not answer.*Waiting for it\.\nIt answers again\.\n$/s,
    );
  });
});
