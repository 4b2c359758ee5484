import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Deployment, DeployTarget } from "../../../src/adapters/deploy-target/deploy-target.ts";
import { createProcessDeployTarget } from "../../../src/adapters/deploy-target/process-deploy-target.ts";
import { deploymentFolder } from "../../../src/adapters/deploy-target/deployment-folder.ts";
import { choosePort } from "../../../src/adapters/deploy-target/deployment-port.ts";
import { readConfig, type Config } from "../../../src/config.ts";
import { identify, type ProcessIdentity } from "../../../src/processes/process-identity.ts";
import { compiledBefore } from "../../helpers/homes.ts";
import { removeHome } from "../../helpers/postgres.ts";
import { MAY_MOUNT, withSmallDisk } from "../../helpers/small-disk.ts";
import { until } from "../../processes/until.ts";
import { ask, filesWith, writeFakeApp } from "./fake-app.ts";

const PROJECT = "prj_1";
/** What `deploy` gives by default. */
const SETTINGS = { env: {}, database: null };
const FIRST_PORT = 14_310; // away from where other tests and the developer's own projects deploy
let config: Config;
let target: DeployTarget;

beforeEach(async () => {
  const { passthrough, ...rest } = readConfig();
  const home = await mkdtemp(join(tmpdir(), "tb-deploy-"));
  config = { ...rest, home, passthrough: { ...passthrough, ...compiledBefore() } }; // supervisors run TypeScript here
  target = createProcessDeployTarget(config, FIRST_PORT);
});

afterEach(async () => {
  for (const project of [PROJECT, "prj_a", "prj_b", "prj_c"]) await target.destroy(project);
  await removeHome(config.home);
});

test("a deployment answers at its address, with a clean environment and without its secrets on disk or in argv", async () => {
  const { url, healthy } = await deploy("dep_1", { env: { DB_PASSWORD: "correct horse" } });
  expect(healthy).toBe(true);
  const { version, env, pid } = await ask(url);
  expect(version).toBe("dep_1");
  expect(env).toMatchObject({ DB_PASSWORD: "correct horse", NODE_ENV: "production" });
  expect(env).not.toHaveProperty("VITEST");
  const files = filesWith(join(config.home, "deployments"), "correct horse");
  expect(files).toEqual([]);
  if (process.platform === "linux") {
    for (const process of [pid, supervisor().pid]) {
      expect(readFileSync(`/proc/${process}/cmdline`, "utf8")).not.toContain("correct horse");
    }
  }
  expect((await stat(join(root(), "state.json"))).mode & 0o777).toBe(0o600);
  expect(await target.status(PROJECT)).toMatchObject({
    running: true,
    healthy: true,
    url,
    deploymentId: "dep_1",
    restarts: 0,
  });
});

test("a new deployment keeps the address, and no request fails during the switch", async () => {
  const { url } = await deploy("dep_1");
  const seen = new Map<string, number>();
  const stop = new AbortController();
  async function client(): Promise<void> {
    while (!stop.signal.aborted) {
      const answer = await ask(url); // fetch keeps its connections
      seen.set(answer.version, (seen.get(answer.version) ?? 0) + 1);
    }
  }
  async function uploader(): Promise<void> {
    while (!stop.signal.aborted) {
      const response = await fetch(`${url}/echo`, { method: "POST", body: "x".repeat(50_000) });
      expect(await response.text()).toHaveLength(50_000);
    }
  }
  const clients = [client(), client(), uploader()];
  const slow = ask(`${url}/slow`);
  const second = await deploy("dep_2");
  const third = await deploy("dep_3");
  stop.abort();
  await Promise.all(clients);
  expect([second.url, third.url]).toEqual([url, url]);
  expect((await slow).version).toBe("dep_1"); // it was under way, and was waited for
  expect([...seen.keys()].toSorted()).toEqual(["dep_1", "dep_2", "dep_3"].filter((id) => seen.has(id)));
  expect(seen.has("dep_1") && seen.has("dep_3")).toBe(true);
  expect((await ask(url)).version).toBe("dep_3");
});

test("the old application is gone after the switch, and as many releases are kept as can be gone back to", async () => {
  const { url } = await deploy("dep_1");
  const { pid } = await ask(url);
  const later = ["dep_2", "dep_3", "dep_4", "dep_5", "dep_6", "dep_7"];
  for (const id of later) await deploy(id);
  await until(() => identify(pid) === null);
  const state: { releases: string[] } = JSON.parse(readFileSync(join(root(), "state.json"), "utf8"));
  expect(state.releases).toEqual(later.toReversed());
});

