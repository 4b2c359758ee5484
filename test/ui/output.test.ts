// Without a terminal every width is 80, which is what these lines are written for.
import { expect, test } from "vitest";
import { notUnderstoodError } from "../../src/ui/not-understood.ts";
import { toErrorJson } from "../../src/errors.ts";
import { formatDuration, formatError, wrap } from "../../src/ui/output.ts";

const error = { code: "conflict", message: "", suggestion: null, retryable: false, details: null } as const;

test("an error says its exit code at the right edge, and never in more than 80 columns", () => {
  const short = formatError({ ...error, message: "It is taken." });
  expect(short).toBe(`✖ It is taken.${" ".repeat(60)}exit 9`);
  const message = "word ".repeat(33).trim();
  const lines = formatError({ ...error, message, suggestion: `Do ${message}` }).split("\n");
  expect(lines.filter((line) => line.endsWith("exit 9"))).toHaveLength(1);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test("a suggested command is never broken, a sentence is", () => {
  const command = `tb create "${"x".repeat(100)}"`;
  expect(formatError({ ...error, message: "No.", suggestion: command })).toContain(`\n  → ${command}`);
});

test("what was not understood is quoted with carets below, also inside a long request", () => {
  const request = "a shop with products that have a sku, and email the buyer when an order ships";
  const start = request.indexOf("email");
  const problem = {
    start,
    end: request.length,
    text: request.slice(start),
    reason: "Mail is behaviour.",
    suggestion: null,
  };
  const shown = formatError(toErrorJson(notUnderstoodError(request, [problem]))).split("\n");
  const quoted = shown.findIndex((line) => line.includes("a sku"));
  expect(shown[quoted + 1]!.indexOf("^")).toBe(shown[quoted]!.indexOf("email"));
  expect(shown[0]).toContain("exit 11");

  const long = `${"notes(title) ".repeat(30)}frobnicate`;
  const at = { ...problem, start: long.length - 10, end: long.length, text: "frobnicate" };
  const lines = formatError(toErrorJson(notUnderstoodError(long, [at]))).split("\n");
  const line = lines.findIndex((text) => text.includes("frobnicate"));
  expect(lines[line + 1]!.indexOf("^")).toBe(lines[line]!.indexOf("frobnicate"));
  for (const text of lines) expect(text.length).toBeLessThanOrEqual(80);
});

test("control characters of a request never reach the terminal", () => {
  const request = "notes\u001b[2Jand\u0007";
  const problem = { start: 0, end: request.length, text: request, reason: "No.", suggestion: null };
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  expect(formatError(toErrorJson(notUnderstoodError(request, [problem])))).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test("texts are wrapped at spaces, durations are written for people", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect([formatDuration(230), formatDuration(65_000)]).toEqual(["0.2 s", "1 min 5 s"]);
});
