import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  access,
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../../src/adapters/database-cluster/embedded-postgres.ts";
import { readMigrations } from "../../../src/control/migrate-control.ts";
import { makeClaim } from "../../../src/processes/claims.ts";
import { clusterFolder, scratchHome, type ScratchHome } from "../../helpers/postgres.ts";
import { runHelper } from "../../helpers/run-process.ts";

async function queryOf(server: EmbeddedPostgres, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ ...(await server.administrator()), database: "postgres" });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function pidOf(server: EmbeddedPostgres): Promise<number> {
  const { pid } = await server.status();
  if (pid === null) throw new Error("the server does not run");
  return pid;
}

describe("ten processes on an empty home", () => {
  let scratch: ScratchHome;
  beforeAll(async () => {
    scratch = await scratchHome();
  });
  afterAll(() => scratch.remove());

  test("all get the same server with the whole schema, and nothing is left over", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => runHelper("cluster-process.ts", ["open"], { TB_HOME: scratch.home })),
    );
    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    expect(new Set(answers.map(({ started }) => started)).size).toBe(1);
    const all = (await readMigrations()).length;
    expect(answers.every(({ migrations }) => migrations === all)).toBe(true);
    expect((await readdir(await clusterFolder(scratch.home))).filter((name) => /\.new-|\.pw$/.test(name))).toEqual([]);
  });
});

describe("a running server", () => {
  let scratch: ScratchHome;
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    scratch = await scratchHome();
    server = createEmbeddedPostgres(scratch.config, "control");
    await server.ensure();
    await queryOf(server, "create table kept (id int)");
  });
  afterAll(() => scratch.remove());

  test("listens on a socket only, asks for a password and keeps it to itself", async () => {
    const settings = await server.administrator();
    expect(settings.host).toMatch(/^\//);
    expect(await queryOf(server, "show listen_addresses")).toEqual([{ listen_addresses: "" }]);
    const stranger = new Client({ ...settings, password: "wrong", database: "postgres" });
    await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);
    const folder = await clusterFolder(scratch.home);
    expect((await stat(join(folder, "control.password"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "control"))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(folder, "control.log"), "utf8")).not.toContain(settings.password);
  });

  test("is reached also where the environment asks for TLS to other servers", async () => {
    const answer = await runHelper("cluster-process.ts", ["open"], { TB_HOME: scratch.home, PGSSLMODE: "require" });
    expect(answer).toMatchObject({ ok: true });
  });

  test("writes its changes to disk and stays small", async () => {
    const rows = await queryOf(
      server,
      "select name, setting from pg_settings where name in ('fsync', 'shared_buffers', 'autovacuum') order by 1",
    );
    expect(rows).toEqual([
      { name: "autovacuum", setting: "on" },
      { name: "fsync", setting: "on" },
      { name: "shared_buffers", setting: "2048" }, // pages of 8 kB
    ]);
  });

  test("is told apart from one that was stopped, and starts again with its data", async () => {
    await queryOf(server, "insert into kept values (1)");
    expect(await server.status()).toMatchObject({ running: true, initialised: true });
    expect(await server.stop()).toBe(true);
    expect(await server.stop()).toBe(false);
    expect(await server.status()).toMatchObject({ running: false, pid: null });
    await server.ensure();
    expect(await queryOf(server, "select count(*)::int as n from kept where id = 1")).toEqual([{ n: 1 }]);
  });

  test("comes back after kill -9 with everything that was committed", async () => {
    await queryOf(server, "insert into kept values (2)");
    const killed = await pidOf(server);
    process.kill(killed, "SIGKILL");
    await server.ensure();
    expect(await pidOf(server)).not.toBe(killed);
    expect(await queryOf(server, "select count(*)::int as n from kept where id = 2")).toEqual([{ n: 1 }]);
  });

  test("starts although the pid of a crashed one now belongs to another process of the same user", async () => {
    const { dataDirectory } = await server.status();
    const owner = await stat(dataDirectory);
    const stranger = spawn("sleep", ["600"], { uid: owner.uid, gid: owner.gid, stdio: "ignore" });
    await once(stranger, "spawn");
    try {
      process.kill(await pidOf(server), "SIGKILL");
      const file = join(dataDirectory, "postmaster.pid");
      await writeFile(file, (await readFile(file, "utf8")).replace(/^\d+/, String(stranger.pid)));
      expect(await server.status()).toMatchObject({ running: false });
      await server.ensure();
      expect(await server.status()).toMatchObject({ running: true });
      expect(stranger.exitCode).toBe(null);
    } finally {
      stranger.kill("SIGKILL");
    }
  });

  test("outlives the command that started it, in a session of its own, holding none of its files", async () => {
    await server.stop();
    const pipe = join(scratch.home, "held");
    await writeFile(pipe, "");
    const held = await open(pipe, "r");
    const answer = await runHelper(
      "cluster-process.ts",
      ["ensure"],
      { TB_HOME: scratch.home },
      {
        stdio: ["ignore", "pipe", "pipe", held.fd],
        detached: true, // its own process group, ended as a whole like a terminal does
      },
    );
    await held.close();
    const pid = await pidOf(server);
    expect(answer).toMatchObject({ ok: true, pid });
    if (process.platform !== "linux") return;
    const [, group, session] = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]!.split(" ").slice(1);
    expect([Number(group), Number(session)]).toEqual([expect.any(Number), pid]);
    const descriptors = await readdir(`/proc/${pid}/fd`);
    const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")));
    expect(targets).not.toContain(pipe);
  });

  test("says what its log says when it cannot start, and leaves the data alone", async () => {
    const { dataDirectory } = await server.status();
    await server.stop();
    const file = join(dataDirectory, "postgresql.conf");
    const before = await readFile(file, "utf8");
    await writeFile(file, `${before}\nno_such_setting = 1\n`);
    await expect(server.ensure()).rejects.toMatchObject({
      code: "configuration",
      message: "The control database server did not start.",
      details: expect.arrayContaining([expect.stringContaining("no_such_setting")]),
    });
    await writeFile(file, before);
    await server.ensure();
  });

  test("refuses data of another major version with the way out", async () => {
    const { dataDirectory } = await server.status();
    await server.stop();
    const file = join(dataDirectory, "PG_VERSION");
    await writeFile(file, "17\n");
    await expect(server.ensure()).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining("Postgres 17"),
    });
    await writeFile(file, "18\n");
    await server.ensure();
  });

  test("moves a long log aside", async () => {
    const { logFile } = await server.status();
    await server.stop();
    await writeFile(logFile, "x".repeat(3_000_000));
    await server.ensure();
    expect((await stat(logFile)).size).toBeLessThan(100_000);
    expect((await stat(`${logFile}.old`)).size).toBe(3_000_000);
  });
});

