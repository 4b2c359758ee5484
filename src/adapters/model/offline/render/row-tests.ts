// Tests of what works: create, read, list, filter, change, delete.
import type { Column, Plan, Table } from "../../../../plan/plan.ts";
import { bodyFunction, createFunction, isMade } from "./factories-file.ts";
import { filterColumns, sortColumns } from "../../../../plan/listing.ts";
import { tableOf } from "./plan-tables.ts";
import { hasOperation, isRequired, ownColumns } from "./plan-tables.ts";
import { callLine, inlineLiteral, listCall, property } from "./source.ts";
import { otherSample, sample } from "./test-values.ts";
import { typeName } from "./type-names.ts";

/** The path of the table's endpoint of a kind, with `id` as an expression in place of {id}. */
export function pathOf(
  plan: Plan,
  table: Table,
  kind: "list" | "create" | "get" | "update" | "delete" | "delete-all",
  id = "row.id",
): string {
  const endpoint = plan.endpoints.find(({ operation }) => operation.kind === kind && operation.table === table.name);
  return expression(endpoint?.path ?? "", id);
}

export function expression(path: string, id: string): string {
  return path.includes("{id}") ? `\`${path.replace("{id}", `\${${id}}`)}\`` : `"${path}"`;
}

export function rowTests(plan: Plan, table: Table): string[] {
  const has = (kind: Parameters<typeof hasOperation>[2]) => hasOperation(plan, table, kind);
  return [
    ...(has("get") ? [createAndRead(plan, table)] : []),
    ...defaults(table),
    ...(has("list") ? [pages(plan, table)] : []),
    ...(has("list") ? [sorting(plan, table)] : []),
    ...(has("list") ? filterColumns(table).flatMap((column) => filter(plan, table, column)) : []),
    ...(has("update") ? [...change(plan, table), ...emptying(plan, table)] : []),
    ...(has("delete") ? [remove(plan, table, has("get"))] : []),
  ];
}

/** Whether a column can be filled by the tests: not with a reference to rows that they cannot make. */
function isFillable(plan: Plan, column: Column): boolean {
  if (!column.references) return true;
  const parent = tableOf(plan, column.references.table);
  return isMade(plan, parent);
}

export function valueOf(plan: Plan, column: Column): string {
  if (!column.references) return sample(column);
  return `(await ${createFunction(tableOf(plan, column.references.table))}()).id`;
}

/** `await newTask({…})`, or without await where it makes nothing else. */
export function newBody(table: Table, given = ""): string {
  const waits = ownColumns(table).some((column) => isRequired(column) && column.references);
  return `${waits ? "await " : ""}${bodyFunction(table)}(${given})`;
}

function createAndRead(plan: Plan, table: Table): string {
  const type = typeName(table);
  const optional = ownColumns(table).filter((column) => !isRequired(column) && isFillable(plan, column));
  const properties = optional.map((column) => `${column.name}: ${valueOf(plan, column)}`);
  const given = properties.length > 0 ? object("    ", properties) : "";
  return `  it("are created and read back", async () => {
    const sent = ${newBody(table, given)};
${callLine("    ", `const created = await call<${type}>`, [`"POST"`, pathOf(plan, table, "create"), "sent"], ";")}
    assert.equal(created.status, 201);
    assert.match(created.body.id, /^[\\w-]{21}$/);
${callLine("    ", "assert.equal", [`created.headers.get("location")`, pathOf(plan, table, "get", "created.body.id")], ";")}
    assert.deepEqual({ ...created.body, ...sent }, created.body);
${callLine("    ", `const read = await call<${type}>`, [`"GET"`, pathOf(plan, table, "get", "created.body.id")], ";")}
    assert.equal(read.status, 200);
    assert.deepEqual(read.body, created.body);
  });`;
}

function defaults(table: Table): string[] {
  const optional = ownColumns(table).filter((column) => !isRequired(column) && column.default !== "now");
  if (optional.length === 0) return [];
  const lines = optional.map(({ name, default: value }) =>
    callLine("    ", "assert.equal", [`row.${name}`, inlineLiteral(value)], ";"),
  );
  return [
    `  it("get a default for what is left out", async () => {
    const row = await ${createFunction(table)}();
${lines.join("\n")}
  });`,
  ];
}

function pages(plan: Plan, table: Table): string {
  const type = typeName(table);
  return `  it("are listed page by page, newest first, each once", async () => {
    const made = await Promise.all([1, 2, 3].map(() => ${createFunction(table)}()));
${callLine("    ", `const seen = await readAll<${type}>`, [pathOf(plan, table, "list")], ";")}
    for (const { id } of made) assert.equal(seen.filter((row) => row.id === id).length, 1);
    const times = seen.map((row) => row.created_at);
    const newestFirst = times.toSorted((a, b) => b - a);
    assert.deepEqual(times, newestFirst);
  });`;
}

