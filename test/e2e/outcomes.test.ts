// Every command in every circumstance: docs/outcomes.md is true, nothing ends as a defect would, JSON keeps its schemas.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { listCommands } from "../../bin/docs/generate.ts";
import { fileStem } from "../../bin/docs/command-page.ts";
import { markdownTable } from "../../bin/docs/command-page.ts";
import { OUTCOMES_PAGE, rowsOf } from "../../bin/docs/outcomes-page.ts";
import { packageRoot } from "../../src/package-root.ts";
import { ROWS } from "../helpers/outcome-rows.ts";
import { prepareHome } from "../helpers/ready-home.ts";
import { FULL_DISK, tryEverything, type Circumstance, type Outcome } from "../helpers/outcomes.ts";

const ajv = new Ajv({ allowUnionTypes: true });
let circumstances: Circumstance[];

beforeAll(async () => {
  circumstances = await tryEverything({
    cache: inject("sharedCache"),
    prepare: (home) => prepareHome(home, inject("modelHome")),
    brief: true,
  });
}, 900_000);

function of(title: string): Outcome[] {
  return circumstances.find((circumstance) => circumstance.title === title)!.outcomes;
}

test("each command is tried", async () => {
  const tried = ROWS.map(({ args }) => args.filter((word) => /^[a-z_]+$/.test(word)).join(" "));
  const commands = (await listCommands(packageRoot())).map(({ id }) => id.replaceAll(":", " "));
  expect(
    commands.filter((command) => !tried.some((words) => words === command || words.startsWith(`${command} `))),
  ).toEqual([]);
});

test("docs/outcomes.md says what happens (else: npm run outcomes)", async () => {
  const page = await readFile(join(packageRoot(), OUTCOMES_PAGE), "utf8");
  for (const circumstance of circumstances.filter(({ title }) => title !== FULL_DISK)) {
    const section = page.split("\n## ").find((part) => part.startsWith(`${circumstance.title}\n`))!;
    expect(section, circumstance.title).toBeDefined();
    const missing = rowsOf(circumstance).filter((row) => !section.includes(tableLine(row)));
    expect(missing, circumstance.title).toEqual([]);
  }
});

function tableLine(row: string[]): string {
  return markdownTable([], [row]).split("\n").at(-1)!;
}

test("nothing ends as a defect of tb would", () => {
  for (const { title, outcomes } of circumstances) {
    for (const { command, code, stdout, stderr } of outcomes) {
      const where = `${title}: tb ${command}\n${stdout}\n${stderr}`;
      expect(code, where).not.toBe(1);
      expect(code, where).not.toBeNull();
      expect(`${stdout}${stderr}`, where).not.toMatch(/Unexpected error|^\s+at .*:\d+:\d+|EPIPE|ERR_/m);
      if (code === 0 || code === 130) expect(stderr, where).not.toContain("✖");
      else expect(stdout + stderr, where).toMatch(new RegExp(`exit ${code}$|"ok": false`, "m"));
    }
  }
});

test("a full disk is a reason to wait, and never in the way of looking", () => {
  const outcomes = circumstances.find(({ title }) => title === FULL_DISK)?.outcomes ?? [];
  for (const { command, code } of outcomes) expect([0, 3, 6, 9, 75, 130], command).toContain(code);
  const writing = outcomes.filter(({ command }) =>
    /^(create .*NEW|apply|verify|config set|db backup|db start)/.test(command),
  );
  for (const { command, code } of writing) expect(code, command).toBe(75);
});

test("a mistyped name is never taken for another, and never ends well", () => {
  for (const { command, code, stderr } of of("The wrong project or run")) {
    expect(code, command).toBe(5);
    if (command.includes("PROJECT")) expect(stderr).toContain('Did you mean "todo-api"?');
  }
});

test("without a terminal nothing is asked: it is named what is missing", () => {
  for (const { command, code, stderr } of of("No terminal")) {
    if (code === 2) expect(stderr, command).toMatch(/ (is|are) missing\.|^✖ Which project\?/);
    else expect([0, 5, 6], command).toContain(code);
  }
});

describe("what --json prints", () => {
  test("keeps the schemas of the envelope and of the command's data", () => {
    const envelope = compile("envelope");
    const items = new Set<string>();
    for (const { command, code, stdout } of of("--json")) {
      if (stdout.startsWith('{"')) {
        const [name = ""] = command.split(" ");
        const item = compile(`${name}.item`);
        for (const line of stdout.trim().split("\n")) expect(item(JSON.parse(line)), explain(command, item)).toBe(true);
        items.add(name);
        continue;
      }
      const answer = JSON.parse(stdout) as { ok: boolean; data: unknown; metadata: { command: string } };
      expect(envelope(answer), explain(command, envelope)).toBe(true);
      expect(answer.ok, command).toBe(code === 0);
      const data = compile(fileStem(answer.metadata.command.replaceAll(" ", ":")));
      if (answer.ok) expect(data(answer.data), explain(command, data)).toBe(true);
    }
    expect([...items].toSorted()).toEqual(["activity", "dev", "logs"]);
  });
});

type Validator = ReturnType<Ajv["compile"]>;

function compile(name: string): Validator {
  const id = `docs/schemas/${name}.json`;
  return ajv.getSchema(id) ?? ajv.compile({ ...JSON.parse(readFileSync(join(packageRoot(), id), "utf8")), $id: id });
}

function explain(command: string, { errors }: Validator): string {
  return `tb ${command}: ${ajv.errorsText(errors)}`;
}
