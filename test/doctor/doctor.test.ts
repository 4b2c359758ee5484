import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { selectAdapters } from "../../src/adapters/index.ts";
import { readConfig } from "../../src/config.ts";
import { openControl } from "../../src/control/database.ts";
import { diagnose, type DoctorResult } from "../../src/doctor/doctor.ts";
import { checkClock } from "../../src/doctor/machine.ts";
import { askRegistry, describeRegistry } from "../../src/doctor/network.ts";
import { formatDoctor } from "../../src/ui/doctor.ts";
import { scratchHome, type ScratchHome } from "../helpers/postgres.ts";
import { readyStandIn } from "../helpers/homes.ts";

let scratch: ScratchHome;
beforeEach(async () => {
  scratch = await scratchHome();
});
afterEach(() => scratch.remove());

function examine(env: Record<string, string | undefined> = {}): Promise<DoctorResult> {
  const readsConfig = () => readConfig({ PATH: process.env.PATH, TB_HOME: scratch.home, ...env });
  return diagnose({ readConfig: readsConfig, selectAdapters });
}

function found({ diagnoses }: DoctorResult, check: string) {
  return diagnoses.find((one) => one.check === check)!;
}

test("an empty home on a machine in order is fit, and looking leaves it empty", async () => {
  const result = await examine();
  expect(result).toMatchObject({ outcome: "fit", problems: 0 });
  const sandbox = found(result, "sandbox");
  if (sandbox.status === "ok") expect(sandbox.message).toContain("bubblewrap");
  else expect(sandbox).toMatchObject({ status: "warning", message: expect.stringContaining("plain processes") });
  expect(found(result, "control").message).toMatch(/stopped/);
  expect(await readdir(scratch.home)).toEqual([]);
  for (const line of formatDoctor(result).split("\n"))
    if (!line.includes("→")) expect(line.length).toBeLessThanOrEqual(80);
});

test("a home that is not there is only looked for", async () => {
  const home = join(scratch.home, "a", "b");
  const result = await diagnose({
    readConfig: () => readConfig({ PATH: process.env.PATH, TB_HOME: home }),
    selectAdapters,
  });
  expect(found(result, "home")).toMatchObject({ status: "ok", message: expect.stringContaining("will be made") });
  expect(await readdir(scratch.home)).toEqual([]);
});

test("running servers and the schema are seen; a database that a newer tb migrated is a problem", async () => {
  const control = await openControl(scratch.config);
  try {
    const result = await examine();
    expect(found(result, "control")).toMatchObject({
      status: "ok",
      message: expect.stringMatching(/embedded, running, \d+ of 150/),
    });
    expect(found(result, "schema")).toMatchObject({ status: "ok", message: expect.stringMatching(/^tb is at 000/) });
    expect(found(result, "secrets")).toMatchObject({
      status: "warning",
      fix: expect.stringContaining("installation.key"),
    });
    await control.query("insert into schema_migrations values ('9999-future', 'x', 1)");
    const newer = await examine();
    expect(newer).toMatchObject({ outcome: "unfit", problems: 1 });
    expect(found(newer, "schema")).toMatchObject({ status: "problem", fix: expect.stringContaining("Update tb") });
    await control.query("delete from schema_migrations");
    await control.query("drop table schema_migrations");
    expect(found(await examine(), "schema")).toMatchObject({ status: "warning", fix: "tb db migrate" });
  } finally {
    await control.close();
  }
});

test("secrets and a home that others can read, and a file in the place of the home, are told", async () => {
  await mkdir(join(scratch.home, "secrets"), { mode: 0o700 });
  await writeFile(join(scratch.home, "secrets", "installation.id"), "0123456789abcdef\n", { mode: 0o600 });
  await writeFile(join(scratch.home, "secrets", "installation.key"), "secret\n", { mode: 0o644 });
  await chmod(scratch.home, 0o755);
  const open = await examine();
  expect(found(open, "secrets")).toMatchObject({
    status: "problem",
    details: [expect.stringContaining("installation.key")],
  });
  expect(found(open, "home")).toMatchObject({ status: "warning", fix: `chmod 700 ${scratch.home}` });
  expect(JSON.stringify(open)).not.toContain('secret\\n"');
  const file = join(scratch.home, "file");
  await writeFile(file, "");
  for (const home of [file, join(file, "below")]) {
    const result = await diagnose({
      readConfig: () => readConfig({ PATH: process.env.PATH, TB_HOME: home }),
      selectAdapters,
    });
    expect(found(result, "home").status).toBe("problem");
    expect(found(result, "node").status).toBe("ok");
  }
});