test("the same deployment again is a look", async () => {
  const first = await deploy("dep_1");
  const { pid } = await ask(first.url);
  expect(await deploy("dep_1")).toEqual(first);
  expect((await ask(first.url)).pid).toBe(pid);
});

test.skipIf(!MAY_MOUNT)(
  "a deployment that could not be written down on a full disk parks, and is good at the next try",
  async () => {
    const roomy = config;
    await withSmallDisk("30m", async (home) => {
      config = { ...config, home };
      target = createProcessDeployTarget(config, FIRST_PORT);
      const artefact = await writeFakeApp(join(home, "build"), "one");
      const { signal } = new AbortController();
      await target.prepare({ projectId: PROJECT, deploymentId: "dep_1", artefact, ...SETTINGS, signal });
      const filler = join(home, "filler");
      expect(() => writeFileSync(filler, Buffer.alloc(64 * 1024 * 1024))).toThrow("ENOSPC");
      await expect(deploy("dep_1", { artefact })).rejects.toMatchObject({ code: "transient", parks: true });
      await rm(filler);
      const { url } = await deploy("dep_1", { artefact });
      expect(await target.status(PROJECT)).toMatchObject({ running: true, healthy: true, url, deploymentId: "dep_1" });
      expect(JSON.parse(readFileSync(join(root(), "state.json"), "utf8"))).toMatchObject({ releases: ["dep_1"] });
      await target.destroy(PROJECT);
    });
    config = roomy;
    target = createProcessDeployTarget(config, FIRST_PORT);
  },
);

test("what was prepared serves nobody; the deployment takes it as it is", async () => {
  const artefact = await writeFakeApp(join(config.home, "build"), "one");
  const signal = new AbortController().signal;
  await target.prepare({ projectId: PROJECT, deploymentId: "dep_1", artefact, ...SETTINGS, signal });
  expect(await target.status(PROJECT)).toMatchObject({ running: false, healthy: false });
  const { pid } = supervisor();
  const { url } = await deploy("dep_1", { artefact });
  expect((await ask(url)).version).toBe("one");
  expect(supervisor().pid).toBe(pid);
  expect(await boots("dep_1")).toHaveLength(1);
  await target.prepare({ projectId: PROJECT, deploymentId: "dep_2", artefact, ...SETTINGS, signal });
  expect((await ask(url)).version).toBe("one");
});

test("what was prepared with other settings, or has ended since, is not taken", async () => {
  const artefact = await writeFakeApp(join(config.home, "build"), "one");
  const signal = new AbortController().signal;
  const prepared = { projectId: PROJECT, artefact, database: null, signal };
  await target.prepare({ ...prepared, deploymentId: "dep_1", env: { COLOUR: "red" } });
  const [red] = await boots("dep_1");
  const { url } = await deploy("dep_1", { artefact, env: { COLOUR: "blue" } });
  expect((await ask(url)).env).toMatchObject({ COLOUR: "blue" });
  await until(() => identify(red!) === null);
  await target.prepare({ ...prepared, deploymentId: "dep_2", ...SETTINGS });
  const [ended] = await boots("dep_2");
  process.kill(ended!, "SIGKILL");
  await until(() => identify(ended!) === null);
  expect((await deploy("dep_2", { artefact })).healthy).toBe(true);
  expect(await boots("dep_2")).toHaveLength(2);
});

test("what was prepared and is not deployed ends by itself, and its port is given up when a stranger takes it", async () => {
  const artefact = await writeFakeApp(join(config.home, "build"), "one");
  await target.prepare({
    projectId: PROJECT,
    deploymentId: "dep_1",
    artefact,
    ...SETTINGS,
    signal: new AbortController().signal,
  });
  const { pid } = supervisor();
  const [application] = await boots("dep_1");
  await until(() => identify(pid) === null && identify(application!) === null);
  const { port }: { port: number } = JSON.parse(readFileSync(join(root(), "state.json"), "utf8"));
  const stranger = createServer();
  await once(stranger.listen(port, "127.0.0.1"), "listening");
  const { url } = await deploy("dep_1", { artefact });
  expect(Number(new URL(url).port)).not.toBe(port);
  stranger.close();
  await once(stranger, "close");
});

test("ten deployments of one id at once start one supervisor and one application", async () => {
  const artefact = await writeFakeApp(join(config.home, "build"), "one");
  const all = await Promise.all(Array.from({ length: 10 }, () => deploy("dep_1", { artefact })));
  expect(new Set(all.map(({ url }) => url)).size).toBe(1);
  expect(readFileSync(await target.logFile(PROJECT), "utf8").match(/ app booting/g)).toHaveLength(1);
});

