// `tb cleanup` asks in a terminal, and does nothing when it is not told to.
import { existsSync } from "node:fs";
import { mkdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeTbHome, tbData } from "../helpers/tb.ts";
import { ENTER, openTerminal } from "../helpers/terminal.ts";
import { readyHome } from "../helpers/homes.ts";

let home: string;
let old: string;

beforeAll(async () => {
  home = await readyHome();
  await tbData(home, ["db", "start"]);
  old = join(home, "sandboxes", "sbx_0000000000");
  await mkdir(old, { recursive: true });
  await utimes(old, 0, 0);
});
afterAll(() => removeTbHome(home));

test("shows what would go, asks, and goes on only when told to", async () => {
  const refusing = openTerminal(home, ["cleanup"]);
  await refusing.shows("sbx_0000000000");
  await refusing.shows("Go on?");
  refusing.type(ENTER); // no, which is what it suggests
  expect((await refusing.ended()).code).toBe(6);
  expect(existsSync(old)).toBe(true);
  const agreeing = openTerminal(home, ["cleanup"]);
  await agreeing.shows("Go on?");
  agreeing.type(`y${ENTER}`);
  const { code, screen } = await agreeing.ended();
  expect(code).toBe(0);
  expect(screen).toContain("Cleaned up 1 thing");
  expect(existsSync(old)).toBe(false);
});
