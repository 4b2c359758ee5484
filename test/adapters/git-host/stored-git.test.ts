import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GitHost } from "../../../src/adapters/git-host/git-host.ts";
import { createLocalGitHost } from "../../../src/adapters/git-host/local-git-host.ts";
import { scratchHome } from "../../helpers/postgres.ts";

let home: string;
let gitHost: GitHost;

beforeEach(async () => {
  const scratch = await scratchHome();
  home = scratch.home;
  gitHost = createLocalGitHost(scratch.config);
});
afterEach(() => rm(home, { recursive: true, force: true }));

test("repositories and git directories are listed by name; half-made ones are leftovers", async () => {
  expect(await gitHost.list()).toEqual({ repositories: [], directories: [] });
  await gitHost.createRepository("turbobackend-prj_a");
  const workTree = join(home, "tree");
  await mkdir(workTree);
  await writeFile(join(workTree, "a.txt"), "a");
  await gitHost.saveTree({ projectId: "prj_a", workTree, ref: "runs/run_a" });
  const half = join(home, "repositories", "turbobackend-prj_b.git.999999-01234567.tmp");
  const index = join(home, "git", "prj_a", "index-abCD12");
  for (const folder of [half, index]) await mkdir(folder);
  const { repositories, directories } = await gitHost.list();
  expect(repositories.map(({ name }) => name)).toEqual(["turbobackend-prj_a"]);
  expect(directories.map(({ name }) => name)).toEqual(["prj_a"]);
  expect(repositories[0]!.bytes).toBeGreaterThan(0);
  expect((await gitHost.leftovers()).map(({ name }) => name)).toEqual([half]); // the index may be in use
  await utimes(index, 0, 0);
  for (const left of await gitHost.leftovers()) await left.remove();
  expect(await gitHost.leftovers()).toEqual([]);
  expect((await gitHost.list()).directories).toHaveLength(1);
});
