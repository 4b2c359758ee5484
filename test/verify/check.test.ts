import { expect, it } from "vitest";
import { check } from "../../src/verify/check.ts";
import { formatVerdict } from "../../src/verify/format-verdict.ts";
import { UNMEASURED } from "../../src/verify/verdict.ts";

it("bounds the number and the length of failures, and says how many are left", async () => {
  const failures = Array.from({ length: 25 }, (_, index) => ({ message: `${index} ${"x".repeat(5_000)}` }));
  const done = await check("types", async () => ({ count: null, summary: "types", failures }));
  expect(done.passed).toBe(false);
  expect(done.failures).toHaveLength(21);
  expect(done.failures.at(-1)!.message).toBe("… and 5 more.");
  expect(Math.max(...done.failures.map(({ message }) => message.length))).toBe(2_000);
});

it("tells a model where and what", async () => {
  const passed = await check("build", async () => ({ count: null, summary: "build", failures: [] }));
  const failed = await check("types", async () => ({
    count: null,
    summary: "types",
    failures: [
      { file: "server/a.ts", line: 3, message: "error TS1: a\nb" },
      { file: "server/b.ts", endpoint: "GET /api/b", message: "expected 200, got 500." },
      { message: "odd" },
    ],
  }));
  expect(
    formatVerdict({ passed: false, checks: [passed, failed], endpoints: [], tables: [], scores: UNMEASURED }),
  ).toBe(
    "Passed: build\nFailed: types\n- server/a.ts:3: error TS1: a\n  b\n- GET /api/b (server/b.ts): expected 200, got 500.\n- odd",
  );
});

it("tells the first problem of every endpoint before the twentieth of one", async () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ endpoint: "GET /a", message: String(i) }));
  const failures = [...many, { endpoint: "GET /b", message: "last" }];
  const told = await check("endpoints", async () => ({ count: null, summary: "", failures }));
  expect(told.failures.map(({ message }) => message)).toEqual([
    ...many.slice(0, 19).map(({ message }) => message),
    "last",
    "… and 11 more.",
  ]);
});
