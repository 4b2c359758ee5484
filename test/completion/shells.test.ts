// The scripts of `tb completion` in the shells of this machine (.ci/run brings zsh and fish).
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { openControl } from "../../src/control/database.ts";
import { reserveProject } from "../../src/control/projects.ts";
import { writeSetting, findSetting } from "../../src/config-file.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { completeIn, installedShells, tbOnPath } from "./shells.ts";
import { readyScratch } from "../helpers/homes.ts";

let scratch: ScratchHome;
let path: Awaited<ReturnType<typeof tbOnPath>>;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  scratch = await readyScratch();
  path = await tbOnPath();
  env = { PATH: [path.folder, process.env.PATH].join(delimiter), TB_HOME: scratch.home };
  await writeSetting(scratch.home, findSetting("user"), "ann@example.com");
  const control = await openControl(scratch.config);
  for (const [projectId, name] of [
    ["prj_1", "todo-api"],
    ["prj_2", "todo-shop"],
  ] as const) {
    await reserveProject(control, { projectId, ownerId: "ann@example.com", name });
  }
  await reserveProject(control, { projectId: "prj_3", ownerId: "bob@example.com", name: "todo-of-bob" });
  await control.close();
  await writeFile(join(path.folder, "todo.plan.json"), "{}");
});
afterAll(async () => {
  await scratch.remove();
  await path.remove();
});

test("bash is there, which every machine has", () => {
  expect(installedShells()).toContain("bash");
});

describe.each(installedShells())("in %s", (shell) => {
  const complete = (line: string) => completeIn(shell, line, env);

  test("commands, topics and what is in them are completed", async () => {
    expect(await complete("tb dep")).toEqual(["deploy"]);
    expect(await complete("tb co")).toEqual(["completion", "config"]);
    expect(await complete("tb config ")).toEqual(["get", "list", "set", "unset"]);
  });

  test("flags and their values are completed", async () => {
    expect(await complete("tb create x --plan")).toEqual(["--plan", "--plan-out"]);
    expect(await complete("tb runs list --state pa")).toEqual(["parked"]);
    const assigned = await complete("tb runs list --state=pa");
    expect(assigned).toEqual([shell === "bash" ? "parked" : "--state=parked"]);
  });

  test("settings and the user's own projects are completed", async () => {
    expect(await complete("tb config get cluster-")).toEqual(["cluster-host", "cluster-port", "cluster-user"]);
    expect(await complete("tb deploy todo")).toEqual(["todo-api", "todo-shop"]);
  });

  test("files are completed where a file is meant", async () => {
    expect(await complete(`tb apply ${path.folder}/todo.p`)).toContainEqual(expect.stringContaining("todo.plan.json"));
  });
});

test("a stopped database is not started, and nothing is said about it", async () => {
  const server = createEmbeddedPostgres(scratch.config, "control");
  await server.stop();
  for (const shell of installedShells()) expect(await completeIn(shell, "tb deploy todo", env)).toEqual([]);
  expect(await server.isRunning()).toBe(false);
});
