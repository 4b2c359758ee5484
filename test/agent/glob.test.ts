import { expect, test } from "vitest";
import { createGlob } from "../../src/agent/glob.ts";

const FILES = [
  "package.json",
  "server/api/health.get.ts",
  "server/api/users/[id].get.ts",
  "server/api/users/index.get.ts",
  "server/utils/sql.ts",
  "tests/users.test.ts",
];

function found(pattern: string): string[] {
  return FILES.filter(createGlob(pattern));
}

test.each([
  ["*.json", ["package.json"]],
  ["*.test.ts", ["tests/users.test.ts"]],
  ["server/api/*.ts", ["server/api/health.get.ts"]],
  ["server/**/*.get.ts", ["server/api/health.get.ts", "server/api/users/[id].get.ts", "server/api/users/index.get.ts"]],
  ["server/api/users", ["server/api/users/[id].get.ts", "server/api/users/index.get.ts"]],
  ["tests/", ["tests/users.test.ts"]],
  ["./server/utils/**", ["server/utils/sql.ts"]],
  ["{server/utils,tests}/*.ts", ["server/utils/sql.ts", "tests/users.test.ts"]],
  ["server/api/users/[id].get.ts", ["server/api/users/[id].get.ts"]],
  ["???kage.json", ["package.json"]],
  ["**", FILES],
  ["nothing/**", []],
])("%s finds its files", (pattern, expected) => {
  expect(found(pattern)).toEqual(expected);
});

test("a pattern made to be slow is not", () => {
  const matches = createGlob(`${"*a".repeat(60)}/${"**/".repeat(20)}x`);
  expect(matches(`${"a".repeat(200)}/${"b/".repeat(100)}y`)).toBe(false);
});

test("braces that multiply are bounded", () => {
  expect(createGlob("{a,b}".repeat(30))("a".repeat(30))).toBe(true);
});
