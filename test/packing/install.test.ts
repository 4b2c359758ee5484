// The packed tb, installed as `npm i -g` does it, but without any install script. `npm run smoke` does more, on more Nodes.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineRoomStatus } from "../../src/control/engine-room.ts";
import type { Planned } from "../../src/ui/create-result.ts";
import { packageRoot } from "../../src/package-root.ts";
import { installTb, packTb } from "../helpers/packed-tb.ts";
import { scratchHome, type ScratchHome } from "../helpers/postgres.ts";
import type { Envelope } from "../helpers/tb.ts";

const run = promisify(execFile);
let folder: string;
let tb: string;
let scratch: ScratchHome;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-installed-"));
  scratch = await scratchHome();
  const { tarball } = await packTb(folder);
  tb = await installTb(tarball, folder);
});
afterAll(async () => {
  await scratch.remove();
  await rm(folder, { recursive: true, force: true });
});

async function data<Data>(...args: string[]): Promise<Data> {
  const { stdout } = await run(tb, [...args, "--json"], { env: { ...process.env, TB_HOME: scratch.home } });
  return (JSON.parse(stdout) as Envelope<Data>).data;
}

test("the installed tb says its version, plans, and starts its own Postgres", async () => {
  expect((await run(tb, ["--version"])).stdout).toMatch(/^turbobackend\/\d+\.\d+\.\d+ \S+ node-v\d+/);
  const planned = await data<Planned>("create", "a todo API with users and tasks", "--plan");
  expect(planned.plan.tables.map(({ name }) => name)).toEqual(["users", "tasks"]);
  const status = await data<EngineRoomStatus>("db", "start");
  expect([status.control.running, status.projects.running]).toEqual([true, true]);
  expect(status.control.schema.pending).toEqual([]);
});

describe("an older Node", () => {
  const bin = join(packageRoot(), "bin/run.cjs");

  test.each(["20.20.2", "22.17.1"])("that is %s gets one clear line and exit 3", async (version) => {
    const pretend = join(folder, "pretend.cjs");
    await writeFile(
      pretend,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
    );
    const ended = run(process.execPath, ["--require", pretend, bin, "projects", "list"]);
    await expect(ended).rejects.toMatchObject({
      code: 3,
      stdout: "",
      stderr: `tb needs Node 22.18 or newer; this is ${version}.\n`,
    });
  });
});
