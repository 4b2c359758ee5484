// The log of a deployment as it is read and followed: real files, real supervisors.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeployTarget, LogLine } from "../../../src/adapters/deploy-target/deploy-target.ts";
import { deploymentFolder, logPath, makeFolders } from "../../../src/adapters/deploy-target/deployment-folder.ts";
import { followLog } from "../../../src/adapters/deploy-target/follow-log.ts";
import { tailOf } from "../../../src/adapters/deploy-target/log-lines.ts";
import { createProcessDeployTarget } from "../../../src/adapters/deploy-target/process-deploy-target.ts";
import { openRotatingLog } from "../../../src/adapters/deploy-target/rotating-log.ts";
import { readConfig, type Config } from "../../../src/config.ts";
import { removeHome } from "../../helpers/postgres.ts";
import { until } from "../../processes/until.ts";
import { writeFakeApp } from "./fake-app.ts";

const PROJECT = "prj_1";
const ALL = { lines: null, since: null };
let config: Config;
let target: DeployTarget;

beforeEach(async () => {
  config = { ...readConfig(), home: await mkdtemp(join(tmpdir(), "tb-logs-")) };
  target = createProcessDeployTarget(config, 14_710);
});

afterEach(async () => {
  await target.destroy(PROJECT);
  await removeHome(config.home);
});

test("the last lines reach into the older file, and are never torn or doubled", async () => {
  const path = join(config.home, "a.log");
  const log = openRotatingLog(path, [], 4000);
  for (let i = 0; i < 100; i++) log.write("app", `line ${i} ä€😀`);
  const all = await tailOf(path, "dep_1", ALL);
  expect(all.length).toBeGreaterThan(60); // two files of 4,000 bytes
  expect(all.map(({ line }) => line)).toEqual(
    Array.from({ length: all.length }, (_, i) => `line ${100 - all.length + i} ä€😀`),
  );
  expect((await tailOf(path, "dep_1", { ...ALL, lines: 60 })).map(({ line }) => line)).toEqual(
    all.slice(-60).map(({ line }) => line),
  );
  expect(all[0]).toEqual({ at: expect.stringMatching(/Z$/), deployment: "dep_1", stream: "app", line: all[0]!.line });
  log.close();
});

test("lines of any length are read whole, and only those since a moment", async () => {
  const path = join(config.home, "a.log");
  const long = "x".repeat(200_000);
  const lines = [
    `2026-01-01T00:00:00.000Z app old`,
    `2026-01-02T00:00:00.000Z app ${long}`,
    `2026-01-03T00:00:00.000Z supervisor new`,
  ];
  await writeFile(path, `torn piece\n${lines.join("\n")}\n`);
  const since = await tailOf(path, "dep_1", { lines: null, since: "2026-01-02T00:00:00.000Z" });
  expect(since.map(({ stream, line }) => [stream, line.length])).toEqual([
    ["app", 200_000],
    ["supervisor", 3],
  ]);
  expect(await tailOf(path, "dep_1", { lines: 1, since: null })).toHaveLength(1);
});

test("a log that is followed goes on through rotated files without losing or doubling a line", async () => {
  const folder = deploymentFolder(config.home, PROJECT);
  makeFolders(folder);
  const log = openRotatingLog(logPath(folder, "dep_1"), [], 20_000);
  for (let i = 0; i < 5; i++) log.write("app", `line ${i}`);
  const stop = new AbortController();
  const seen: string[] = [];
  const following = collect(followLog(folder, { deployment: "dep_1", ...ALL, lines: 3, signal: stop.signal }), (item) =>
    seen.push(item.line),
  );
  await until(() => seen.length === 3);
  for (let i = 5; i < 2000; i++) {
    log.write("app", `line ${i}`); // rotates every 500 lines or so
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await until(() => seen.length === 1998);
  stop.abort();
  await following;
  expect(seen).toEqual(Array.from({ length: 1998 }, (_, i) => `line ${i + 2}`));
  log.close();
});

test("what serves is followed into the next deployment, and until the project is destroyed", async () => {
  await deploy("dep_1");
  const seen: LogLine[] = [];
  const signal = new AbortController().signal;
  const options = { deployment: null, lines: 50, since: null, signal };
  const following = collect(target.followLog(PROJECT, options), (item) => seen.push(item));
  await until(() => seen.some(({ line }) => line.includes("booting dep_1")));
  await deploy("dep_2");
  await until(() => seen.some(({ line }) => line.includes("dep_2 has taken over")));
  await until(() => seen.some(({ line }) => line.includes("booting dep_2")));
  expect(seen.find(({ line }) => line.includes("dep_2 has taken over"))).toMatchObject({
    deployment: "dep_1",
    stream: "supervisor",
  });
  expect(
    seen.filter(({ line }) => line.includes("booting")).map(({ deployment, stream }) => [deployment, stream]),
  ).toEqual([
    ["dep_1", "app"],
    ["dep_2", "app"],
  ]);
  await target.destroy(PROJECT);
  await following; // ends by itself
});

test("following one deployment stays with it; one that never was is said so", async () => {
  await deploy("dep_1");
  await deploy("dep_2");
  const stop = new AbortController();
  const seen: LogLine[] = [];
  const options = { deployment: "dep_1", lines: 50, since: null, signal: stop.signal };
  const following = collect(target.followLog(PROJECT, options), (item) => seen.push(item));
  await until(() => seen.length > 0);
  stop.abort();
  await following;
  expect(new Set(seen.map(({ deployment }) => deployment))).toEqual(new Set(["dep_1"]));
  await expect(target.readLog(PROJECT, { ...options, deployment: "dep_9" })).rejects.toMatchObject({
    code: "not_found",
  });
});

async function collect(lines: AsyncIterable<LogLine>, take: (line: LogLine) => void): Promise<void> {
  for await (const line of lines) take(line);
}

async function deploy(deploymentId: string): Promise<void> {
  const artefact = await writeFakeApp(join(config.home, "builds", deploymentId), deploymentId);
  await target.deploy({
    projectId: PROJECT,
    deploymentId,
    artefact,
    env: {},
    database: null,
    signal: new AbortController().signal,
  });
}
