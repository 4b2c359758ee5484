import { existsSync, realpathSync } from "node:fs";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeployTarget } from "../../../src/adapters/deploy-target/deploy-target.ts";
import { createProcessDeployTarget } from "../../../src/adapters/deploy-target/process-deploy-target.ts";
import { scratchHome } from "../../helpers/postgres.ts";
import { writeFakeApp } from "./fake-app.ts";

let home: string;
let root: string;
let target: DeployTarget;

beforeEach(async () => {
  const scratch = await scratchHome();
  home = scratch.home;
  root = join(home, "deployments", "prj_a");
  target = createProcessDeployTarget(scratch.config);
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function build(id: string): Promise<string> {
  const folder = join(root, "releases", id);
  await mkdir(join(folder, ".output"), { recursive: true });
  await writeFile(join(folder, ".output", "index.mjs"), "12345");
  await mkdir(join(root, "logs"), { recursive: true });
  await writeFile(join(root, "logs", `${id}.log`), "said\n");
  return folder;
}

test("builds are listed in the order in which they served, and the one that serves cannot be removed", async () => {
  expect(await target.list()).toEqual([]);
  for (const id of ["dep_1", "dep_2", "dep_3"]) await build(id);
  await writeFile(
    join(root, "state.json"),
    JSON.stringify({ port: 4310, releases: ["dep_2", "dep_1"], supervisor: null }),
  );
  const [project] = await target.list();
  expect(project).toMatchObject({ projectId: "prj_a", bytes: expect.any(Number) });
  expect(project!.builds.map(({ deploymentId, bytes, place }) => [deploymentId, bytes, place])).toEqual([
    ["dep_1", 5, 1],
    ["dep_2", 5, 0],
    ["dep_3", 5, null],
  ]);
  await expect(target.removeBuild("prj_a", "dep_2")).rejects.toMatchObject({ code: "conflict" });
  await target.removeBuild("prj_a", "dep_1");
  await target.removeBuild("prj_a", "dep_1");
  expect(existsSync(join(root, "releases", "dep_1"))).toBe(false);
  expect(existsSync(join(root, "logs", "dep_1.log"))).toBe(false);
  expect(existsSync(join(root, "logs", "dep_2.log"))).toBe(true);
});

test("half copies and logs of builds that are long gone are leftovers", async () => {
  await build("dep_1");
  const half = join(root, "releases", ".new-0123456789ab");
  const log = join(root, "logs", "dep_0.log.1");
  await mkdir(half);
  await writeFile(log, "said\n");
  expect(await target.leftovers()).toEqual([]);
  for (const path of [half, log]) await utimes(path, 0, 0);
  expect((await target.leftovers()).map(({ name }) => name)).toEqual([half, log]);
  expect((await target.list())[0]!.builds.map(({ deploymentId }) => deploymentId)).toEqual(["dep_1"]);
});

test.runIf(process.getuid?.() === 0)(
  "builds that lie outside of the home count, and are leftovers without it",
  async () => {
    const scratch = await scratchHome();
    const own = createProcessDeployTarget(scratch.config, 14_950);
    const artefact = await writeFakeApp(join(scratch.home, "build"), "dep_1");
    const signal = new AbortController().signal;
    const input = { projectId: "prj_b", deploymentId: "dep_1", artefact, env: {}, database: null, signal };
    await own.deploy(input);
    const [stored] = await own.list();
    expect(stored!.bytes).toBeGreaterThan(stored!.builds[0]!.bytes);
    const outside = dirname(realpathSync(join(scratch.home, "deployments", "prj_b", "releases")));
    expect(outside).toMatch(/^\/var\/lib\/turbobackend\/.*\/prj_b$/);
    await utimes(outside, 0, 0);
    expect(await own.leftovers()).toEqual([]);
    await rm(join(scratch.home, "deployments", "prj_b"), { recursive: true });
    const [left] = await own.leftovers();
    expect(left!.name).toBe(outside);
    await left!.remove();
    expect(existsSync(outside)).toBe(false);
    await scratch.remove();
  },
);
