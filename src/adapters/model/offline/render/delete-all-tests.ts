// Tests of the deletion of a whole collection, or of what a filter matches.
import { filterColumns } from "../../../../plan/listing.ts";
import type { Column, Plan, Table } from "../../../../plan/plan.ts";
import { createFunction, isMade } from "./factories-file.ts";
import { hasOperation, holders, isRequired } from "./plan-tables.ts";
import { object, pathOf, valueOf } from "./row-tests.ts";
import { callLine } from "./source.ts";

/** For tables whose rows the tests can make. */
export function deleteAllTests(plan: Plan, table: Table): string[] {
  if (!hasOperation(plan, table, "delete-all") || !hasOperation(plan, table, "get")) return [];
  const held = holders(plan, table).find(({ table: child }) => child !== table && isMade(plan, child));
  const column = ownFilter(plan, table);
  return [
    misspelt(plan, table),
    ...(column ? [matching(plan, table, column)] : []),
    ...(held ? [refused(plan, table, held)] : []),
    ...(!held && holders(plan, table).length === 0 ? [everything(plan, table)] : []),
  ];
}

/** A filter that matches only rows of this test. */
function ownFilter(plan: Plan, table: Table): Column | undefined {
  return filterColumns(table).find(({ unique, references }) => {
    const parent = plan.tables.find(({ name }) => name === references?.table);
    return parent ? parent !== table && isMade(plan, parent) : unique;
  });
}

function remove(plan: Plan, table: Table, query: string): string {
  const path = pathOf(plan, table, "delete-all");
  return callLine(
    "    ",
    "const { status } = await call<unknown>",
    ['"DELETE"', query ? `\`${path.slice(1, -1)}?${query}\`` : path],
    ";",
  );
}

function read(plan: Plan, table: Table, row: string, status: number): string {
  const path = pathOf(plan, table, "get", `${row}.id`);
  return `    assert.equal((await call<unknown>("GET", ${path})).status, ${status});`;
}

function misspelt(plan: Plan, table: Table): string {
  return `  it("are not deleted by a query that is wrong", async () => {
    const row = await ${createFunction(table)}();
    for (const query of ["limit=1", "no_such_field=1"${table.search ? ', "q="' : ""}]) {
      const { status } = await call("DELETE", \`${pathOf(plan, table, "delete-all").slice(1, -1)}?\${query}\`);
      assert.equal(status, 400, query);
    }
${read(plan, table, "row", 200)}
  });`;
}

function matching(plan: Plan, table: Table, column: Column): string {
  const { name } = column;
  const given = isRequired(column) ? "" : object("    ", [`${name}: ${valueOf(plan, column)}`]);
  return `  it("are deleted together when their ${name} matches", async () => {
    const row = await ${createFunction(table)}(${given});
    const other = await ${createFunction(table)}();
${remove(plan, table, `${name}=\${encodeURIComponent(String(row.${name}))}`)}
    assert.equal(status, 204);
${read(plan, table, "row", 404)}
${read(plan, table, "other", 200)}
  });`;
}

function refused(plan: Plan, table: Table, { table: child, column }: { table: Table; column: Column }): string {
  return `  it("all stay while one of them is still in use", async () => {
    const row = await ${createFunction(table)}();
    await ${createFunction(child)}(${object("    ", [`${column.name}: row.id`])});
${remove(plan, table, "")}
    assert.equal(status, 409);
${read(plan, table, "row", 200)}
  });`;
}

function everything(plan: Plan, table: Table): string {
  return `  it("are deleted all at once", async () => {
    const rows = [await ${createFunction(table)}(), await ${createFunction(table)}()];
${remove(plan, table, "")}
    assert.equal(status, 204);
    for (const row of rows) {
  ${read(plan, table, "row", 404)}
    }
  });`;
}
