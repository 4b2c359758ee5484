// Tests of rows that stay in their table when they are deleted.
import type { Plan, Table } from "../../../../plan/plan.ts";
import { identifier } from "../../../../plan/sql-identifiers.ts";
import { createFunction, isMade } from "./factories-file.ts";
import { hasOperation, ownColumns, referrers } from "./plan-tables.ts";
import { newBody, object, pathOf } from "./row-tests.ts";
import { callLine, statementLine } from "./source.ts";
import { typeName } from "./type-names.ts";

/** For tables whose rows the tests can make. */
export function softDeleteTests(plan: Plan, table: Table): string[] {
  if (!hasOperation(plan, table, "delete")) return [];
  return [kept(plan, table), ...freed(plan, table), ...referredTo(plan, table)];
}

function deleteRow(plan: Plan, table: Table): string {
  return `    const row = await ${createFunction(table)}();
${callLine("    ", "await call<undefined>", ['"DELETE"', pathOf(plan, table, "delete")], ";")}`;
}

function kept(plan: Plan, table: Table): string {
  const type = typeName(table);
  const query = `select deleted_at from ${identifier(table.name)} where id = \${row.id}`;
  const listed = hasOperation(plan, table, "list")
    ? `\n${callLine("    ", `const listed = await readAll<${type}>`, [pathOf(plan, table, "list"), '"limit=100"'], ";")}
    assert.ok(!listed.some(({ id }) => id === row.id));`
    : "";
  return `  it("stay in the table when they are deleted, where nobody sees them", async () => {
${deleteRow(plan, table)}
${statementLine("    ", "const kept = await one<{ deleted_at: number | null }>", query)}
    assert.ok(kept.deleted_at);${listed}
  });`;
}

function freed(plan: Plan, table: Table): string[] {
  const unique = ownColumns(table).filter(
    ({ unique: alone, nullable, references }) => alone && !nullable && !references,
  );
  if (!hasOperation(plan, table, "create")) return [];
  return unique.map(
    ({ name }) => `  it("can have the ${name} of one that was deleted", async () => {
${deleteRow(plan, table)}
    const body = ${newBody(table, object("    ", [`${name}: row.${name}`]))};
${callLine("    ", "const { status } = await call", ['"POST"', pathOf(plan, table, "create"), "body"], ";")}
    assert.equal(status, 201);
  });`,
  );
}

/** Of each table that refers to it, once. */
function referredTo(plan: Plan, table: Table): string[] {
  const children = referrers(plan, table).filter(
    ({ table: child, column }) =>
      column.type === "reference" && isMade(plan, child) && hasOperation(plan, child, "create"),
  );
  return children.map(
    ({
      table: child,
      column,
    }) => `  it("are no ${column.name.replace(/_id$/, "").replaceAll("_", " ")} of new ${child.name.replaceAll("_", " ")} once they are deleted", async () => {
${deleteRow(plan, table)}
    const body = ${newBody(child, object("    ", [`${column.name}: row.id`]))};
${callLine("    ", "const { status } = await call", ['"POST"', pathOf(plan, child, "create"), "body"], ";")}
    assert.equal(status, 409);
  });`,
  );
}
