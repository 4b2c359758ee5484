// Tests of what `q` finds in a list.
import { searchColumns } from "../../../../plan/listing.ts";
import type { Column, Plan, Table } from "../../../../plan/plan.ts";
import { createFunction } from "./factories-file.ts";
import { hasOperation } from "./plan-tables.ts";
import { object, pathOf } from "./row-tests.ts";
import { callLine } from "./source.ts";
import { typeName } from "./type-names.ts";

/** Characters that a column needs for a text with a word that no other row has. */
const ROOM = 60;

/** For tables whose rows the tests can make. */
export function searchTests(plan: Plan, table: Table): string[] {
  if (!hasOperation(plan, table, "list")) return [];
  const columns = searchColumns(table).filter(({ maxLength = ROOM }) => maxLength >= ROOM);
  const paged = columns.find(({ type, unique }) => type !== "email" && !unique);
  return [...columns.map((column) => found(plan, table, column)), ...(paged ? [pages(plan, table, paged)] : [])];
}

/** A value with the word in it, and the query that finds it: an address is a word of its own. */
function sampleWith({ type }: Column): { text: string; query: string } {
  if (type === "email") return { text: "`${word}@example.com`", query: "${word}@example.com" };
  return { text: "`The ${word.toUpperCase()}, once more.`", query: "${word}" };
}

const WORD = "    const word = `w${randomInt(2 ** 40)}`;";

function found(plan: Plan, table: Table, column: Column): string {
  const path = pathOf(plan, table, "list").slice(1, -1);
  const { text, query } = sampleWith(column);
  const type = typeName(table);
  return `  it("are found by the words of ${column.name}", async () => {
${WORD}
    const row = await ${createFunction(table)}(${object("    ", [`${column.name}: ${text}`])});
    await ${createFunction(table)}();
${callLine("    ", `const { status, body } = await call<Page<${type}>>`, ['"GET"', `\`${path}?q=${query}\``], ";")}
    assert.equal(status, 200);
    assert.deepEqual(body.items, [row]);
${callLine("    ", `const both = await call<Page<${type}>>`, ['"GET"', `\`${path}?q=${query}%20no\${word}\``], ";")}
    assert.deepEqual(both.body.items, []);
  });`;
}

function pages(plan: Plan, table: Table, column: Column): string {
  const { text, query } = sampleWith(column);
  const asked = `\`limit=2&sort=created_at&q=${query}\``;
  return `  it("are found page by page", async () => {
${WORD}
    const given = ${object("    ", [`${column.name}: ${text}`])};
    const made = await Promise.all([1, 2, 3].map(() => ${createFunction(table)}(given)));
${callLine("    ", `const seen = await readAll<${typeName(table)}>`, [pathOf(plan, table, "list"), asked], ";")}
    const ids = made.map(({ id }) => id).toSorted();
    const found = seen.map(({ id }) => id).toSorted();
    assert.deepEqual(found, ids);
  });`;
}