test("everything wrong at once is told at once, and each has its next step", async () => {
  const result = await examine({ PATH: "/nowhere", PG_DB_SCHEMA: "Bad Name", DB_CLUSTER_PORT: "abc" });
  expect(result.outcome).toBe("unfit");
  expect(found(result, "configuration")).toMatchObject({
    status: "problem",
    details: expect.arrayContaining([expect.stringContaining("PG_DB_SCHEMA")]),
  });
  for (const { status, fix, check } of result.diagnoses) if (status !== "ok") expect(fix, check).toBeTruthy();
});

test("a missing git is told, also when the configuration is valid, and so is one that is too old", async () => {
  const bin = await mkdtemp(join(tmpdir(), "tb-bin-"));
  try {
    const { stdout } = await promisify(execFile)("which", ["sh"]);
    await symlink(stdout.trim(), join(bin, "sh"));
    expect(found(await examine({ PATH: bin }), "git")).toMatchObject({
      status: "problem",
      message: "git was not found on the PATH.",
    });
    await writeFile(join(bin, "git"), `#!${join(bin, "sh")}\necho git version 2.20.1\n`, { mode: 0o755 });
    expect(found(await examine({ PATH: bin }), "git")).toMatchObject({
      status: "problem",
      message: expect.stringContaining("2.20.1 is too old"),
    });
  } finally {
    await rm(bin, { recursive: true, force: true });
  }
});

test("servers of the user's own are looked at: their password is never told", async () => {
  const standIn = await readyStandIn();
  try {
    const env = { ...standIn.env, PG_CONTROL_URL: standIn.url("postgres") };
    const well = await examine(env);
    expect(found(well, "postgres").message).toContain("not needed");
    expect(found(well, "projects")).toMatchObject({
      status: "ok",
      message: expect.stringMatching(/^external, running/),
    });
    const wrong = await examine({ ...env, DB_CLUSTER_PASSWORD: "mistaken-secret" });
    expect(found(wrong, "projects")).toMatchObject({
      status: "problem",
      message: expect.stringContaining("password authentication failed"),
    });
    await standIn.disconnect();
    const away = await examine(env);
    expect(found(away, "control").status).toBe("problem");
    expect(JSON.stringify([well, wrong, away])).not.toMatch(new RegExp(`${standIn.settings.password}|mistaken-secret`));
  } finally {
    await standIn.remove();
  }
});

test("a registry that answers, is silent or away is told apart, and offline is only a warning", async () => {
  const server = createServer((_request, response) =>
    response.writeHead(404, { date: "Thu, 19 Nov 2026 14:00:00 GMT" }).end(),
  );
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://someone:hidden@127.0.0.1:${port}/`;
  const passthrough = { PATH: process.env.PATH!, npm_config_registry: url };
  const there = await askRegistry({ passthrough });
  expect(there).toMatchObject({ host: `127.0.0.1:${port}`, reachable: true, time: new Date("2026-11-19T14:00:00Z") });
  server.close();
  const away = await askRegistry({ passthrough });
  expect(describeRegistry(away, 1)).toMatchObject({
    status: "warning",
    message: expect.stringMatching(/ECONNREFUSED.*most projects/),
  });
  expect(describeRegistry(away, 0)).toMatchObject({ message: expect.stringContaining("nothing was installed before") });
  expect(JSON.stringify([there, away])).not.toContain("hidden");
  expect(await askRegistry({ passthrough: { ...passthrough, https_proxy: "http://p:1" } })).toMatchObject({
    reachable: "not asked",
  });
});

test("a clock that is far from the registry's is told", async () => {
  expect(await checkClock(new Date(Date.now() + 3_600_000))).toMatchObject({
    status: "warning",
    message: expect.stringContaining("60 minutes behind"),
  });
  expect(await checkClock(new Date())).toContain("as the registry says");
});
