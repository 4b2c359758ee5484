// Looking at a backend that runs: its log, its address, its database, and what is said when a part of it does not answer.
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogLine } from "../../src/adapters/deploy-target/deploy-target.ts";
import type { DatabaseEnv } from "../../src/commands/db/env.ts";
import type { Opened } from "../../src/commands/open.ts";
import type { ProjectStatus } from "../../src/control/project-status.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import { killServer } from "../helpers/faults/postgres-server.ts";
import { until } from "../processes/until.ts";
import { removeTbHome, startTb, tb, tbData } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

const run = promisify(execFile);
const NAME = "log-book";
let home: string;
let folder: string;
let url: string;

beforeAll(async () => {
  home = await readyHome();
  folder = await mkdtemp(join(tmpdir(), "tb-operate-"));
  const made = await tbData<CreateResult>(home, ["create", "entries(text:string{80})", "--name", NAME]);
  url = made.deployment!.url;
});
afterAll(async () => {
  await removeTbHome(home);
  await rm(folder, { recursive: true, force: true });
});

describe("tb logs", () => {
  test("prints each request once, with one time", async () => {
    await fetch(`${url}/api/entries`);
    await until(async () => (await tb(home, ["logs", NAME])).stdout.includes("/api/entries"));
    const { stdout } = await tb(home, ["logs", NAME, "--lines", "1"]);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}GET {4}\/api\/entries {2}200 {2}\d+ ms\n$/);
    expect((await tb(home, ["logs", NAME, "--since", "2020-01-01"])).stdout).toContain("Started dep_");
    expect((await tb(home, ["logs", NAME, "--since", "0s"])).stdout).toBe("Nothing has been logged.\n");
  });

  test("follows until Ctrl-C, which is no error to speak of", async () => {
    const following = startTb(home, ["logs", NAME, "--follow", "--lines", "1", "--json"]);
    await until(() => following.stdout() !== "");
    await fetch(`${url}/api/entries/mark-two`);
    await until(() => following.stdout().includes("mark-two"));
    following.child.kill("SIGINT");
    const { code, stdout, stderr } = await following.done;
    expect([code, stderr]).toEqual([130, ""]);
    const items = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as LogLine);
    expect(items.length).toBeGreaterThanOrEqual(2);
    expect(items.at(-1)).toEqual({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      deployment: expect.stringMatching(/^dep_/),
      stream: "app",
      line: expect.stringContaining("mark-two"),
    });
  });
});

describe("tb open", () => {
  test("prints the address where there is nobody to show it to", async () => {
    expect((await tb(home, ["open", NAME])).stdout).toBe(`${url}/docs\n`);
    expect(await tbData<Opened>(home, ["open", NAME, "--api"])).toMatchObject({
      url: `${url}/openapi.json`,
      opened: false,
    });
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    expect((await tb(home, ["open", NAME, "--docs", "--api"])).code).toBe(2);
  });

  test.runIf(process.platform === "linux")("starts the browser in a terminal with a display", async () => {
    const browser = join(folder, "xdg-open");
    await writeFile(browser, `#!/bin/sh\necho "$@" > ${folder}/opened\n`);
    await chmod(browser, 0o755);
    const bin = new URL("../../bin/run.cjs", import.meta.url).pathname;
    const env = { ...process.env, TB_HOME: home, DISPLAY: ":9", PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = await run("script", ["-qec", `${process.execPath} ${bin} open ${NAME}`, "/dev/null"], { env });
    expect(stdout.trim()).toBe(`Opened ${url}/docs`);
    await until(async () => (await readFile(`${folder}/opened`, "utf8").catch(() => "")) === `${url}/docs\n`);
  });
});

describe("tb db env", () => {
  test("connects any client through the environment, read-only unless it is asked for more", async () => {
    expect(await sql("--password", "select count(*)::int as found from entries")).toBe('[{"found":0}]');
    await expect(sql("--password", "create table x (a int)")).rejects.toThrow("read-only transaction");
    await expect(sql("--password --write", "create table x (a int)")).rejects.toThrow("permission denied");
    expect(await sql("--password --write --role own", "create table x (a int)")).toBe("[]");
    expect(await sql("--password --write --role own", "drop table x")).toBe("[]");
  });

  test("prints no password unless it is asked for, and never as JSON", async () => {
    const { stdout } = await tb(home, ["db", "env", NAME]);
    expect(stdout).toMatch(/^export PGHOST='.*'$/m);
    expect(stdout).not.toMatch(/^export PGPASSWORD/m);
    const data = await tbData<DatabaseEnv>(home, ["db", "env", NAME]);
    expect(Object.keys(data.variables)).toEqual(["PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGOPTIONS"]);
    expect((await tb(home, ["db", "env", NAME, "--password", "--json"])).code).toBe(2);
  });
});

test("tb status names the server that has to be started", async () => {
  expect((await tbData<ProjectStatus>(home, ["status", NAME])).database).toMatchObject({ answers: true });
  await tbData(home, ["db", "stop"]);
  const { stdout } = await tb(home, ["status", NAME]);
  expect(stdout).toContain("does not answer");
  expect(stdout).toContain("→ tb db start");
  await tbData(home, ["db", "start"]);
  expect((await tb(home, ["status", NAME])).stdout).not.toContain("tb db start");
});

async function health(): Promise<number> {
  return (await fetch(`${url}/api/health`)).status;
}

test("a database server that was killed is started again for the backend, one that was stopped is not", async () => {
  await killServer(home, "projects");
  await until(async () => (await health()) === 503);
  await until(async () => (await health()) === 200);
  const lines = await tbData<{ lines: LogLine[] }>(home, ["logs", NAME]);
  expect(JSON.stringify(lines)).toContain("Started the database server again, which had died.");
  await tbData(home, ["db", "stop"]);
  await sleep(5000); // the supervisor has looked, twice
  expect(await health()).toBe(503);
  await tbData(home, ["db", "start"]);
  await until(async () => (await health()) === 200);
});

test("a log that is followed ends with its project", async () => {
  const following = startTb(home, ["logs", NAME, "-f", "-n", "1"]);
  await until(() => following.stdout() !== "");
  await tbData(home, ["destroy", NAME, "--confirm", NAME]);
  const { code, stderr } = await following.done;
  expect([code, stderr]).toEqual([0, "The project is gone; there is nothing more to follow.\n"]);
});

/** One statement in a client that knows only the evaluated lines. */
async function sql(flags: string, statement: string): Promise<string> {
  const bin = new URL("../../bin/run.cjs", import.meta.url).pathname;
  const client = `const { Client } = require("pg"); const c = new Client(); c.connect().then(() => c.query(process.argv[1]))
    .then(({ rows }) => { console.log(JSON.stringify(rows)); return c.end(); })
    .catch((error) => { console.error(error.message); process.exit(1); });`;
  const script = 'eval "$("$1" "$2" db env "$3" $4)" && exec "$1" -e "$5" "$6"';
  const args = ["-c", script, "sh", process.execPath, bin, NAME, flags, client, statement];
  return (await run("sh", args, { env: { ...process.env, TB_HOME: home } })).stdout.trim();
}
