import { expect, test } from "vitest";
import { oneLine, storable } from "../../src/agent/clean-text.ts";

test("what jsonb refuses is replaced", () => {
  expect(storable("a\0b\ud800c")).toBe("a\u{FFFD}b\u{FFFD}c");
});

test("a summary is one line without anything that a terminal obeys", () => {
  expect(oneLine("rm\u001b[2J\nnext\u2028line")).toBe("rm [2J next line");
  expect(oneLine("x".repeat(200), 10)).toBe(`${"x".repeat(9)}…`);
});
