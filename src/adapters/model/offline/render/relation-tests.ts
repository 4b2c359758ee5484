// Tests of what ties tables together: lists below a parent, and what the deletion of a row does to those that refer to it.
import type { Column, Endpoint, Plan, Table } from "../../../../plan/plan.ts";
import { createFunction, isMade } from "./factories-file.ts";
import { referrers, tableOf } from "./plan-tables.ts";
import { embeddable } from "./relations-file.ts";
import { expression, object, pathOf } from "./row-tests.ts";
import { hasOperation } from "./plan-tables.ts";
import { callLine } from "./source.ts";
import { spoken, typeName } from "./type-names.ts";

export function relationTests(plan: Plan, table: Table): string[] {
  const nested = plan.endpoints.filter(
    ({ operation }) => operation.kind === "nested-list" && operation.table === table.name,
  );
  return [
    ...nested.flatMap((endpoint) => nestedList(plan, table, endpoint)),
    ...(isMade(plan, table) ? embedding(plan, table) : []),
    ...(hasOperation(plan, table, "delete") && isMade(plan, table)
      ? referrers(plan, table).flatMap((referrer) => deletion(plan, table, referrer))
      : []),
  ];
}

function nestedList(plan: Plan, table: Table, { path, operation }: Endpoint): string[] {
  if (operation.kind !== "nested-list") return [];
  const parent = tableOf(plan, operation.parent);
  const unknown = callLine("    ", "const { status } = await call", ['"GET"', expression(path, "UNKNOWN_ID")], ";");
  const missing = `  it("are not listed for ${path} of nobody", async () => {\n${unknown}\n    assert.equal(status, 404);\n  });`;
  if (!isMade(plan, table) || !isMade(plan, parent)) return [missing];
  const type = typeName(table);
  return [
    missing,
    `  it("are listed for ${path}", async () => {
    const parent = await ${createFunction(parent)}();
    const row = await ${createFunction(table)}(${object("    ", [`${operation.column}: parent.id`])});
    await ${createFunction(table)}();
${callLine("    ", `const { status, body } = await call<Page<${type}>>`, ['"GET"', expression(path, "parent.id")], ";")}
    assert.equal(status, 200);
    assert.deepEqual(body.items, [row]);
    assert.equal(body.next_cursor, null);
  });`,
  ];
}

/** `include` brings along what a row refers to, and nothing does without it. */
function embedding(plan: Plan, table: Table): string[] {
  const type = typeName(table);
  if (!hasOperation(plan, table, "get")) return [];
  const relations = embeddable(plan, table).filter((relation) => isMade(plan, tableOf(plan, relation.table)));
  return relations.flatMap(({ name, column, table: target }) => {
    const parent = `(await ${createFunction(tableOf(plan, target))}()).id`;
    const given = column.nullable ? object("    ", [`${column.name}: ${parent}`]) : "";
    const path = pathOf(plan, table, "get");
    const url = `${path.slice(0, -1)}?include=${name}\``;
    return [
      `  it("bring ${name} along when it is asked for", async () => {
    const row = await ${createFunction(table)}(${given});
${callLine("    ", `const plain = await call<${type}>`, ['"GET"', path], ";")}
    assert.deepEqual(plain.body, row);
${callLine("    ", `const { status, body } = await call<{ ${name}: { id: string } }>`, ['"GET"', url], ";")}
    assert.equal(status, 200);
${callLine("    ", "assert.equal", [`body.${name}.id`, `row.${column.name}`], ";")}
  });`,
    ];
  });
}

function deletion(plan: Plan, table: Table, { table: child, column }: { table: Table; column: Column }): string[] {
  if (!isMade(plan, child) || !hasOperation(plan, child, "get")) return [];
  const start = `    const row = await ${createFunction(table)}();
    const other = await ${createFunction(child)}(${object("    ", [`${column.name}: row.id`])});
${callLine("    ", "const deleted = await call", ['"DELETE"', pathOf(plan, table, "delete")], ";")}`;
  const read = callLine(
    "    ",
    `const read = await call<${typeName(child)}>`,
    ['"GET"', pathOf(plan, child, "get", "other.id")],
    ";",
  );
  const rows = `${spoken(child.name)} whose ${column.name} names them`;
  const action = column.references?.onDelete;
  if (action === "cascade")
    return [test(`take the ${rows} along`, [start, status("deleted", 204), read, status("read", 404)])];
  if (action !== "set null")
    return [test(`stay while there are ${rows}`, [start, status("deleted", 409), read, status("read", 200)])];
  const released = `    assert.equal(read.body.${column.name}, null);`;
  return [test(`leave the ${rows}`, [start, status("deleted", 204), read, status("read", 200), released])];
}

function status(answer: string, expected: number): string {
  return `    assert.equal(${answer}.status, ${expected});`;
}

function test(title: string, lines: string[]): string {
  return `  it("${title}", async () => {\n${lines.join("\n")}\n  });`;
}
