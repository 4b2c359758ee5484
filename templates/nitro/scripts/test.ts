// Runs every test in this one process: one for each file takes several times as long. node scripts/test.ts [file…]
import { glob } from "node:fs/promises";
import { resolve } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";

const files = process.argv.slice(2);
if (files.length === 0) for await (const file of glob("tests/**/*.test.ts")) files.push(file);

// No test begins before all files are loaded: when none is waiting, node:test takes the run for finished.
const loaded = load();
before(() => loaded);
await loaded;

async function load(): Promise<void> {
  for (const file of files.toSorted()) {
    try {
      await import(pathToFileURL(resolve(file)).href);
    } catch (error) {
      test(file, () => {
        throw error;
      });
    }
  }
}
