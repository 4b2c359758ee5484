import { expect, test } from "vitest";
import { createRedactor, mapStrings, oneLine, storable } from "../../src/agent/clean-text.ts";

test("secrets disappear wherever they stand, the longer one first", () => {
  const redact = createRedactor(["hunter2", "hunter2-long", ""]);
  const value = { text: "DB_PASSWORD=hunter2-long", list: ["hunter2", 7], hunter2: null };
  expect(mapStrings(value, redact)).toEqual({
    text: "DB_PASSWORD=[redacted]",
    list: ["[redacted]", 7],
    "[redacted]": null,
  });
});

test("what jsonb refuses is replaced", () => {
  expect(storable("a\0b\ud800c")).toBe("a\u{FFFD}b\u{FFFD}c");
});

test("a summary is one line without anything that a terminal obeys", () => {
  expect(oneLine("rm\u001b[2J\nnext\u2028line")).toBe("rm [2J next line");
  expect(oneLine("x".repeat(200), 10)).toBe(`${"x".repeat(9)}…`);
});
