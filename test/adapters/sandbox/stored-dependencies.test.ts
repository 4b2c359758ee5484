import { existsSync } from "node:fs";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalSandboxProvider } from "../../../src/adapters/sandbox/local-sandbox.ts";
import type { SandboxProvider } from "../../../src/adapters/sandbox/sandbox.ts";
import { scratchHome } from "../../helpers/postgres.ts";

const KEY = "a".repeat(64);
const LONG_AGO = new Date("2026-01-01");
let home: string;
let cache: string;
let provider: SandboxProvider;

beforeEach(async () => {
  const scratch = await scratchHome();
  home = scratch.home;
  cache = join(home, "cache", "dependencies");
  provider = createLocalSandboxProvider(scratch.config);
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function store(name: string, usedAt: Date): Promise<string> {
  const folder = join(cache, name);
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await writeFile(join(folder, "node_modules", "x.js"), "12345");
  await utimes(folder, usedAt, usedAt);
  return folder;
}

test("nothing is listed, and nothing made, where nothing is", async () => {
  expect([await provider.list(), await provider.listDependencies(), await provider.leftovers()]).toEqual([[], [], []]);
  expect(existsSync(cache)).toBe(false);
});

test("sandboxes are listed with what they take", async () => {
  await (await provider.create("sbx_one")).writeFile("a.txt", "123");
  await provider.create("sbx_two");
  const found = await provider.list();
  expect(found.map(({ id, bytes }) => ({ id, bytes }))).toEqual([
    { id: "sbx_one", bytes: 3 },
    { id: "sbx_two", bytes: 0 },
  ]);
  for (const { id } of found) await provider.destroy(id);
  expect(await provider.list()).toEqual([]);
});

test("dependencies that were used within the hour stay, others go", async () => {
  await store(KEY, new Date());
  expect(await provider.listDependencies()).toMatchObject([{ key: KEY, bytes: 5 }]);
  expect(await provider.forgetDependencies(KEY)).toBe(false);
  const folder = await store(KEY, LONG_AGO);
  expect((await provider.listDependencies())[0]?.usedAt).toEqual(LONG_AGO);
  expect(await provider.forgetDependencies(KEY)).toBe(true);
  expect(existsSync(folder)).toBe(false);
  expect(await provider.forgetDependencies(KEY)).toBe(true); // another cleanup was faster
  expect(await provider.leftovers()).toEqual([]);
});

test("what a killed install left is found by its dead process, and nothing of a living one", async () => {
  await store(".new-999999-0123456789ab", new Date());
  await store(`.new-${process.pid}-0123456789ab`, LONG_AGO);
  const left = await provider.leftovers();
  expect(left.map(({ name }) => name)).toEqual([join(cache, ".new-999999-0123456789ab")]);
  await left[0]!.remove();
  expect(await provider.leftovers()).toEqual([]);
});