describe("places", () => {
  test("a home with a long path gets its socket in /tmp; what someone else put there is refused", async () => {
    const outer = await scratchHome();
    const long = join(outer.home, "a-folder-whose-name-is-long", "and-another-one-below-it-that-is-longer-still");
    await mkdir(long, { recursive: true });
    const scratch = await scratchHome({}, long);
    for (const folder of [outer.home, join(long, ".."), long, scratch.home]) await chmod(folder, 0o755); // root goes in, too
    const server = createEmbeddedPostgres(scratch.config, "control");
    try {
      const { socketDirectory } = await server.status();
      expect(socketDirectory).toMatch(/^\/tmp\/tb-\d+-[0-9a-f]{12}$/);
      await symlink(outer.home, socketDirectory);
      const refused = { code: "configuration", message: expect.stringContaining(socketDirectory) };
      await expect(server.ensure()).rejects.toMatchObject(refused);
      await rm(socketDirectory);
      await server.ensure();
      expect(await queryOf(server, "select 1 as up")).toEqual([{ up: 1 }]);
      await chmod(socketDirectory, 0o777);
      await expect(server.administrator()).rejects.toMatchObject(refused);
    } finally {
      await scratch.remove();
      await outer.remove();
    }
    await expect(access(long)).rejects.toThrow(/ENOENT/);
  });

  test("what a killed process left unfinished does not hold up the next one, and is swept", async () => {
    const scratch = await scratchHome();
    const server = createEmbeddedPostgres(scratch.config, "control");
    try {
      const killed = spawn("true");
      await once(killed, "exit");
      const { dataDirectory } = await server.status();
      const folder = join(dataDirectory, "..");
      const unfinished = `${dataDirectory}.new-${killed.pid}-0123456789ab`;
      await mkdir(unfinished, { recursive: true });
      await utimes(unfinished, 1, 1);
      makeClaim(`${dataDirectory}.making`, String(killed.pid));
      await chmod(folder, 0o755);
      await server.ensure();
      expect((await readdir(folder)).filter((name) => /\.new-|\.making/.test(name))).toEqual([]);
    } finally {
      await scratch.remove();
    }
  });
});
