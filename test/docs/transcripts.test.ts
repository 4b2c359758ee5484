// What the documents show of tb is what it prints, but for ids, times, ports and the like.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { masked, retellDocuments } from "../../bin/docs/transcripts.ts";
import { packageRoot } from "../../src/package-root.ts";

test("the commands in the documents print what stands there (else: npm run transcripts)", async () => {
  for (const [path, text] of await retellDocuments(packageRoot(), inject("sharedCache"))) {
    const written = blocks(await readFile(join(packageRoot(), path), "utf8"));
    expect(written.length, path).toBeGreaterThan(3);
    expect(blocks(text), path).toEqual(written);
  }
}, 900_000);

function blocks(markdown: string): string[] {
  return [...markdown.matchAll(/```console\n.*?```/gs)].map(([block]) => masked(block));
}
