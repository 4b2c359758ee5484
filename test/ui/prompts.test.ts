import { afterAll, beforeAll, expect, test } from "vitest";
import { removeHome } from "../helpers/postgres.ts";
import { CTRL_C, ENTER, openTerminal } from "../helpers/terminal.ts";
import { tb, type Envelope } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

let home: string;

beforeAll(async () => {
  home = await readyHome();
});

afterAll(async () => {
  await removeHome(home);
});

test("in a terminal a command asks for the arguments that are missing", async () => {
  const terminal = openTerminal(home, ["config", "set"]);
  await terminal.shows("Name of the setting");
  terminal.type(`user${ENTER}`);
  await terminal.shows("Its new value");
  terminal.type(`ada@example.com${ENTER}`);
  expect(await terminal.ended()).toMatchObject({
    code: 0,
    screen: expect.stringContaining("user is ada@example.com now"),
  });
});

test("an answer that looks like a flag is an answer", async () => {
  const terminal = openTerminal(home, ["config", "set", "user"]);
  await terminal.shows("Its new value");
  terminal.type(`--json${ENTER}`);
  expect(await terminal.ended()).toMatchObject({ code: 0, screen: expect.stringContaining("user is --json now") });
});

test("Ctrl-C at a question ends the command, and nothing was done", async () => {
  const terminal = openTerminal(home, ["create"]);
  await terminal.shows("What do you want to build?");
  terminal.type(CTRL_C);
  expect(await terminal.ended()).toMatchObject({ code: 130, screen: expect.stringContaining("Nothing was done.") });
});

test("a question for a project that cannot have an answer is not asked", async () => {
  const terminal = openTerminal(home, ["status"]);
  expect(await terminal.ended()).toMatchObject({
    code: 5,
    screen: expect.stringContaining("There is no project yet."),
  });
});

test.each([["--json"], ["--events"], ["--quiet"]])("%s asks nothing, also in a terminal", async (flag) => {
  const { code, screen } = await openTerminal(home, ["config", "get", flag]).ended();
  expect(code).toBe(2);
  expect(screen).toContain("SETTING is missing");
});

test("without a terminal a missing argument is named at once", async () => {
  const { code, stdout, stderr } = await tb(home, ["config", "set"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("SETTING and VALUE are missing");
  const asJson = await tb(home, ["config", "set", "--json"]);
  expect((JSON.parse(asJson.stdout) as Envelope<null>).error).toMatchObject({ code: "usage" });
});
