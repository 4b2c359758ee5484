import type { Command } from "@oclif/core/command";
import { expect, test } from "vitest";
import { complete, type Known } from "../../src/completion/complete.ts";

const BOOLEAN = { type: "boolean", allowNo: false } as const;

const commands = [
  command("send", { file: {} }, { loud: { ...BOOLEAN, exclusive: ["quiet"] }, quiet: { ...BOOLEAN, char: "q" } }),
  command(
    "log",
    { project: {} },
    {
      type: { type: "option", multiple: true, options: ["a", "b"] },
      run: { type: "option" },
      level: { type: "option", multiple: true, options: ["x", "y"], delimiter: "," },
    },
  ),
  command("log:all", {}, { color: { type: "boolean", allowNo: true } }),
  { ...command("secret", {}, {}), hidden: true },
];
const topics = [{ name: "log", description: "Logs." }];

function command(id: string, args: object, flags: object): Command.Loadable {
  return { id, summary: `About ${id}.`, hidden: false, args: named(args), flags: named(flags) } as Command.Loadable;
}

function named(parts: object): object {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { name, ...part }]));
}

/** The words that fit, with projects and runs that there are. */
async function fitting(...words: string[]): Promise<string[]> {
  const there: Partial<Record<Known, string[]>> = { project: ["todo", "shop"], run: ["run_1"] };
  const { candidates } = await complete(words, { commands, topics }, async (known) =>
    (there[known] ?? []).map((value) => ({ value, description: "" })),
  );
  return candidates.map(({ value }) => value);
}

test("a word that is a command and a topic gives both what follows and what it takes", async () => {
  expect(await fitting("")).toEqual(["send", "log"]);
  expect(await fitting("log", "a")).toEqual(["all"]);
  expect(await fitting("log", "")).toEqual(["todo", "shop", "all"]);
});

test("a flag is offered once, unless it may be given several times, and never beside one that excludes it", async () => {
  expect(await fitting("send", "-")).toEqual(["--loud", "--quiet", "--help"]);
  expect(await fitting("send", "-q", "-")).toEqual(["--help"]);
  expect(await fitting("log", "--type", "a", "--t")).toEqual(["--type"]);
});

test("the value of a flag is no argument", async () => {
  expect(await fitting("log", "--run", "")).toEqual(["run_1"]);
  expect(await fitting("log", "--run", "run_1", "t")).toEqual(["todo"]);
  expect(await fitting("log", "--run=run_1", "t")).toEqual(["todo"]);
  expect(await fitting("log", "--type=")).toEqual(["--type=a", "--type=b"]);
});

test("each value of a list is completed", async () => {
  expect(await fitting("log", "--level", "x,")).toEqual(["x,x", "x,y"]);
  expect(await fitting("log", "--level=x,y")).toEqual(["--level=x,y"]);
});

test("after -- there are only arguments", async () => {
  expect(await fitting("log", "--", "-")).toEqual([]);
  expect(await fitting("log", "--", "s")).toEqual(["shop"]);
});

test("both forms of a switch are offered, and files where a file is meant", async () => {
  expect(await fitting("log", "all", "--")).toEqual(["--color", "--no-color", "--help"]);
  const { files } = await complete(["send", ""], { commands, topics }, async () => []);
  expect(files).toBe(true);
});
