// What help and the pages are made of must be there, and every example must be one that tb accepts.
import type { Command } from "@oclif/core/command";
import { Config } from "@oclif/core/config";
import { beforeAll, describe, expect, test } from "vitest";
import { examplesOf } from "../../bin/docs/command-page.ts";
import { listCommands } from "../../bin/docs/generate.ts";
import { packageRoot } from "../../src/package-root.ts";
import { loadSourcePlugin } from "../../src/source-plugin.ts";

const root = packageRoot();
const commands = await listCommands(root);
let config: Config;

beforeAll(async () => {
  const plugin = await loadSourcePlugin(root);
  const options = { root, pjson: plugin.pjson, userPlugins: false, devPlugins: false };
  config = await Config.load({ ...options, plugins: new Map([[plugin.name, plugin]]) });
});

describe.each(commands.map((command) => [command.id.replaceAll(":", " "), command] as const))("tb %s", (_, command) => {
  test("says in a sentence what it does, and shows three examples", () => {
    expect(command.summary).toMatch(/^[A-Z`].*\.$/);
    expect(examplesOf(command)).toHaveLength(3);
  });

  test("describes every argument and flag", () => {
    for (const { name, description } of [...Object.values(command.args), ...Object.values(command.flags)]) {
      expect(description, name).toMatch(/^\S.*\.$/s);
    }
  });

  test("names a topic that help describes", () => {
    const topic = command.id.split(":").slice(0, -1).join(":");
    if (topic) expect(config.topics.find(({ name }) => name === topic)?.description).toBeTruthy();
  });

  test("accepts its examples", async () => {
    for (const example of examplesOf(command)) {
      const words = shellWords(example);
      expect(words[0], example).toBe("tb");
      const { id, argv } = findCommand(words.slice(1));
      expect(id, example).toBe(command.id);
      const found = await command.load();
      await expect(parse(found, argv), example).resolves.toBeTruthy();
    }
  });
});

test("an example that tb would refuse is noticed", async () => {
  const create = commands.find(({ id }) => id === "create")!;
  await expect(parse(await create.load(), ["x", "--nmae", "y"])).rejects.toThrow(/Nonexistent flag/);
  const apply = commands.find(({ id }) => id === "apply")!;
  await expect(parse(await apply.load(), [])).rejects.toThrow(/required arg/);
});

interface Parsing {
  parse(found: Command.Class): Promise<unknown>;
}

/** Parses as running does, and runs nothing. */
async function parse(found: Command.Class, argv: string[]): Promise<unknown> {
  const create = found as unknown as new (argv: string[], config: Config) => Parsing;
  return new create(argv, config).parse(found);
}

/** The longest id that the words begin with; `tb` alone is the overview. */
function findCommand(words: string[]): { id: string | undefined; argv: string[] } {
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(":");
    if (commands.some((command) => command.id === id)) return { id, argv: words.slice(length) };
  }
  return { id: words.length === 0 ? "overview" : undefined, argv: words };
}

/** The words of the first command of a line, without variables before it and what the shell does with its output. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  const [, inner] = /\$\((.*?)\)/.exec(line) ?? []; // eval "$(tb …)"
  for (const [text] of (inner ?? line).matchAll(/'[^']*'|"[^"]*"|[|<>]|[^\s|<>]+/g)) {
    if (/^[|<>]$/.test(text)) break;
    if (words.length === 0 && /^[A-Z_]+=/.test(text)) continue;
    words.push(text.replace(/^(['"])(.*)\1$/s, "$2"));
  }
  return words;
}
