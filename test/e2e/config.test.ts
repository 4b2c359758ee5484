import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { SETTINGS } from "../../src/settings.ts";
import { tb, tbData, type Envelope } from "../helpers/tb.ts";

let parent: string;
let home: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "tb-config-"));
  home = join(parent, "home");
});

afterEach(async () => {
  await rm(parent, { recursive: true, force: true });
});

interface Shown {
  value: string | null;
  source: string;
}

test("a setting is kept, told, changed and removed again", async () => {
  expect(await tbData(home, ["config", "set", "user", "ada@example.com"])).toMatchObject({
    outcome: "set",
    previous: null,
  });
  expect((await tb(home, ["config", "get", "user"])).stdout).toBe("ada@example.com\n");
  expect(await tbData(home, ["config", "set", "user", "ada@example.com"])).toMatchObject({ outcome: "unchanged" });
  expect(await tbData(home, ["config", "set", "user", "bob"])).toMatchObject({
    outcome: "set",
    previous: "ada@example.com",
  });
  expect(await tbData(home, ["config", "unset", "user"])).toMatchObject({
    outcome: "unset",
    previous: "bob",
    value: null,
  });
  expect(await tbData(home, ["config", "unset", "user"])).toMatchObject({ outcome: "unchanged" });
  expect((await tb(home, ["config", "get", "user"])).stdout).toBe("");
});

test("of several set at once none is lost", async () => {
  const values = { user: "ada", "cluster-host": "db.example.com", "cluster-port": "6432", "cluster-user": "tb" };
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(
      Object.entries(values).map(([key, value]) => tbData(home, ["config", "set", key, `${value}${round}`])),
    );
    for (const [key, value] of Object.entries(values))
      expect((await tb(home, ["config", "get", key])).stdout, key).toBe(`${value}${round}\n`);
  }
});

test("the file and its folder are the user's alone", async () => {
  await tbData(home, ["config", "set", "user", "ada"]);
  expect((await stat(home)).mode & 0o777).toBe(0o700);
  expect((await stat(join(home, "config.json"))).mode & 0o777).toBe(0o600);
});

test("looking at settings makes no folder", async () => {
  await tbData(home, ["config", "list"]);
  await tbData(home, ["config", "get", "user"]);
  await expect(stat(home)).rejects.toThrow("ENOENT");
});

test("the environment goes before a setting, and setting it says so", async () => {
  const env = { PG_DB_SCHEMA: "from_env" };
  expect(await tbData(home, ["config", "set", "control-schema", "from_file"], env)).toMatchObject({
    overridden_by: "PG_DB_SCHEMA",
  });
  const shown = async (env?: Record<string, string>) => tbData<Shown>(home, ["config", "get", "control-schema"], env);
  expect(await shown(env)).toMatchObject({ value: "from_env", source: "environment" });
  expect(await shown()).toMatchObject({ value: "from_file", source: "settings" });
  expect(readConfig({ TB_HOME: home }).controlSchema).toBe("from_file");
  expect(readConfig({ TB_HOME: home, ...env }).controlSchema).toBe("from_env");
});

test("settings of a server make the projects' cluster, with the password from the environment only", async () => {
  for (const [key, value] of [
    ["cluster-host", "db.example"],
    ["cluster-port", "5433"],
    ["cluster-user", "admin"],
  ] as const)
    await tbData(home, ["config", "set", key, value]);
  expect(readConfig({ TB_HOME: home, DB_CLUSTER_PASSWORD: "pw" }).projectsCluster).toEqual({
    host: "db.example",
    port: 5433,
    user: "admin",
    password: "pw",
  });
});

test("a wrong value, an unknown name and a secret are refused, each with what to do", async () => {
  const refused = async (...args: string[]) => {
    const { code, stdout } = await tb(home, ["config", ...args, "--json"]);
    return { code, error: (JSON.parse(stdout) as Envelope<null>).error };
  };
  expect(await refused("set", "cluster-port", "70000")).toMatchObject({
    code: 2,
    error: { message: expect.stringContaining("port number") },
  });
  expect(await refused("get", "usr")).toMatchObject({
    code: 2,
    error: { message: expect.stringContaining('Did you mean "user"?') },
  });
  expect(await refused("set", "cluster-password", "x")).toMatchObject({
    code: 2,
    error: {
      message: expect.stringContaining("no secrets"),
      suggestion: expect.stringContaining("DB_CLUSTER_PASSWORD"),
    },
  });
  await expect(stat(join(home, "config.json"))).rejects.toThrow("ENOENT");
});

test("a settings file that is broken stops other commands with its path, is listed, and can be mended by hand only", async () => {
  await mkdir(home, { mode: 0o700 });
  await writeFile(join(home, "config.json"), '{"user": ');
  const other = await tb(home, ["projects", "list"]);
  expect(other.code).toBe(3);
  expect(other.stderr).toContain(`${home}/config.json is not JSON`);
  expect((await tb(home, ["config", "list"])).stdout).toContain("is not JSON");
  expect((await tb(home, ["config", "set", "user", "ada"])).code).toBe(3);
  expect(await readFile(join(home, "config.json"), "utf8")).toBe('{"user": ');
});

test("a setting of a newer tb is a problem that is named, not one that is ignored", async () => {
  await mkdir(home, { mode: 0o700 });
  await writeFile(join(home, "config.json"), JSON.stringify({ colour: "red" }));
  expect(() => readConfig({ TB_HOME: home })).toThrow('a setting "colour" that tb does not know');
});

test("every setting refuses an empty value", () => {
  for (const { key, problem } of SETTINGS) expect(problem(""), key).not.toBeNull();
});

test("a command ends with its exit code also when something in its process goes on for ever", async () => {
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent("setInterval(() => {}, 1000)")}`;
  const ran = await tb(home, ["config", "get", "no-such-setting", "--json"], { NODE_OPTIONS });
  expect(ran).toMatchObject({ code: 2, signal: null });
  expect((JSON.parse(ran.stdout) as Envelope<null>).error?.code).toBe("usage");
});
