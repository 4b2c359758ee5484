// A working copy that is served while it is written, as its user meets it.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../src/config.ts";
import { devDatabase } from "../../src/pipeline/names.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import { isRunning, identify } from "../../src/processes/process-identity.ts";
import { leftovers } from "../helpers/crash.ts";
import { startDev, type RunningDev } from "../helpers/dev.ts";
import { removeTbHome, startTb, tbData, type Envelope, type Ran, type RunningTb } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

const run = promisify(execFile);
const NAME = "notes-api";
let home: string;
let place: string;
let copy: string;
let made: CreateResult;
let running: RunningDev | undefined;

beforeAll(async () => {
  home = await readyHome();
  place = await realpath(await mkdtemp(join(tmpdir(), "tb-dev-")));
  copy = join(place, NAME);
  made = await tbData<CreateResult>(home, ["create", "notes(title:string{80}, done:boolean=false)", "--name", NAME]);
});
beforeAll(async () => {
  await tbData(home, ["create", "an API with GET /api/ping that returns pong", "--name", "ping", "--no-deploy"]);
});
afterEach(async () => {
  if (running?.child.exitCode === null) await running.stop();
  running = undefined;
});
afterAll(async () => {
  await removeTbHome(home);
  await rm(place, { recursive: true, force: true });
});

async function dev(args: string[], cwd = place): Promise<RunningDev> {
  running = startDev(home, cwd, args);
  return running;
}

/** A `tb dev` that must not get as far as serving. */
async function refused(args: string[], cwd = place, env: Record<string, string> = {}): Promise<Ran & Envelope<null>> {
  const ran = await startTb(home, ["dev", ...args, "--json"], env, cwd).done;
  const last = ran.stdout.trimEnd().split("\n").at(-1)!; // after what was told before
  return { ...ran, ...(JSON.parse(last) as Envelope<null>) };
}

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

