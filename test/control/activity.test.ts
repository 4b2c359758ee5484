// The timeline in a real control database, compared with what plain JavaScript makes of the same rows.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { activityItem, findPlace, listActivities } from "../../src/control/activity.ts";
import { exportActivities } from "../../src/control/activity-export.ts";
import { EVERYTHING } from "../../src/control/activity-filter.ts";
import { groupActivities } from "../../src/control/activity-groups.ts";
import { splitRows } from "../../src/control/activity-rows.ts";
import { type ActivityScope, findScope } from "../../src/control/activity-scope.ts";
import { type Control, openControl } from "../../src/control/database.ts";
import {
  insertProjects,
  insertRows,
  matches,
  NASTY,
  newestFirst,
  type NewRow,
  OWNER,
  randomFilter,
  randomNumbers,
  randomRow,
} from "../helpers/activities.ts";
import { scratchHome, type ScratchHome } from "../helpers/postgres.ts";

const PROJECTS = ["prj_aaaaaaaaa1", "prj_aaaaaaaaa2", "prj_bbbbbbbbb3"];
const random = randomNumbers(7);

let scratch: ScratchHome;
let control: Control;
let rows: NewRow[] = [];
let scopes: ActivityScope[];

beforeAll(async () => {
  scratch = await scratchHome();
  control = await openControl(scratch.config);
  await insertProjects(control, PROJECTS);
  await insertProjects(control, ["prj_stranger00"], "eve@example.com");
  await insertProjects(control, ["prj_removed001", "prj_removed002", "prj_unique0003"], OWNER, "destroyed");
  rows = Array.from({ length: 900 }, () => randomRow(random, PROJECTS));
  await insertRows(control, rows.slice(0, 700));
  for (const row of rows.slice(700)) await insertRows(control, [row]);
  await insertRows(
    control,
    Array.from({ length: 50 }, () => randomRow(random, ["prj_stranger00"])),
  );
  scopes = [await findScope(control, OWNER, undefined), await findScope(control, OWNER, "name-of-prj_aaaaaaaaa2")];
});
afterAll(async () => {
  await control.close();
  await scratch.remove();
});

function inScope(scope: ActivityScope): NewRow[] {
  return rows.filter((row) => scope.projects.has(row.project_id)).toSorted(newestFirst);
}

function itemOf(row: NewRow): object {
  return activityItem(row as Parameters<typeof activityItem>[0], `name-of-${row.project_id}`);
}

