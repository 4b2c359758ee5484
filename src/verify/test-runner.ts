// How a project's tests are run: Node's arguments, and the files that the run leaves.

export const PATTERN = "tests/**/*.test.ts";

/** Not listed, not committed. Files, because the tests share stdout with the report otherwise. */
const FOLDER = "node_modules/.cache/tb";
export const REPORT = `${FOLDER}/tests.tap`;
/** Lines and functions of server/ that ran. */
export const LCOV = `${FOLDER}/tests.lcov`;
/** Names of the tests that passed and asserted nothing, as JSON. */
export const ASSERTIONS = `${FOLDER}/assertions.json`;

/** Every test in one process, like the project's own scripts/test.ts: a process a file takes several times as long. Not
 * node's `--test-isolation=none`, which passes over an error that a file throws once its tests are registered. No test
 * begins before all files are loaded: when none is waiting, node:test takes the run for finished.
 *
 * Assertions are counted where a test takes `assert.equal` from node:assert, from the beginning of each test by its name: its
 * steps are tests too, and may run side by side. What it gets is the very function, so that
 * messages and stacks stay what they are. */
const RUN_ALL = `
import assert from "node:assert";
import { writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { resolve } from "node:path";
import { afterEach, before, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
let asserted = 0;
for (const target of [assert, assert.strict]) {
  for (const [name, value] of Object.entries(target)) {
    if (typeof value !== "function" || name === "strict" || /^[A-Z]/.test(name)) continue;
    Object.defineProperty(target, name, { configurable: true, enumerable: true, get: () => (asserted++, value) });
  }
}
const since = new Map();
const hollow = [];
beforeEach((t) => { since.set(t.fullName, asserted); });
afterEach((t) => { if (t.passed && asserted === since.get(t.fullName)) hollow.push(t.fullName); });
process.on("exit", () => writeFileSync(${JSON.stringify(ASSERTIONS)}, JSON.stringify(hollow)));
const files = [];
for await (const file of glob(${JSON.stringify(PATTERN)})) files.push(file);
const loaded = load();
before(() => loaded);
await loaded;
async function load() {
  for (const file of files.sort()) {
    try {
      await import(pathToFileURL(resolve(file)).href);
    } catch (error) {
      test(file, () => { throw error; });
    }
  }
}`;

export const TESTS = [
  "--test-reporter=tap",
  `--test-reporter-destination=${REPORT}`,
  "--experimental-test-coverage",
  "--test-coverage-include=server/**",
  "--test-reporter=lcov",
  `--test-reporter-destination=${LCOV}`,
  "--input-type=module",
  `--eval=${RUN_ALL}`,
];
