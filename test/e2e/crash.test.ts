// The short form of `npm run faults`: a create killed at the start of the phases that make most, and at random; full disks.
import { glob, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { fullDisks } from "../../bench/faults/disk.ts";
import { sandboxFolders } from "../../src/adapters/sandbox/sandbox-place.ts";
import { crashAndResume, createAndKill, leftovers } from "../helpers/crash.ts";
import { problemsOf } from "../helpers/faults/trial.ts";
import { MAY_MOUNT } from "../helpers/small-disk.ts";
import { removeTbHome, tb, tbData } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

/** Of full disks: that of the databases while the project is verified, and tb's own while it is pushed and deployed. */
const SEEDS = [7, 22];

let home: string;

beforeAll(async () => {
  home = await readyHome();
});
afterAll(() => removeTbHome(home));

test.each(["run-agent", "deploy"])(
  "a create killed as %s begins is finished by resume, with nothing lost, doubled or left behind",
  async (phase) => {
    const crash = await crashAndResume(home, `killed-at-${phase}`, { phase });
    expect(crash).toMatchObject({ killed: true, problems: [] });
  },
);

test("a create killed at a random moment is finished by resume", async () => {
  const { problems } = await crashAndResume(home, "killed-at-random", { afterMs: 300 + Math.random() * 4000 });
  expect(problems).toEqual([]);
});

test("a create killed while it removes its sandbox is finished by resume", async () => {
  const { runId } = await createAndKill(home, "killed-at-the-end", { phase: "record" });
  let removed = 0;
  for (const folder of await sandboxFolders({ home })) {
    for await (const file of glob(join(folder, "*", "work", "package.json"))) {
      await rm(file);
      removed += 1;
    }
  }
  expect(removed).toBe(1);
  await tbData(home, ["resume", runId!]);
  expect(await leftovers(home, ["killed-at-the-end"])).toEqual([]);
  await tbData(home, ["destroy", "killed-at-the-end", "--confirm", "killed-at-the-end"]);
});

test.skipIf(!MAY_MOUNT)("creates whose disk runs full are finished by resume once there is room", async () => {
  const problems: string[] = [];
  await fullDisks.tryAll(
    inject("sharedCache"),
    SEEDS,
    (_seed, trial) => problems.push(...problemsOf(trial)),
    new AbortController().signal,
  );
  expect(problems).toEqual([]);
});

test("a parked create can be cancelled, and then nothing is left of it", async () => {
  const { runId } = await createAndKill(home, "cancelled", { check: "endpoints" });
  const { released } = await tbData<{ released: string[] }>(home, ["cancel", runId!]);
  const kinds = released.map((resource) => resource.split(" ")[0]);
  expect(kinds).toEqual(expect.arrayContaining(["sandbox", "database", "work-database", "git-directory"]));
  expect(kinds.slice(kinds.indexOf("database"))).toContain("database-roles"); // after what their roles own
  expect(kinds.at(-1)).toBe("project");
  expect(await leftovers(home, [])).toEqual([]);
  expect((await tb(home, ["resume", runId!])).code).toBe(9);
});

test("of two creates of one name at once, one wins and the other exits 9 and leaves nothing", async () => {
  const args = ["create", "notes(title)", "--name", "twins", "--no-deploy", "--json"];
  const codes = (await Promise.all([tb(home, args), tb(home, args)])).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set([0, 9]));
  expect(await leftovers(home, ["twins"])).toEqual([]);
  await tbData(home, ["destroy", "twins", "--confirm", "twins"]);
});
