// docs/mutations.md is made by `npm run docs`.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/package-root.ts";
import { SUBJECTS } from "../verify/mutations/index.ts";
import { PAGE } from "../verify/mutations/page.ts";

test("the page lists exactly the mutations that are tried, each once", async () => {
  const page = await readFile(join(packageRoot(), PAGE), "utf8");
  const listed = [...page.matchAll(/^\| ([\w-]+) \| .* \| .* \| `.*` \|$/gm)].map(([, name]) => name);
  const names = SUBJECTS.flatMap(([, list]) => list.map(({ name }) => name));
  expect(listed).toEqual([...new Set(names)]);
});
