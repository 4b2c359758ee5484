// A machine is made ready, once, whatever it lacks.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { EngineRoomStatus } from "../../src/control/engine-room.ts";
import type { InitResult } from "../../src/init/init-machine.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import { shareCache } from "../helpers/shared-cache.ts";
import { ENTER, openTerminal } from "../helpers/terminal.ts";
import { removeTbHome, startTb, tb, tbData, tbHome, type Envelope } from "../helpers/tb.ts";

/** Nobody listens there. */
const OFFLINE = { npm_config_registry: "http://127.0.0.1:1/" };
const NO_ADDRESS = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

const homes: string[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await removeTbHome(home);
});

async function home(cache?: string): Promise<string> {
  const made = await tbHome(cache);
  homes.push(made);
  return made;
}

function outcomes({ steps }: InitResult): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, outcome }) => [name, outcome]));
}

async function init(place: string, args: string[] = [], env: Record<string, string> = {}) {
  const { code, stdout } = await tb(place, ["init", "--json", ...args], env);
  return { code, ...(JSON.parse(stdout) as Envelope<InitResult>) };
}

describe("an empty home without a network", () => {
  let place: string;
  beforeAll(async () => {
    place = await tbHome();
  });
  afterAll(() => removeTbHome(place));

  test("gets all but the packages", async () => {
    const { code, ok, data, error } = await init(place, ["--user", "Ada@Example.com"], OFFLINE);
    expect(outcomes(data)).toEqual({
      home: "done",
      user: "done",
      control: "done",
      projects: "done",
      packages: "failed",
    });
    expect({ code, ok, outcome: data.outcome }).toEqual({ code: 75, ok: false, outcome: "incomplete" });
    expect(error).toMatchObject({ code: "transient", message: expect.stringContaining("127.0.0.1:1") });
    const { control, projects } = await tbData<EngineRoomStatus>(place, ["db", "status"]);
    expect([control.running, projects.running, control.schema.pending]).toEqual([true, true, []]);
  });

  test("gets the packages later, and what was stopped is started", async () => {
    await rm(join(place, "cache"), { recursive: true });
    await shareCache(place, inject("sharedCache"));
    await tbData(place, ["db", "stop"]);
    const { code, data } = await init(place);
    expect(outcomes(data)).toMatchObject({ home: "unchanged", user: "unchanged", control: "done", projects: "done" });
    expect({ code, outcome: data.outcome, user: data.user }).toEqual({
      code: 0,
      outcome: "initialised",
      user: { name: "ada@example.com", source: "setting" },
    });
  });

  test("needs none any more, neither for another look nor for the first project", async () => {
    const { code, data } = await init(place, ["--user", "Ada@Example.com"], OFFLINE);
    expect({ code, outcome: data.outcome }).toEqual({ code: 0, outcome: "unchanged" });
    expect(new Set(Object.values(outcomes(data)))).toEqual(new Set(["unchanged"]));
    const made = await tbData<CreateResult>(place, ["create", "notes(title:string{80})", "--no-deploy"], OFFLINE);
    expect(made.verification.passed).toBe(true);
  });
});

describe("an empty home", () => {
  test("is told about line by line, with the next step, and unchanged the second time", async () => {
    const place = await home(inject("sharedCache"));
    const first = await tb(place, ["init"], NO_ADDRESS);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain("Creating the database of tb's own state\n");
    expect(first.stdout).toContain(`✔ Made ${place}, installation`);
    expect(first.stdout.replaceAll(/\s+/g, " ")).toContain(
      `You are ${userInfo().username} (your system's user; tb config set user EMAIL changes it).`,
    );
    expect(first.stdout).toMatch(/tb is ready\.\n {2}→ tb create ".*"\n$/);
    const second = await tb(place, ["init"], NO_ADDRESS);
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout).toContain("tb was ready already; unchanged.");
    expect(second.stdout).not.toContain("✔");
  });

  test("asks who is there when nobody has said it, in a terminal", async () => {
    const place = await home(inject("sharedCache"));
    const terminal = openTerminal(place, ["init", "--no-download"], NO_ADDRESS);
    await terminal.shows("Your e-mail address");
    terminal.type(`grace@example.com${ENTER}`);
    const { code, screen } = await terminal.ended();
    expect(code).toBe(0);
    expect(screen).toContain("You are grace@example.com (the setting user).");
    expect(screen).toContain("- Packages of new projects were not downloaded.");
    expect(JSON.parse(await readFile(join(place, "config.json"), "utf8"))).toEqual({ user: "grace@example.com" });
  });

  test("is made ready after Ctrl-C as if nothing had been", async () => {
    const place = await home(inject("sharedCache"));
    const running = startTb(place, ["init"]);
    running.child.stderr!.once("data", () => running.child.kill("SIGINT"));
    expect((await running.done).code).toBe(130);
    expect((await init(place)).data.outcome).toBe("initialised");
  });
});

describe("what stands in the way", () => {
  test("a user that cannot be one is refused before anything is made", async () => {
    const parent = await mkdtemp(join(tmpdir(), "tb-init-"));
    const place = join(parent, "home");
    const { code, error } = await init(place, ["--user", "two words"]);
    expect({ code, message: error!.message }).toEqual({
      code: 2,
      message: "--user must be a name or an e-mail address without spaces.",
    });
    await expect(readFile(place)).rejects.toMatchObject({ code: "ENOENT" });
    await rm(parent, { recursive: true });
  });

  test("a home that cannot be made ends it at once", async () => {
    const parent = await mkdtemp(join(tmpdir(), "tb-init-"));
    await writeFile(join(parent, "file"), "");
    const { code, data } = await init(join(parent, "file", "home"));
    expect(code).toBe(3);
    expect(outcomes(data)).toEqual({ home: "failed" });
    await rm(parent, { recursive: true });
  });

  test("servers out of reach are told apart from what could be done", async () => {
    const place = await home(inject("sharedCache"));
    const away = {
      PG_CONTROL_URL: "postgres://nobody@127.0.0.1:1/none",
      DB_CLUSTER_HOST: "127.0.0.1",
      DB_CLUSTER_PORT: "1",
      DB_CLUSTER_USER: "nobody",
    };
    const { code, data } = await init(place, ["--no-download"], away);
    expect(code).toBe(75);
    expect(outcomes(data)).toMatchObject({ home: "done", control: "failed", projects: "failed", packages: "skipped" });
  });
});
