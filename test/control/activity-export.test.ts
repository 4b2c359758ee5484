// Exports of a real timeline, read back by parsers of this file.
import { afterAll, beforeAll, expect, test } from "vitest";
import { activityItem } from "../../src/control/activity.ts";
import { exportActivities, type ExportOptions } from "../../src/control/activity-export.ts";
import { type ActivityFilter, EVERYTHING } from "../../src/control/activity-filter.ts";
import { LineParts, readRows } from "../../src/control/activity-rows.ts";
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
import type { ScratchHome } from "../helpers/postgres.ts";
import { readyScratch } from "../helpers/homes.ts";

const PROJECTS = ["prj_aaaaaaaaa1", "prj_aaaaaaaaa2"];
const random = randomNumbers(23);

let scratch: ScratchHome;
let control: Control;
let rows: NewRow[];
let scopes: ActivityScope[];

beforeAll(async () => {
  scratch = await readyScratch();
  control = await openControl(scratch.config);
  await insertProjects(control, PROJECTS);
  rows = Array.from({ length: 700 }, () => randomRow(random, PROJECTS));
  await insertRows(control, rows);
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

async function exported(scope: ActivityScope, filter: ActivityFilter, options: ExportOptions): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of exportActivities(control, scope, filter, options)) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

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
  const escaped = { "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" };
  const fields = NASTY.map((text) => Buffer.from(text).toString("latin1"));
  const write = (field: string) =>
    field.replaceAll(/[\\\b\f\n\r\t\v]/g, (each) => escaped[each as keyof typeof escaped]);
  const text = fields.map((field) => `a\t${write(field)}\tc\n`).join("") + "plain\trow\n";
  const wanted = [...fields.map((field) => ["a", field, "c"]), ["plain", "row"]];
  for (const size of [1, 2, 3, 7, 64, 10_000]) {
    const rows: string[][] = [];
    let rest = Buffer.alloc(0) as Buffer;
    for (let at = 0; at < text.length; at += size) {
      const part = Buffer.concat([rest, Buffer.from(text.slice(at, at + size), "latin1")]);
      rest = readRows(part, (row) => rows.push(row));
    }
    expect({ size, rows, rest: rest.length }).toEqual({ size, rows: wanted, rest: 0 });
  }
});

test("lines are put together without a loss, however long they are", () => {
  const lines = [1, 70_000, 65_536, 65_535, 0, 3, 131_073, 65_530, 5, 1, 40_000, 40_000].map((length, i) =>
    String.fromCharCode(97 + i).repeat(length),
  );
  const parts = new LineParts();
  const taken = [...lines.map((line) => parts.add(line)), parts.take(), parts.take()];
  expect(taken.at(-1)).toBeNull();
  expect(Buffer.concat(taken.filter((part) => part !== null)).toString("latin1")).toBe(lines.join(""));
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
