import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  deleteTreeFile,
  listTreeFiles,
  readTreeFile,
  writeTreeFile,
} from "../../../src/adapters/sandbox/tree-files.ts";

let base: string;
let root: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tb-tree-"));
  root = join(base, "work");
  mkdirSync(root);
  writeFileSync(join(base, "secret"), "secret of the host");
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

test("a file is written with its folders, read, replaced and deleted", () => {
  writeTreeFile(root, "server/api/users.get.ts", "one");
  writeTreeFile(root, "./server//api/users.get.ts", "two €");
  expect(readTreeFile(root, "server/api/users.get.ts")).toBe("two €");
  deleteTreeFile(root, "server/api/users.get.ts");
  expect(() => readTreeFile(root, "server/api/users.get.ts")).toThrow('There is no file "server/api/users.get.ts"');
});

test.each(["", ".", "..", "../secret", "a/../../secret", "/etc/passwd", "a\0b", "a\\b", "c:/x"])(
  "the path %j is refused",
  (path) => {
    for (const use of [readTreeFile, deleteTreeFile, (r: string, p: string) => writeTreeFile(r, p, "x")]) {
      expect(() => use(root, path)).toThrow(expect.objectContaining({ code: "usage" }));
    }
  },
);

test("no file is reached through a symlink that leaves the tree", () => {
  symlinkSync(join(base, "secret"), join(root, "link"));
  symlinkSync(base, join(root, "up"));
  symlinkSync("..", join(root, "relative"));
  for (const path of ["link", "up/secret", "relative/secret"]) {
    expect(() => readTreeFile(root, path)).toThrow(expect.objectContaining({ code: "usage" }));
  }
  for (const path of ["up/secret", "up/new", "relative/new/file"]) {
    expect(() => writeTreeFile(root, path, "overwritten")).toThrow(expect.objectContaining({ code: "usage" }));
  }
  expect(() => deleteTreeFile(root, "up/secret")).toThrow(expect.objectContaining({ code: "usage" }));
  expect(readFileSync(join(base, "secret"), "utf8")).toBe("secret of the host");
});

test("writing where a symlink stands replaces the symlink, not what it points to", () => {
  symlinkSync(join(base, "secret"), join(root, "link"));
  writeTreeFile(root, "link", "mine");
  expect(lstatSync(join(root, "link")).isFile()).toBe(true);
  expect(readFileSync(join(base, "secret"), "utf8")).toBe("secret of the host");
});

test("a root that was itself replaced by a symlink is refused", () => {
  symlinkSync(base, join(base, "replaced"));
  expect(() => readTreeFile(join(base, "replaced"), "secret")).toThrow();
  expect(() => writeTreeFile(join(base, "replaced"), "new", "x")).toThrow();
});

test("folders, pipes and files that are too large are refused, and reading a pipe does not wait", () => {
  mkdirSync(join(root, "folder"));
  execFileSync("sh", ["-c", "mkfifo pipe"], { cwd: root });
  writeFileSync(join(root, "large"), Buffer.alloc(2 * 1024 * 1024 + 1));
  expect(() => readTreeFile(root, "folder")).toThrow("is a folder");
  expect(() => readTreeFile(root, "pipe")).toThrow("is not a file");
  expect(() => readTreeFile(root, "large")).toThrow("the limit is 2097152");
  expect(() => writeTreeFile(root, "x", "x".repeat(2 * 1024 * 1024 + 1))).toThrow("the limit is 2097152");
  expect(() => writeTreeFile(root, "folder", "x")).toThrow("is a folder");
  expect(() => deleteTreeFile(root, "folder")).toThrow("is a folder");
  expect(() => writeTreeFile(root, "large/file", "x")).toThrow("is not a folder");
});

test("a write that fails leaves no piece behind", async () => {
  mkdirSync(join(root, "folder"));
  expect(() => writeTreeFile(root, "folder", "x")).toThrow();
  expect(() => writeTreeFile(root, `${"n".repeat(300)}.ts`, "x")).toThrow("too long");
  expect(await listTreeFiles(root)).toEqual([]);
});

test("an executable file stays executable", () => {
  writeFileSync(join(root, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  writeTreeFile(root, "run.sh", "#!/bin/sh\nexit 0\n");
  expect(statSync(join(root, "run.sh")).mode & 0o111).toBe(0o111);
});

test("files are listed sorted, without symlinks and without what is generated", async () => {
  for (const path of ["b.ts", "a/z.ts", "a/b/c.ts", "B.ts", "a.ts"]) writeTreeFile(root, path, "");
  for (const path of ["node_modules/x.js", ".git/config", ".output/x", ".nitro/x", "a/node_modules/y.js"]) {
    writeTreeFile(root, path, "");
  }
  symlinkSync("/etc", join(root, "etc"));
  symlinkSync("b.ts", join(root, "alias.ts"));
  expect(await listTreeFiles(root)).toEqual(["B.ts", "a.ts", "a/b/c.ts", "a/z.ts", "b.ts"]);
});
