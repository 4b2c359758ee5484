// The pages and schemas in docs/ are made by `npm run docs`; these tests make them again in memory.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { GENERATED_FOLDERS, generateDocs } from "../../bin/docs/generate.ts";
import { packageRoot } from "../../src/package-root.ts";

const root = packageRoot();
let generated: Map<string, string>;

beforeAll(async () => {
  generated = await generateDocs(root);
});

test("every page and schema is up to date (else: npm run docs)", async () => {
  for (const [path, text] of generated) {
    expect(await readFile(join(root, path), "utf8").catch(() => "not there"), path).toBe(text);
  }
});

test("there is no page or schema of a command that is gone", async () => {
  for (const folder of GENERATED_FOLDERS) {
    const known = [...generated.keys()].filter((path) => path.startsWith(`${folder}/`));
    expect((await readdir(join(root, folder))).map((name) => `${folder}/${name}`).toSorted()).toEqual(known.toSorted());
  }
});

/** Data that is a document of its own, where a rule or a place that does not apply is left out. */
const DOCUMENTS: Record<string, string[]> = {
  Column: ["maxLength", "minLength", "minimum", "maximum", "values"],
  Failure: ["file", "line", "endpoint"],
  Table: ["account", "owner", "search", "softDelete", "uniqueTogether", "url"],
  Plan: ["cors"],
};

test("a command's data leaves nothing out: what is not there is null", () => {
  const optional = [...generated]
    .filter(([path]) => path.startsWith("docs/schemas/") && !path.endsWith("/event.json"))
    .flatMap(([path, text]) => leftOut(JSON.parse(text)).map((field) => `${path}: ${field}`));
  expect(optional).toEqual([]);
});

interface Schema {
  properties?: Record<string, Schema>;
  required?: string[];
}

/** Fields that a value may lack. */
function leftOut(schema: Schema, name = ""): string[] {
  const { properties = {}, required = [] } = schema;
  const own = Object.keys(properties).filter((field) => !required.includes(field) && !DOCUMENTS[name]?.includes(field));
  const inner = Object.entries(schema).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? leftOut(value as Schema, key) : [],
  );
  return [...own.map((field) => `${name}.${field}`), ...inner];
}