describe("listing", () => {
  test("every combination of filters finds what it says, newest first", async () => {
    for (let round = 0; round < 300; round += 1) {
      const [scope, filter] = [scopes[round % 2]!, randomFilter(random)];
      const limit = 1 + Math.floor(random() * 40);
      const found = await listActivities(control, scope, filter, { limit, before: null });
      const wanted = inScope(scope).filter((row) => matches(filter, row));
      expect(found, JSON.stringify(filter)).toEqual(wanted.slice(0, limit).map(itemOf));
    }
  });

  test("pages follow each other without a gap or a repeat, whatever the filter", async () => {
    for (const filter of [EVERYTHING, { ...EVERYTHING, types: ["deployment", "github_push"] }]) {
      const seen: string[] = [];
      for (let before = null; ;) {
        const page = await listActivities(control, scopes[0]!, filter, { limit: 37, before });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 37) break;
        before = await findPlace(control, scopes[0]!, page.at(-1)!.id);
      }
      const wanted = inScope(scopes[0]!).filter((row) => matches(filter, row));
      expect(seen).toEqual(wanted.map(({ action_id }) => action_id));
    }
  });

  test("a page of another timeline is not found", async () => {
    const other = inScope(scopes[0]!).find(({ project_id }) => project_id === PROJECTS[0])!;
    await expect(findPlace(control, scopes[1]!, other.action_id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("a search that most activities match takes another way to the same answer", async () => {
    const search = "e";
    const many = { query: withEstimate(control, 1_000_000) };
    const few = { query: withEstimate(control, 1) };
    const filter = { ...EVERYTHING, search, status: "succeeded" };
    const page = { limit: 60, before: null };
    const wanted = inScope(scopes[0]!).filter((row) => matches(filter, row));
    expect(await listActivities(many, scopes[0]!, filter, page)).toEqual(wanted.slice(0, 60).map(itemOf));
    expect(await listActivities(few, scopes[0]!, filter, page)).toEqual(wanted.slice(0, 60).map(itemOf));
  });
});

/** The planner's estimate replaced: the statements themselves are real. */
function withEstimate(control: Control, matches: number): Control["query"] {
  return (text, values) =>
    text.startsWith("explain")
      ? Promise.resolve([{ "QUERY PLAN": [{ Plan: { "Plan Rows": matches } }] }] as never)
      : control.query(text, values);
}

describe("a project of the timeline", () => {
  test("is found by name and by the beginning of its id; a removed one by its id", async () => {
    for (const typed of ["name-of-prj_bbbbbbbbb3", "NAME-OF-PRJ_BBBBBBBBB3", "prj_bbbbbbbbb3", "prj_b", "bbb"]) {
      expect([...(await findScope(control, OWNER, typed)).projects.keys()], typed).toEqual(["prj_bbbbbbbbb3"]);
    }
    for (const typed of ["prj_unique0003", "uniq"]) {
      expect([...(await findScope(control, OWNER, typed)).projects.keys()], typed).toEqual(["prj_unique0003"]);
    }
    expect(scopes[0]!.projects.size).toBe(6);
  });

  test("that was removed is told by name with the command that shows it", async () => {
    await expect(findScope(control, OWNER, "name-of-prj_unique0003")).rejects.toMatchObject({
      code: "not_found",
      suggestion: "tb activity prj_unique0003",
    });
  });

  test("is not guessed: two that fit are an error, and so is somebody else's", async () => {
    await expect(findScope(control, OWNER, "removed")).rejects.toMatchObject({ code: "usage" });
    await expect(findScope(control, OWNER, "prj_stranger00")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("counting", () => {
  const zone = process.env.TZ;
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test("from the sums or from the activities gives the same, whatever the filter", async () => {
    process.env.TZ = "UTC";
    for (let round = 0; round < 200; round += 1) {
      const [scope, filter] = [scopes[round % 2]!, randomFilter(random)];
      for (const by of ["day", "type"] as const) {
        const sums = await groupActivities(control, scope, filter, by);
        expect(sums, JSON.stringify(filter)).toEqual(
          await groupActivities(control, scope, filter, by, { sums: false }),
        );
        expect(sums).toEqual(
          counted(
            inScope(scope).filter((row) => matches(filter, row)),
            by,
          ),
        );
      }
    }
  });

  test("days are those of local time, also half an hour off and when clocks change", async () => {
    for (const TZ of ["Asia/Kathmandu", "America/New_York", "Pacific/Auckland"]) {
      process.env.TZ = TZ;
      expect(await groupActivities(control, scopes[0]!, EVERYTHING, "day"), TZ).toEqual(
        counted(inScope(scopes[0]!), "day"),
      );
    }
  });

  test("follows what is corrected, removed and emptied", async () => {
    process.env.TZ = "UTC";
    const project = "prj_ccccccccc4";
    await insertProjects(control, [project]);
    const scope = await findScope(control, OWNER, project);
    const own = Array.from({ length: 60 }, () => randomRow(random, [project]));
    await insertRows(control, own);
    await control.query(
      "update project_actions set status = 'failed', created_at = created_at + 86400 where project_id = $1 and action_type = 'deployment'",
      [project],
    );
    await control.query("update project_actions set action_details = 'the same kind' where project_id = $1", [project]);
    await control.query("delete from project_actions where project_id = $1 and action_type = 'github_push'", [project]);
    const left = own
      .filter(({ action_type }) => action_type !== "github_push")
      .map((row) =>
        row.action_type === "deployment" ? { ...row, status: "failed", created_at: row.created_at + 86_400 } : row,
      );
    for (const by of ["day", "type"] as const) {
      expect(await groupActivities(control, scope, EVERYTHING, by)).toEqual(counted(left, by));
    }
    await control.query("delete from project_actions where project_id = $1", [project]);
    expect(await groupActivities(control, scope, EVERYTHING, "type")).toEqual([]);
  });

  test("is right after many have written at once, and none had to be turned away", async () => {
    const projects = ["prj_ddddddddd5", "prj_eeeeeeeee6"];
    await insertProjects(control, projects);
    const written: NewRow[] = [];
    await Promise.all(
      Array.from({ length: 24 }, async (_, writer) => {
        const own = randomNumbers(writer);
        for (let n = 0; n < 12; n += 1) {
          const batch = Array.from({ length: 60 }, () => randomRow(own, projects));
          written.push(...batch);
          await insertRows(control, batch);
        }
      }),
    );
    process.env.TZ = "UTC";
    for (const project of projects) {
      const scope = await findScope(control, OWNER, project);
      const own = written.filter(({ project_id }) => project_id === project);
      expect(await groupActivities(control, scope, EVERYTHING, "day")).toEqual(counted(own, "day"));
    }
  });
});

function counted(of: NewRow[], by: "day" | "type"): object[] {
  const groups = new Map<string, { key: string; activities: number; failed: number }>();
  for (const row of of) {
    const key = by === "type" ? row.action_type : new Date(row.created_at * 1000).toLocaleDateString("sv");
    const group = groups.get(key) ?? { key, activities: 0, failed: 0 };
    group.activities += 1;
    if (row.status === "failed") group.failed += 1;
    groups.set(key, group);
  }
  const order = (a: { key: string; activities: number }, b: { key: string; activities: number }) =>
    by === "day" ? (a.key < b.key ? 1 : -1) : b.activities - a.activities || (a.key < b.key ? -1 : 1);
  return [...groups.values()].toSorted(order);
}

async function exported(
  ...[scope, filter, options]: Parameters<typeof exportActivities> extends [unknown, ...infer Rest] ? Rest : never
) {
  const parts: Buffer[] = [];
  for await (const part of exportActivities(control, scope, filter, options)) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

describe("exporting", () => {
  test("NDJSON holds every activity that matches as it is, oldest first", async () => {
    for (let round = 0; round < 60; round += 1) {
      const [scope, filter] = [scopes[round % 2]!, round === 0 ? EVERYTHING : randomFilter(random)];
      const text = await exported(scope, filter, { format: "ndjson", limit: null });
      const wanted = inScope(scope)
        .filter((row) => matches(filter, row))
        .toReversed();
      expect(text === "" || text.endsWith("\n")).toBe(true);
      const lines = text
        .split("\n")
        .slice(0, -1)
        .map((line): unknown => JSON.parse(line));
      expect(lines, JSON.stringify(filter)).toEqual(wanted.map(itemOf));
    }
  });

  test("with a limit it is the newest ones, each in what surrounds it", async () => {
    const text = await exported(scopes[0]!, EVERYTHING, { format: "ndjson", limit: 3, around: ['{"item":', "}"] });
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual(
      inScope(scopes[0]!)
        .slice(0, 3)
        .toReversed()
        .map((row) => ({ item: itemOf(row) })),
    );
  });

  test("CSV can be read back, but for the apostrophe in front of what a spreadsheet would calculate", async () => {
    const text = await exported(scopes[0]!, EVERYTHING, { format: "csv", limit: null });
    const [header, ...records] = readCsv(text);
    expect(header!.slice(0, 6)).toEqual(["id", "at", "project_id", "project", "type", "details"]);
    expect(records).toEqual(
      inScope(scopes[0]!)
        .toReversed()
        .map((row) => [
          row.action_id,
          new Date(row.created_at * 1000).toISOString(),
          row.project_id,
          `name-of-${row.project_id}`,
          row.action_type,
          /^[=+@\t-]/.test(row.action_details) ? `'${row.action_details}` : row.action_details,
          row.status,
          row.environment,
          row.user_id,
          row.request_id ?? "",
          row.run_id ?? "",
          expect.any(String),
        ]),
    );
    for (const [i, record] of records.entries()) {
      expect(JSON.parse(record[11]!)).toEqual(inScope(scopes[0]!).toReversed()[i]!.reference_ids);
    }
  });

  test("a reader that leaves early ends the statement", async () => {
    for await (const _ of exportActivities(control, scopes[0]!, EVERYTHING, { format: "ndjson", limit: null })) break;
    const busy = "select 1 from pg_stat_activity where query like 'copy (%' and state = 'active'";
    await expect.poll(() => control.query(busy), { timeout: 60_000 }).toEqual([]);
  });

  test("rows are the same wherever they are cut", () => {
    const fields = NASTY.map((text) => text.replaceAll("\u0002", "\u0002\u0002"));
    const text = fields.map((field) => `a\u0001\u0002${field}\u0002\u0001c\n`).join("") + "plain\u0001row\n";
    const wanted = [...NASTY.map((field) => ["a", field, "c"]), ["plain", "row"]];
    for (const size of [1, 2, 3, 7, 64, 10_000]) {
      const rows: string[][] = [];
      let rest = "";
      for (let at = 0; at < text.length; at += size) {
        const split = splitRows(rest + text.slice(at, at + size));
        rows.push(...split.rows);
        rest = split.rest;
      }
      expect({ size, rows, rest }).toEqual({ size, rows: wanted, rest: "" });
    }
  });
});

/** RFC 4180, strictly. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  let record: string[] = [];
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const [, value, end] = field.exec(text) ?? [];
    if (value === undefined) throw new Error(`no CSV at ${at}: ${JSON.stringify(text.slice(at, at + 60))}`);
    record.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}