/** Up and down are the same rows in reverse; what the order is, the prober looks at. */
function sorting(plan: Plan, table: Table): string {
  const type = typeName(table);
  const columns = ["created_at", ...sortColumns(table).map(({ name }) => name)].map((name) => `"${name}"`);
  const path = pathOf(plan, table, "list");
  return `  it("are sorted both ways", async () => {
    const made = await Promise.all([1, 2, 3].map(() => ${createFunction(table)}()));
    const ids = new Set(made.map(({ id }) => id));
${listCall("    ", "for (const column of ", columns, ") {")}
${callLine("      ", `const rising = await readAll<${type}>`, [path, "`limit=50&sort=${column}`"], ";")}
${callLine("      ", `const falling = await readAll<${type}>`, [path, "`limit=50&sort=-${column}`"], ";")}
      const up = rising.map(({ id }) => id).filter((id) => ids.has(id));
      const down = falling.map(({ id }) => id).filter((id) => ids.has(id));
      assert.equal(up.length, 3);
      assert.deepEqual(down, up.toReversed());
    }
  });`;
}

/** Only rows with the value, the one that was just made among them. */
function filter(plan: Plan, table: Table, column: Column): string[] {
  if (!isFillable(plan, column)) return [];
  const type = typeName(table);
  const { name } = column;
  const path = pathOf(plan, table, "list").slice(1, -1);
  const given = isRequired(column) ? "" : object("    ", [`${name}: ${valueOf(plan, column)}`]);
  const url = `\`${path}?limit=100&${name}=\${encodeURIComponent(String(row.${name}))}\``;
  return [
    `  it("are filtered by ${name}", async () => {
    const row = await ${createFunction(table)}(${given});
${callLine("    ", `const { status, body } = await call<Page<${type}>>`, ['"GET"', url], ";")}
    assert.equal(status, 200);
    assert.ok(body.items.some((item) => item.id === row.id));
    const values = new Set(body.items.map((item) => item.${name}));
    assert.deepEqual([...values], [row.${name}]);
  });`,
  ];
}

/** The first column that can change, sent alone. */
function change(plan: Plan, table: Table): string[] {
  const type = typeName(table);
  const changeable = ownColumns(table).filter((column) => isFillable(plan, column));
  const column =
    changeable.find((candidate) => !candidate.references && otherSample(candidate)) ??
    changeable.find(({ references }) => references);
  if (!column) return [];
  const value = column.references ? valueOf(plan, column) : otherSample(column)!;
  return [
    `  it("change only in what is sent", async () => {
    const row = await ${createFunction(table)}();
    const changes = ${object("    ", [`${column.name}: ${value}`])};
${callLine("    ", `const { status, body } = await call<${type}>`, ['"PATCH"', pathOf(plan, table, "update"), "changes"], ";")}
    assert.equal(status, 200);
    assert.deepEqual(body, { ...row, ...changes, updated_at: body.updated_at });
    assert.ok(body.updated_at >= row.updated_at);
  });`,
  ];
}

function emptying(plan: Plan, table: Table): string[] {
  const nullable = ownColumns(table).filter((column) => column.nullable && isFillable(plan, column));
  if (nullable.length === 0) return [];
  const full = object(
    "    ",
    nullable.map((column) => `${column.name}: ${valueOf(plan, column)}`),
  );
  const empty = object(
    "    ",
    nullable.map(({ name }) => `${name}: null`),
  );
  return [
    `  it("can lose what is optional", async () => {
    const row = await ${createFunction(table)}(${full});
    const changes = ${empty};
${callLine("    ", `const { status, body } = await call<${typeName(table)}>`, ['"PATCH"', pathOf(plan, table, "update"), "changes"], ";")}
    assert.equal(status, 200);
    assert.deepEqual(body, { ...row, ...changes, updated_at: body.updated_at });
  });`,
  ];
}

function remove(plan: Plan, table: Table, readable: boolean): string {
  const path = pathOf(plan, table, "delete");
  const gone = readable ? `    assert.equal((await call("GET", path)).status, 404);\n` : "";
  return `  it("are gone once they are deleted", async () => {
    const row = await ${createFunction(table)}();
    const path = ${path};
    const deleted = await call<undefined>("DELETE", path);
    assert.equal(deleted.status, 204);
    assert.equal(deleted.body, undefined);
${gone}    assert.equal((await call("DELETE", path)).status, 404);
  });`;
}

/** An object literal of `name: value` texts: on one line when it is short, otherwise with one property a line. */
export function object(indent: string, properties: string[]): string {
  const line = `{ ${properties.join(", ")} }`;
  if (line.length <= 40) return line;
  const lines = properties.map((text) => {
    const colon = text.indexOf(": ");
    return property(`${indent}  `, text.slice(0, colon), text.slice(colon + 2));
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}
