import { expect, test } from "vitest";
import { projectPath, protection } from "../../src/agent/project-path.ts";

test.each([
  ["./server/api/a.ts", "server/api/a.ts"],
  ["server//api/../utils/a.ts", "server/utils/a.ts"],
  ["server\\api\\a.ts", "server/api/a.ts"],
])("%s is %s", (path, expected) => {
  expect(projectPath(path)).toBe(expected);
});

test.each(["/etc/passwd", "../outside", "a/../../b", "C:\\Windows", ".", "a\0b", "a\nb"])("%j is refused", (path) => {
  expect(() => projectPath(path)).toThrow();
});

test.each([
  ".env",
  ".ENV",
  ".git/config",
  "vendor/.Git/hooks/pre-commit",
  "node_modules/nitro/package.json",
  "migrations/0001_init.sql",
  "migrations/0001-schema.sql",
  "package-lock.json",
])("%s is not the model's to write", (path) => {
  expect(protection(path)).not.toBeNull();
});

test.each([".env.example", ".gitignore", "migrations/0002_more.sql", "package.json", "server/environment.ts"])(
  "%s is",
  (path) => {
    expect(protection(path)).toBeNull();
  },
);
