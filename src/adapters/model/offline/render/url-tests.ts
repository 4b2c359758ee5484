// Tests of the absolute url of a row.
import type { Plan, Table } from "../../../../plan/plan.ts";
import { createFunction } from "./factories-file.ts";
import { hasOperation } from "./plan-tables.ts";
import { pathOf } from "./row-tests.ts";
import { callLine } from "./source.ts";
import { typeName } from "./type-names.ts";

/** For tables whose rows the tests can make. */
export function urlTests(plan: Plan, table: Table): string[] {
  if (!hasOperation(plan, table, "get")) return [];
  const path = pathOf(plan, table, "get");
  return [
    `  it("have an absolute url, below PUBLIC_URL where that is set", async () => {
    const row = await ${createFunction(table)}();
    assert.equal(new URL(row.url).pathname, ${path});
    process.env.PUBLIC_URL = "https://api.example.com/v1/";
    try {
${callLine("      ", `const { body } = await call<${typeName(table)}>`, ['"GET"', path], ";")}
      assert.equal(body.url, \`https://api.example.com/v1${path.slice(1)});
    } finally {
      delete process.env.PUBLIC_URL;
    }
  });`,
  ];
}
