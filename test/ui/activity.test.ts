// Timelines in terminals of all widths, and the times that people type.
import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import type { ActivityItem } from "../../src/control/activity.ts";
import { formatActivity, formatGroups, formatTimeline, timelineLayout } from "../../src/ui/activity-lines.ts";
import { parsePeriod, parseTime } from "../../src/ui/activity-moment.ts";
import { cellWidth, cut, fit } from "../../src/ui/cells.ts";
import { NASTY } from "../helpers/activities.ts";

const before = process.stdout.columns;
afterEach(() => {
  process.stdout.columns = before;
});

function item(given: Partial<ActivityItem> = {}): ActivityItem {
  return {
    id: "act_1",
    at: new Date().toISOString(),
    project: { id: "prj_1", name: "todo-api" },
    type: "deployment",
    details: "Deployed to http://127.0.0.1:4310",
    status: "succeeded",
    environment: "production",
    user: "ada@example.com",
    request_id: null,
    run_id: "run_9k2abcdefg",
    reference_ids: {},
    ...given,
  };
}

describe("a timeline", () => {
  test("reads: when, what, in words, and the run", () => {
    process.stdout.columns = 80;
    const lines = formatTimeline(
      [
        item(),
        item({ type: "github_push", details: "Pushed 7 files to main 9f8e7d6", status: "failed", run_id: null }),
      ],
      false,
    ).split("\n");
    expect(lines[0]).toMatch(
      /^ {2}today \d\d:\d\d {2}deployment {3}Deployed to http:\/\/127\.0\.0\.1:4310 +run_9k2abc$/,
    );
    expect(stripVTControlCharacters(lines[1]!)).toMatch(
      /^✖ today \d\d:\d\d {2}github_push {2}Pushed 7 files to main 9f8e7d6$/,
    );
  });

  test("fits into the columns that are there, whoever wrote the texts, and steers no terminal", () => {
    const items = NASTY.flatMap((details) =>
      ["deployment", "business_logic_modified"].map((type) =>
        item({
          type,
          details: details.repeat(5),
          at: "2024-02-03T04:05:06.000Z",
          project: { id: "p", name: details.slice(0, 30) },
        }),
      ),
    );
    for (const columns of [20, 40, 60, 80, 100, 240]) {
      process.stdout.columns = columns;
      for (const projects of [true, false]) {
        const text = formatTimeline(items, projects);
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        const lines = text.split("\n");
        expect(lines.length).toBe(columns <= 40 || (columns === 60 && projects) ? items.length * 2 : lines.length);
        for (const line of lines)
          expect(cellWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(Math.min(columns, 100));
      }
    }
  });

  test("names the project only where there are several, and gives up the run before the details", () => {
    process.stdout.columns = 80;
    const long = item({ type: "endpoints_modified", details: "Added 2 endpoints: GET /api/users, POST /api/users" });
    expect(formatTimeline([long], true)).toContain("todo-api");
    expect(formatTimeline([long], true)).not.toContain("run_");
    expect(formatTimeline([long], false)).not.toContain("todo-api");
    expect(formatTimeline([long], false)).toContain("run_9k2abc");
  });

  test("that goes on keeps its columns when a longer type comes", () => {
    process.stdout.columns = 80;
    const layout = timelineLayout([item()], { projects: false, more: true });
    const lines = [item(), item({ type: "business_logic_modified" })].map((each) => formatActivity(each, layout));
    expect(lines.map((line) => line.indexOf("run_9k2"))).toEqual([
      lines[0]!.indexOf("run_9k2"),
      lines[0]!.indexOf("run_9k2"),
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("is counted in aligned numbers, and what failed is said", () => {
    const year = new Date().getFullYear();
    const days = [
      { key: `${year}-01-02`, activities: 1234, failed: 2 },
      { key: "2020-11-30", activities: 5, failed: 0 },
    ];
    expect(stripVTControlCharacters(formatGroups(days, "day")).split("\n")).toEqual([
      expect.stringMatching(/^ {2}(2 Jan|today) +1,234 {2}2 failed$/),
      "  30 Nov 2020      5",
    ]);
    expect(formatGroups([{ key: "deployment", activities: 5, failed: 0 }], "type")).toBe("  deployment  5");
  });
});

test("a text is cut by what it takes on the screen, and characters stay whole", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cut("漢字漢字", 5)).toBe("漢字…");
  expect(cut("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5)).toBe("👩‍👩‍👧👩‍👩‍👧…");
  expect([fit("e\u0301a", 4), cellWidth("e\u0301a")]).toEqual(["e\u0301a  ", 2]);
});

/** Of November 2026, local time, in Unix seconds. */
function local(day: number, ...clock: number[]): number {
  return new Date(2026, 10, day, ...(clock as [])).getTime() / 1000;
}

describe("a time", () => {
  const now = new Date(2026, 10, 26, 14, 2, 30, 500);

  test("may be typed in each of these forms", () => {
    const moments: [string, number][] = [
      ["now", local(26, 14, 2, 31)],
      ["90s", local(26, 14, 1, 1)],
      ["30m", local(26, 13, 32, 31)],
      ["2h", local(26, 12, 2, 31)],
      ["2H ago", local(26, 12, 2, 31)],
      ["14:02", local(26, 14, 2)],
      ["9:30", local(26, 9, 30)],
      ["2026-11-25 10:00", local(25, 10)],
      ["2026-11-25T10:00:05", local(25, 10, 0, 5)],
      ["2026-11-25T10:00:05.678Z", Date.UTC(2026, 10, 25, 10, 0, 5) / 1000],
      ["2026-11-25T10:00+05:30", Date.UTC(2026, 10, 25, 4, 30) / 1000],
      ["2026-11-25T10:00:00-0800", Date.UTC(2026, 10, 25, 18) / 1000],
    ];
    for (const [typed, wanted] of moments) {
      expect(parseTime("--since", typed, now), typed).toEqual({ begin: wanted, end: wanted });
    }
    expect(parseTime("--since", "3d", now).begin).toBe(Math.ceil((now.getTime() - 3 * 86_400_000) / 1000));
    expect(parseTime("--since", "1w", now).begin).toBe(Math.ceil((now.getTime() - 7 * 86_400_000) / 1000));
    for (const [typed, day] of [
      ["today", 26],
      ["yesterday", 25],
      ["2026-11-03", 3],
    ] as const) {
      expect(parseTime("--since", typed, now), typed).toEqual({ begin: local(day), end: local(day + 1) });
    }
  });

  test("that is none names the flag and the forms it takes", () => {
    for (const typed of [
      "",
      "soon",
      "2h30",
      "3y",
      "2026-02-30",
      "2026-13-01",
      "2026-1-1",
      "24:00",
      "12:60",
      "2026-11-25T25:00",
      "2026-11-25T10:00+25:00",
      "1969-12-31",
      "-1d",
      "Nov 26",
    ]) {
      expect(() => parseTime("--until", typed, now), typed).toThrow(
        expect.objectContaining({
          code: "usage",
          message: expect.stringContaining("--until"),
          suggestion: expect.stringContaining("yesterday"),
        }),
      );
    }
  });

  test("makes a period: whole days count whole, and it must not be empty or over", () => {
    expect(parsePeriod({ since: "yesterday", until: "yesterday" }, { open: false, now })).toEqual({
      since: local(25),
      until: local(26),
    });
    expect(parsePeriod({}, { open: true, now })).toEqual({ since: null, until: null });
    expect(() => parsePeriod({ since: "today", until: "yesterday" }, { open: false, now })).toThrow(
      "--since today is not before",
    );
    expect(() => parsePeriod({ until: "1h" }, { open: true, now })).toThrow("nothing to follow");
    expect(parsePeriod({ until: "today" }, { open: true, now }).until).toBe(local(27));
  });
});
