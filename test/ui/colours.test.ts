import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { openTerminal } from "../helpers/terminal.ts";

const BIN = new URL("../../bin/run.cjs", import.meta.url).pathname;
const RED = "\u001b[31m✖\u001b[39m";
const WRONG = ["status", "--nope"];

function printed(env: Record<string, string>): string {
  const { FORCE_COLOR: _, NO_COLOR: __, ...rest } = process.env;
  return spawnSync(process.execPath, [BIN, ...WRONG], { env: { ...rest, ...env }, encoding: "utf8" }).stderr;
}

test("without a terminal there are no colours, unless FORCE_COLOR asks for them", () => {
  expect(printed({})).toMatch(/^✖ /);
  expect(printed({ FORCE_COLOR: "1" }).startsWith(RED)).toBe(true);
  expect(printed({ FORCE_COLOR: "0" })).toMatch(/^✖ /);
});

test("a terminal gets colours, unless NO_COLOR forbids them", async () => {
  const [coloured, plain] = [
    openTerminal("/nonexistent", WRONG),
    openTerminal("/nonexistent", WRONG, { NO_COLOR: "1" }),
  ];
  expect((await coloured.ended()).raw).toContain(RED);
  expect((await plain.ended()).raw).not.toContain("\u001b[31m");
});
