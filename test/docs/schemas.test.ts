// What programs read keeps its schemas: errors, events of commands with and without a run. (Data of every command:
// test/e2e/outcomes.test.ts.)
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/package-root.ts";
import { removeTbHome, tb } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

let home: string;
const ajv = new Ajv({ allowUnionTypes: true });

beforeAll(async () => {
  home = await readyHome();
});
afterAll(() => removeTbHome(home));

async function check(schema: string, value: unknown): Promise<void> {
  const id = `docs/schemas/${schema}.json`;
  const text = await readFile(join(packageRoot(), id), "utf8");
  const validate = ajv.getSchema(id) ?? ajv.compile({ ...JSON.parse(text), $id: id });
  expect(validate(value), `${schema}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value, null, 2)}`).toBe(
    true,
  );
}

interface Line {
  type: string;
  result?: unknown;
  error?: { code: string };
}

/** The lines of `--events`, each by the schema; exactly one of them, the last, closes the stream. */
async function events(...args: string[]): Promise<Line[]> {
  const { stdout } = await tb(home, [...args, "--events"]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  for (const line of lines) await check("event", line);
  expect(lines.findIndex(({ type }) => /^run\.(finished|parked|failed)$/.test(type))).toBe(lines.length - 1);
  return lines;
}

test.each([
  ["an unknown command", ["deplyo"], 2, "usage"],
  ["an unknown flag", ["create", "notes(title)", "--nmae", "x"], 2, "usage"],
  ["a missing argument", ["status"], 2, "usage"],
  ["a project that is not there", ["status", "nope"], 5, "not_found"],
  ["a request that is not understood", ["create", "mail the buyer when it rains", "--plan"], 11, "not_understood"],
])("%s is told in the envelope and as an event", async (_, args, exit, code) => {
  const { stdout, code: ended } = await tb(home, [...args, "--json"]);
  const envelope = JSON.parse(stdout) as { ok: boolean; data: unknown; error: { code: string } };
  await check("envelope", envelope);
  expect(envelope).toMatchObject({ ok: false, data: null, error: { code } });
  expect(ended).toBe(exit);
  const lines = await events(...args);
  expect(lines.at(-1)).toMatchObject({ type: "run.failed", error: { code } });
});

test("a command without a run tells one event, which holds its data", async () => {
  const lines = await events("config", "list");
  expect(lines).toHaveLength(1);
  await check("config-list", lines[0]!.result);
});

test("a run tells events that end in its result", async () => {
  const lines = await events("create", "an API with GET /api/ping that returns pong", "--no-deploy");
  expect(lines.map(({ type }) => type)).toEqual(expect.arrayContaining(["run.started", "phase.finished", "activity"]));
  await check("create", lines.at(-1)!.result);
});