test("different projects get different ports", async () => {
  const all = await Promise.all(["prj_a", "prj_b", "prj_c"].map((projectId) => deploy("dep_1", { projectId })));
  expect(new Set(all.map(({ url }) => url)).size).toBe(3);
});

test("an application that dies is started again; meanwhile callers get 503 and when to try again", async () => {
  const { url } = await deploy("dep_1");
  expect((await fetch(`${url}/crash`, { method: "POST" })).status).toBe(502); // it may have done something
  const down = await fetch(url);
  expect([down.status, down.headers.get("retry-after"), down.headers.get("content-type")]).toEqual([
    503,
    "1",
    "application/problem+json",
  ]);
  expect(await down.json()).toMatchObject({ status: 503, title: "Service Unavailable" });
  await until(async () => (await fetch(url)).status === 200);
  expect(await target.status(PROJECT)).toMatchObject({ running: true, healthy: true, restarts: 1 });
  const log = readFileSync(await target.logFile(PROJECT), "utf8");
  expect(log).toMatch(/^\d{4}-.*Z supervisor The application ended with exit code 9; starting it again in 0.2 s\.$/m);
});

test("an unhealthy version is not switched to; the message shows why", async () => {
  const { url } = await deploy("dep_1");
  const error = await deploy("dep_2", { health: "ends" }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "failure",
    message: "Deployment failed: the application ended with exit code 3; the previous one is serving.",
    suggestion: "tb logs prj_1 --deployment dep_2",
  });
  expect(error).toHaveProperty("details", expect.arrayContaining(["Last log lines:", "  error: no database"]));
  expect((await ask(url)).version).toBe("dep_1");
  expect(await target.status(PROJECT)).toMatchObject({ deploymentId: "dep_1", healthy: true });
  expect(readFileSync(await target.logFile(PROJECT, "dep_2"), "utf8")).toContain("app error: no database");
});

test("a first version that fails says that nothing is serving, and its supervisor ends", async () => {
  const error = await deploy("dep_1", { health: "ends" }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    message: "Deployment failed: the application ended with exit code 3; nothing is serving.",
  });
  expect(await target.status(PROJECT)).toMatchObject({ running: false, healthy: false, deploymentId: null });
  await until(() => identify(supervisor().pid) === null);
});

test("an aborted deployment leaves the previous one serving and nothing of its own", async () => {
  const { url } = await deploy("dep_1");
  const controller = new AbortController();
  const waiting = deploy("dep_2", { health: "failing", signal: controller.signal });
  const rejected = expect(waiting).rejects.toMatchObject({ code: "interrupted" });
  const log = join(root(), "logs", "dep_2.log");
  await until(() => existsSync(log) && readFileSync(log, "utf8").includes("booting"));
  const pid = Number(/process (\d+)/.exec(readFileSync(log, "utf8"))?.[1]);
  expect(identify(pid)).not.toBeNull();
  controller.abort();
  await rejected;
  await until(() => identify(pid) === null);
  expect((await ask(url)).version).toBe("dep_1");
});

test("killing the supervisor takes the application with it, and deploying brings both back at the same address", async () => {
  const { url } = await deploy("dep_1");
  const { pid } = await ask(url);
  process.kill(supervisor().pid, "SIGKILL");
  await until(() => identify(pid) === null);
  expect(await target.status(PROJECT)).toMatchObject({ running: false, healthy: false, url, deploymentId: "dep_1" });
  expect((await deploy("dep_1")).url).toBe(url);
  expect((await ask(url)).version).toBe("dep_1");
});

test("SIGTERM ends the supervisor and the application", async () => {
  const { url } = await deploy("dep_1");
  const { pid } = await ask(url);
  const { pid: own } = supervisor();
  process.kill(own, "SIGTERM");
  await until(() => identify(pid) === null && identify(own) === null);
});

test("the deployment outlives the process that made it", async () => {
  const artefact = await writeFakeApp(join(config.home, "build"), "one");
  const script = join(config.home, "deployer.ts");
  const module = new URL("../../../src/adapters/deploy-target/process-deploy-target.ts", import.meta.url).href;
  const input = { projectId: PROJECT, deploymentId: "dep_1", artefact, env: {}, database: null };
  await writeFile(
    script,
    `import { createProcessDeployTarget } from ${JSON.stringify(module)};
     const target = createProcessDeployTarget(${JSON.stringify(config)});
     await target.deploy({ ...${JSON.stringify(input)}, signal: new AbortController().signal });
     process.stdout.write("deployed");
     setInterval(() => {}, 1000);`,
  );
  const deployer = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  await once(deployer.stdout, "data");
  process.kill(-deployer.pid!, "SIGKILL"); // the whole terminal, so to speak
  await once(deployer, "exit");
  const { url, healthy } = await target.status(PROJECT);
  expect(healthy).toBe(true);
  expect((await ask(url!)).version).toBe("one");
});