async function addNote(url: string, title: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/api/notes`, { method: "POST", headers, body: JSON.stringify({ title }) });
  expect(response.status).toBe(201);
}

async function titles(url: string): Promise<string[]> {
  const { body } = await get(`${url}/api/notes`);
  return (body as { items: { title: string }[] }).items.map(({ title }) => title);
}

/** Waits for the reload after which that is the answer: a file that is being written may be built before it is whole. */
async function reloaded(server: RunningDev, url: string, body: object): Promise<void> {
  do await server.next("reload", ({ ok }) => ok);
  while (JSON.stringify((await get(url)).body) !== JSON.stringify(body));
}

function route(version: string): string {
  return `import * as z from "zod";
import { route } from "../utils/route.ts";

export default route({
  summary: "Say the version",
  returns: z.object({ version: z.string() }),
  handler: async () => ({ version: "${version}" }),
});
`;
}

async function listens(url: string): Promise<boolean> {
  return fetch(`${url}/api/health`).then(
    () => true,
    () => false,
  );
}

describe("the first time", () => {
  test("it clones, serves on a database of its own, and reloads what is saved", async () => {
    const server = await dev([NAME]);
    const { url, ...ready } = await server.next("ready");
    expect(ready).toMatchObject({ ok: true, folder: copy, database: `turbobackend_${made.project.id}_dev` });
    await addNote(url, "only here");
    expect(await titles(url)).toEqual(["only here"]);
    expect(await titles(made.deployment!.url)).toEqual([]);

    const file = join(copy, "server/api/version.get.ts");
    await writeFile(file, route("one"));
    await reloaded(server, `${url}/api/version`, { version: "one" });

    await writeFile(file, `${route("two")}export const broken = {\n`);
    await server.next("log", ({ line }) => line.includes("server/api/version.get.ts"));
    await server.next("reload", ({ ok }) => !ok);
    expect((await get(`${url}/api/version`)).status).toBe(500);
    await writeFile(file, route("two"));
    await reloaded(server, `${url}/api/version`, { version: "two" });
    const request = await server.next(
      "log",
      ({ line }) => line.includes("/api/version") && line.includes('"status":200'),
    );
    expect(request.stream).toBe("stdout");

    const { code } = await server.stop();
    expect(code).toBe(130);
    expect(await listens(url)).toBe(false);
    await rm(file);
  });

  test("what it has made is the user's own: clean, without a password, and it can be pushed", async () => {
    expect((await run("git", ["-C", copy, "status", "--porcelain"])).stdout).toBe("");
    const cluster = selectDatabaseCluster(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
    const { password } = await cluster.connection(made.project.id, "app", devDatabase(made.project.id));
    await cluster.close();
    const found = await run("grep", ["-rlF", "--exclude-dir=node_modules", password, copy, join(home, "dev")]).catch(
      ({ stdout }: { stdout: string }) => ({ stdout }),
    );
    expect(found.stdout).toBe("");
    await writeFile(join(copy, "README.md"), "# Mine\n");
    const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
    await run("git", ["-C", copy, ...who, "commit", "--quiet", "-am", "Mine"]);
    await run("git", ["-C", copy, "push", "--quiet"]);
    const head = (await run("git", ["-C", copy, "rev-parse", "HEAD"])).stdout.trim();
    expect((await run("git", ["--git-dir", made.repository.url, "rev-parse", "main"])).stdout.trim()).toBe(head);
  });
});

describe("later", () => {
  test("the working copy and its data are found again, also from inside and without a name", async () => {
    const server = await dev([], join(copy, "server"));
    const { url, folder } = await server.next("ready");
    expect(folder).toBe(copy);
    expect(await titles(url)).toEqual(["only here"]);
    await server.stop();
    const elsewhere = await mkdtemp(join(place, "elsewhere-"));
    const again = await dev([NAME], elsewhere);
    expect((await again.next("ready")).folder).toBe(copy);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test("migrations are applied when they are saved; one that was applied and changed needs --fresh", async () => {
    const server = await dev([NAME]);
    await server.next("ready");
    const file = join(copy, "migrations/0002_tags.sql");
    await writeFile(file, "-- to be written\n");
    await writeFile(file, "create table tags (id in);\n");
    expect(await server.next("migration")).toMatchObject({
      ok: false,
      applied: [],
      error: expect.stringContaining("syntax error"),
    });
    await writeFile(file, "create table tags (id int);\n");
    expect(await server.next("migration")).toMatchObject({ ok: true, applied: ["0002_tags.sql"] });
    await writeFile(file, "create table tags (id bigint);\n");
    expect(await server.next("migration")).toMatchObject({
      ok: false,
      error: expect.stringContaining("changed after"),
    });
    await server.stop();
    const fresh = await dev([NAME, "--fresh"]);
    expect((await fresh.next("migration")).applied).toHaveLength(2);
    const { url } = await fresh.next("ready");
    expect(await titles(url)).toEqual([]);
    await fresh.stop();
    await rm(file);
    expect((await (await dev([NAME, "--fresh"])).next("migration")).applied).toHaveLength(1);
  });

  test("its packages are the user's to change; what tb has prepared stays as it was", async () => {
    const cache = join(home, "cache", "dependencies");
    const before = await sealed(cache);
    const zod = join(copy, "node_modules/zod/package.json");
    await writeFile(zod, (await readFile(zod, "utf8")).replace('"name": "zod"', '"name": "mine"'));
    await writeFile(join(copy, "node_modules/.nitro-was-here"), "");
    expect(await sealed(cache)).toEqual(before);
    const lockfile = join(copy, "package-lock.json");
    const text = await readFile(lockfile, "utf8");
    await writeFile(lockfile, text.replaceAll('"version": "4.6.7"', '"version": "4.6.6"'));
    await rm(join(copy, "node_modules/.tb-installed"));
    const server = await dev([NAME]);
    await server.next("ready");
    const { stderr } = await server.stop();
    expect(stderr).toBe(""); // --json says nothing on the way
    expect(await readFile(zod, "utf8")).toContain('"name": "mine"');
    await writeFile(lockfile, text);
    await rm(join(copy, "node_modules"), { recursive: true });
    await (await dev([NAME])).next("ready");
    expect(await readFile(zod, "utf8")).toContain('"name": "zod"');
  });
});

describe("one at a time", () => {
  test("a second one is told where the first one serves, and a killed one is in nobody's way", async () => {
    const first = await dev([NAME]);
    const { url } = await first.next("ready");
    const second = await refused([NAME]);
    expect(second.code).toBe(9);
    expect(second.error!.message).toContain(`serves ${NAME} at ${url}`);
    const server = await pidOn(url);
    const identity = identify(server)!;
    first.child.kill("SIGKILL");
    await first.done;
    while (isRunning(identity)) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await listens(url)).toBe(false);
    expect((await (await dev([NAME])).next("ready")).url).toBe(url);
  });

  test("a port that is taken is passed over, unless it was asked for", async () => {
    const stranger = createServer().listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as { port: number };
    const taken = await refused([NAME, "--port", String(port)]);
    expect({ code: taken.code, message: taken.error!.message }).toEqual({
      code: 9,
      message: `Port ${port} is in use by another program.`,
    });
    expect(taken.error!.suggestion).toMatch(/^--port \d+ /);
    stranger.close();
    await once(stranger, "close");
    expect((await (await dev([NAME, "--port", String(port)])).next("ready")).url).toBe(`http://127.0.0.1:${port}`);
  });
});

