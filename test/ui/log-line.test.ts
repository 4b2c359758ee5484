import { expect, test } from "vitest";
import type { LogLine } from "../../src/adapters/deploy-target/deploy-target.ts";
import { formatLogLine } from "../../src/ui/log-line.ts";
import { parsePointInTime } from "../../src/ui/point-in-time.ts";

const now = new Date(2026, 10, 19, 15, 0, 0);
const item: LogLine = {
  at: new Date(2026, 10, 19, 14, 2, 3).toISOString(),
  deployment: "dep_1",
  stream: "app",
  line: "",
};

test("a request is one line with its time once", () => {
  const line = '{"time":"2026-11-19T13:02:03.000Z","method":"GET","path":"/api/tasks","status":200,"ms":3}';
  expect(formatLogLine({ ...item, line }, null, now)).toBe("14:02:03  GET    /api/tasks  200  3 ms");
  const failed = '{"time":"2026-11-19T13:02:03.000Z","method":"POST","path":"/api/tasks","status":500,"ms":3,"id":"x"}';
  expect(formatLogLine({ ...item, line: failed }, null, now)).toBe('14:02:03  POST   /api/tasks  500  3 ms {"id":"x"}');
});

test("other lines stay as they are, without what could steer a terminal", () => {
  expect(formatLogLine({ ...item, line: "listening \u001b[31mred\u001b[0m\u0007" }, null, now)).toBe(
    "14:02:03  listening red",
  );
  expect(formatLogLine({ ...item, line: '{"time":"x","message":"hello"}' }, null, now)).toBe(
    '14:02:03  {"message":"hello"}',
  );
  expect(formatLogLine({ ...item, line: "{not json" }, null, now)).toBe("14:02:03  {not json");
  const other: LogLine = {
    ...item,
    stream: "supervisor",
    line: "Started.",
    at: new Date(2026, 10, 18, 1, 2, 3).toISOString(),
  };
  expect(formatLogLine(other, null, now)).toBe("18 Nov 01:02:03  · Started.");
});

test("a change of deployment is said", () => {
  const next: LogLine = { ...item, deployment: "dep_2", line: "up" };
  expect(formatLogLine(next, item, now)).toBe("── dep_2 ──\n14:02:03  up");
});

test.each([
  ["10m", now.getTime() - 600_000],
  ["2h", now.getTime() - 7_200_000],
  ["1d", now.getTime() - 86_400_000],
  ["14:02", new Date(2026, 10, 19, 14, 2).getTime()],
  ["2026-11-18", new Date(2026, 10, 18).getTime()],
  ["2026-11-18T10:00", new Date(2026, 10, 18, 10).getTime()],
  ["2026-11-18T10:00:00Z", Date.UTC(2026, 10, 18, 10)],
])("%s is a point in time", (typed, expected) => {
  expect(parsePointInTime(typed, "--since", now.getTime())).toBe(expected);
});

test.each(["yesterday", "10", "25:00", "2026-13-01", "-5m", ""])("%j is none", (typed) => {
  expect(() => parsePointInTime(typed, "--since")).toThrow('--since: "');
});
