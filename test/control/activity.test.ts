// The timeline in a real control database, compared with what plain JavaScript makes of the same rows.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { activityItem, findPlace, listActivities } from "../../src/control/activity.ts";
import { EVERYTHING } from "../../src/control/activity-filter.ts";
import { groupActivities } from "../../src/control/activity-groups.ts";
import { type ActivityScope, findScope } from "../../src/control/activity-scope.ts";
import { type Control, openControl } from "../../src/control/database.ts";
import {
  insertProjects,
  insertRows,
  matches,
  newestFirst,
  type NewRow,
  OWNER,
  randomFilter,
  randomNumbers,
  randomRow,
} from "../helpers/activities.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { readyScratch } from "../helpers/homes.ts";

const PROJECTS = ["prj_aaaaaaaaa1", "prj_aaaaaaaaa2", "prj_bbbbbbbbb3"];
const random = randomNumbers(7);

let scratch: ScratchHome;
let control: Control;
let rows: NewRow[] = [];
let scopes: ActivityScope[];

beforeAll(async () => {
  scratch = await readyScratch();
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