describe("what stands in the way", () => {
  test("a folder that holds something else is left alone", async () => {
    const other = join(place, "other");
    await mkdir(other);
    await writeFile(join(other, "mine.txt"), "mine");
    for (const dir of [other, join(other, "mine.txt"), join(other, "mine.txt", "below")]) {
      const { code, error } = await refused([NAME, "--dir", dir]);
      expect({ code, message: error!.message }).toEqual({
        code: 9,
        message: `${dir} is there already, and is no working copy of ${NAME}.`,
      });
    }
    expect(await readdir(other)).toEqual(["mine.txt"]);
    const empty = join(place, "empty");
    await mkdir(empty);
    expect((await (await dev([NAME, "--dir", empty])).next("ready")).folder).toBe(empty);
  });

  test("no project, a wrong one, and none in this folder", async () => {
    const wrong = await refused(["notes-apo"]);
    expect(wrong.code).toBe(5);
    expect(wrong.error!.message).toContain(`Did you mean "${NAME}"?`);
    const none = await refused([]);
    expect(none.code).toBe(2);
    expect(none.error!.suggestion).toContain("tb dev PROJECT");
  });

  test("a database server out of reach", async () => {
    const away = { DB_CLUSTER_HOST: "127.0.0.1", DB_CLUSTER_PORT: "1", DB_CLUSTER_USER: "nobody" };
    const { code, error } = await refused([NAME], place, away);
    expect({ code, kind: error!.code }).toEqual({ code: 75, kind: "transient" });
  });

  test("a server that was stopped is started", async () => {
    await tbData(home, ["db", "stop"]);
    const { url } = await (await dev([NAME])).next("ready");
    expect((await get(`${url}/api/health`)).status).toBe(200);
  });

  test("a configuration with an error in it, which nothing is installed for", async () => {
    const config = join(copy, "nitro.config.ts");
    const text = await readFile(config, "utf8");
    await writeFile(config, `${text}export const broken = {\n`);
    const { code, error } = await refused([NAME]);
    await writeFile(config, text);
    expect(code).toBe(1);
    expect(error!.message).toContain("The development server has ended");
    expect(JSON.stringify(error)).toContain("nitro.config.ts");
    expect((await run("git", ["-C", copy, "status", "--porcelain"])).stdout).toBe("");
  });
});

test("people see what happens, in words", async () => {
  const server = startTb(home, ["dev", NAME], {}, place);
  await shows(server, /Serving {3}(\S+)/);
  const [, url] = /Serving {3}(\S+)/.exec(server.stdout())!;
  await get(`${url}/api/health`);
  await shows(server, /GET {4}\/api\/health {2}200 {2}\d+ ms/);
  server.child.kill("SIGTERM");
  const { code, stdout } = await server.done;
  expect(code).toBe(130);
  expect(stdout).toContain(`Code      ${copy}`);
  expect(stdout).toContain("Ctrl-C stops.");
});

test("a project without a database has none to be developed on; what is removed is removed with it", async () => {
  const server = await dev(["ping"]);
  const { url, database } = await server.next("ready");
  expect(database).toBeNull();
  expect((await get(`${url}/api/ping`)).status).toBe(200);
  await server.stop();
  for (const name of ["ping", NAME]) await tbData(home, ["destroy", name, "--confirm", name]);
  expect(await leftovers(home, [])).toEqual([]);
});

async function shows(server: RunningTb, pattern: RegExp): Promise<void> {
  while (!pattern.test(server.stdout()) && server.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** What the cache says that its packages are like. */
async function sealed(cache: string): Promise<string[]> {
  const keys = (await readdir(cache)).filter((name) => /^[0-9a-f]{64}$/.test(name)).toSorted();
  return Promise.all(
    keys.map(async (key) => `${key} ${await firstLines(join(cache, key, "node_modules/zod/package.json"))}`),
  );
}

async function firstLines(file: string): Promise<string> {
  return (await readFile(file, "utf8")).slice(0, 200);
}

/** The process that listens there. */
async function pidOn(url: string): Promise<number> {
  const { port } = new URL(url);
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes("nitro/dist/cli") && command.split("\0").includes(port) && !command.startsWith("/bin/sh"))
      return Number(pid);
  }
  throw new Error(`Nobody serves ${url}.`);
}
