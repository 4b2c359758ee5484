import { mkdtemp, readdir, rm } from "node:fs/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimProject, rememberedFolder, rememberFolder } from "../../src/dev/dev-record.ts";
import { identify } from "../../src/processes/process-identity.ts";

const PROJECT = { id: "prj_test", name: "notes" };
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tb-record-"));
});
afterEach(() => rm(home, { recursive: true }));

test("the folder that was served last is remembered, and a file that is none is forgotten", () => {
  expect(rememberedFolder(home, PROJECT.id)).toBeNull();
  rememberFolder(home, PROJECT.id, "/one");
  rememberFolder(home, PROJECT.id, "/two");
  expect(rememberedFolder(home, PROJECT.id)).toBe("/two");
  writeFileSync(join(home, "dev", "prj_test.json"), "{");
  expect(rememberedFolder(home, PROJECT.id)).toBeNull();
});

test("a project is claimed by one process at a time, and other projects are free", async () => {
  const claim = claimProject(home, PROJECT, "/one");
  claim.announce("http://127.0.0.1:3000");
  expect(() => claimProject(home, PROJECT, "/two")).toThrow(
    `Another tb dev serves notes at http://127.0.0.1:3000 (process ${process.pid}, /one).`,
  );
  claimProject(home, { ...PROJECT, id: "prj_other" }, "/three").release();
  claim.release();
  claimProject(home, PROJECT, "/two").release();
  expect(await readdir(join(home, "dev"))).toEqual([]);
});

test("a claim of a process that has ended holds nobody up", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const owner = identify(child.pid!);
  claimProject(home, PROJECT, "/one").release();
  writeFileSync(join(home, "dev", "prj_test.running"), JSON.stringify({ owner, folder: "/dead", url: null }));
  expect(() => claimProject(home, PROJECT, "/two")).toThrow(`(process ${child.pid}, /dead)`);
  child.kill("SIGKILL");
  await once(child, "exit");
  claimProject(home, PROJECT, "/two").release();
});
