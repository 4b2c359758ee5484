import { expect, test } from "vitest";
import type { PastTurn } from "../../src/agent/history.ts";
import { findLoop, formatErrorsInARow } from "../../src/agent/loop-detection.ts";

interface Sketch {
  call: string;
  result: string;
  failed?: boolean;
  malformed?: true;
  finish?: "length";
}

function turns(...sketches: Sketch[]): PastTurn[] {
  return sketches.map(({ call, result, failed = false, malformed, finish = "tool_calls" as const }, index) => ({
    number: index + 1,
    response: {
      text: "",
      // ids differ from turn to turn, as they do in life
      toolCalls: [{ id: `c${index}`, name: "read_file", arguments: { path: call } }],
      data: null,
      finish,
      usage: { input: 0, cached: 0, output: 0, usd: 0 },
    },
    tool_results: [
      { callId: `c${index}`, name: "read_file", text: result, failed, changed: [], ...(malformed && { malformed }) },
    ],
  }));
}

const a = { call: "a", result: "1" };
const b = { call: "b", result: "2" };
const broken = { call: "a", result: "no such file", failed: true };

test("four identical turns are a loop, three are not", () => {
  expect(findLoop(turns(a, a, a))).toBeNull();
  expect(findLoop(turns(b, a, a, a, a))).toContain("4 turns in a row were the same: read_file");
});

test("the same call with another result is work", () => {
  expect(findLoop(turns(a, a, a, { ...a, result: "3" }))).toBeNull();
});

test("three identical failures are a loop, two are not", () => {
  expect(findLoop(turns(broken, broken))).toBeNull();
  expect(findLoop(turns(broken, broken, broken))).toContain("failed in the same way");
});

test("two turns that alternate twice are a loop", () => {
  expect(findLoop(turns(a, b, a))).toBeNull();
  expect(findLoop(turns(a, b, a, b))).toContain("repeat each other");
  expect(findLoop(turns(b, a, { ...a, result: "3" }, b, a))).toBeNull();
});

test("format errors count only in a row", () => {
  const bad = { ...broken, malformed: true as const };
  const cut = { ...a, finish: "length" as const };
  expect(formatErrorsInARow(turns(bad, bad, a))).toBe(0);
  expect(formatErrorsInARow(turns(a, bad, cut, bad))).toBe(3);
});