test("destroying leaves no process, folder or port; also twice, and with processes that left their group", async () => {
  const { url } = await deploy("dep_1");
  const { pid } = await ask(url);
  const { pid: own } = supervisor();
  const { pid: escaped } = await ask(`${url}/escape`);
  await target.destroy(PROJECT);
  await target.destroy(PROJECT);
  await until(() => identify(pid) === null && identify(own) === null);
  if (process.platform === "linux") await until(() => identify(escaped) === null);
  else process.kill(escaped);
  expect(readdirSync(join(config.home, "deployments"))).toEqual([".ports"]);
  expect(readdirSync(join(config.home, "deployments", ".ports"))).toEqual([]);
  await expect(fetch(url)).rejects.toThrow();
  expect(await target.status(PROJECT)).toEqual({
    running: false,
    healthy: false,
    url: null,
    deploymentId: null,
    isolation: null,
    uptimeMs: null,
    restarts: 0,
  });
});

test("destroying gives back a port that was chosen by a deployment cut off before it wrote that down", async () => {
  const folder = deploymentFolder(config.home, PROJECT);
  const port = await choosePort(folder, FIRST_PORT, new Set()); // no folder of the project was made yet
  expect(await choosePort(folder, FIRST_PORT, new Set())).toBe(port); // the next attempt of the same project
  await target.destroy(PROJECT);
  expect(readdirSync(join(config.home, "deployments", ".ports"))).toEqual([]);
});

test("destroying also finds what an application left when its supervisor was killed", async () => {
  const { url } = await deploy("dep_1");
  const { pid: escaped } = await ask(`${url}/escape`);
  process.kill(supervisor().pid, "SIGKILL");
  await until(() => identify(supervisor().pid) === null);
  await target.destroy(PROJECT);
  if (process.platform === "linux") await until(() => identify(escaped) === null);
  else process.kill(escaped);
});

test("a supervisor whose folder was removed ends itself and its application", async () => {
  const { url } = await deploy("dep_1");
  const { pid } = await ask(url);
  const { pid: own } = supervisor();
  await rm(root(), { recursive: true });
  await until(() => identify(pid) === null && identify(own) === null);
});

test("a port that a stranger has taken is said so, and the address is not given up", async () => {
  const { url } = await deploy("dep_1");
  const { pid } = supervisor();
  process.kill(pid, "SIGKILL");
  await until(() => identify(pid) === null);
  const port = Number(new URL(url).port);
  const stranger = createServer();
  await once(stranger.listen(port, "127.0.0.1"), "listening");
  await expect(deploy("dep_1")).rejects.toMatchObject({
    code: "conflict",
    message: `Port ${port} of this project is in use by another program.`,
  });
  expect(await target.status(PROJECT)).toMatchObject({ running: false, url });
  stranger.close();
  await once(stranger, "close");
  expect((await deploy("dep_1")).url).toBe(url);
});

test("ids that are not plain names and builds without a server are refused", async () => {
  await expect(deploy("../x")).rejects.toMatchObject({ code: "usage" });
  await expect(target.status("../x")).rejects.toMatchObject({ code: "usage" });
  await expect(deploy("dep_1", { artefact: join(config.home, "nothing") })).rejects.toThrow(
    "There is nothing to deploy",
  );
  await expect(target.logFile(PROJECT)).rejects.toMatchObject({ code: "not_found" });
});

interface DeployOptions {
  projectId?: string;
  artefact?: string;
  health?: "ok" | "failing" | "ends";
  env?: Record<string, string>;
  signal?: AbortSignal;
}

async function deploy(deploymentId: string, options: DeployOptions = {}): Promise<Deployment> {
  const { projectId = PROJECT, env = {}, signal = new AbortController().signal } = options;
  const build = join(config.home, "builds", projectId, deploymentId.replaceAll("/", "_"));
  const artefact = options.artefact ?? (await writeFakeApp(build, deploymentId, options.health));
  return target.deploy({ projectId, deploymentId, artefact, env, database: null, signal });
}

/** The processes that were started of it, oldest first. */
async function boots(deploymentId: string): Promise<number[]> {
  const log = readFileSync(await target.logFile(PROJECT, deploymentId), "utf8");
  return [...log.matchAll(/Started \S+ \(process (\d+),/g)].map(([, pid]) => Number(pid));
}

function root(): string {
  return join(config.home, "deployments", PROJECT);
}

function supervisor(): ProcessIdentity {
  const state: { supervisor: ProcessIdentity } = JSON.parse(readFileSync(join(root(), "state.json"), "utf8"));
  return state.supervisor;
}
