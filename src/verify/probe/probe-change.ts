// PATCH and DELETE: what was changed is changed, what was deleted is gone, and nothing else is.
import { withArticle } from "../../plan/endpoints.ts";
import type { Column, Table } from "../../plan/plan.ts";
import { objectOf, shown } from "./prober.ts";
import { differences, endpointFor, type Row, type Rows, writable } from "./rows.ts";
import { invalidValues, unknownId, validValue } from "./values.ts";

const REFUSED = [400, 422] as const;

export async function probeUpdate(rows: Rows, table: Table): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "update", table.name);
  if (!endpoint) return;
  const row = await rows.make(table);
  if (!row) return;
  rows.forget(table, row);
  const id = String(row["id"]);
  const columns = changeable(rows, table, endpoint);
  const changes: Row = {};
  for (const column of columns)
    changes[column.name] = column.type === "reference" ? row[column.name] : validValue(column, 2);
  const what = `a valid change of every field`;
  const answer = await prober.send({ endpoint, what, id, body: changes, expect: prober.success(endpoint) });
  const body = objectOf(answer);
  if (answer && answer.text !== "")
    for (const difference of differences(changes, body ?? {})) prober.fail(endpoint, `${what}: ${difference}.`);
  const stored = await store.row(table.name, id);
  if (answer)
    for (const difference of differences({ ...changes, id, created_at: row["created_at"] }, stored ?? {}))
      prober.fail(endpoint, `${what}: in the database ${difference}.`);
  await probeOneField(rows, table, endpoint, id, columns);
  await probeBadUpdates(rows, table, endpoint, id, columns);
}

/** Columns the contract lets a client change. References may stay as they are; any other column must be among them. */
function changeable({ prober }: Rows, table: Table, endpoint: string): Column[] {
  const { contract } = prober;
  const schema = contract.operations.get(endpoint)?.body;
  const properties = schema ? contract.resolve(schema).properties : undefined;
  if (!properties) return writable(table);
  const left = writable(table).filter(
    (column) => !Object.hasOwn(properties, column.name) && column.type !== "reference",
  );
  for (const column of left)
    prober.fail(endpoint, `openapi.json does not let a client change ${table.name}.${column.name}.`);
  return writable(table).filter((column) => Object.hasOwn(properties, column.name));
}

async function probeOneField(rows: Rows, table: Table, endpoint: string, id: string, columns: Column[]): Promise<void> {
  const { prober, store } = rows;
  const column = columns.find((one) => one.type !== "reference");
  const before = await store.row(table.name, id);
  if (!column || !before) return;
  const change = { [column.name]: validValue(column, 4) };
  const what = `a change of ${column.name} alone`;
  const answer = await prober.send({ endpoint, what, id, body: change, expect: prober.success(endpoint) });
  if (!answer) return;
  const after = (await store.row(table.name, id)) ?? {};
  const { updated_at: _, ...expected } = { ...before, ...change };
  for (const difference of differences(expected, after))
    prober.fail(endpoint, `${what}: in the database ${difference}.`);
}

async function probeBadUpdates(
  rows: Rows,
  table: Table,
  endpoint: string,
  id: string,
  columns: Column[],
): Promise<void> {
  const { prober, store } = rows;
  const before = await store.row(table.name, id);
  const failed = prober.failed();
  for (const column of columns) {
    for (const { value, why } of invalidValues(column)) {
      await prober.send({
        endpoint,
        what: `a change of ${column.name} to ${why}`,
        id,
        body: { [column.name]: value },
        expect: REFUSED,
      });
    }
  }
  const [column] = columns;
  const good = column ? { [column.name]: before?.[column.name] } : {};
  await prober.send({
    endpoint,
    what: "a change of an unknown field",
    id,
    body: { ...good, not_a_field: 1 },
    expect: REFUSED,
  });
  await prober.send({ endpoint, what: "a change of the id", id, body: { ...good, id: unknownId() }, expect: REFUSED });
  await prober.send({
    endpoint,
    what: `a change of ${withArticle(table.singular)} that does not exist`,
    id: unknownId(),
    body: good,
    expect: [404],
  });
  await prober.send({ endpoint, what: "a malformed id", id: "not an id", body: good, expect: [400, 404, 422] });
  const after = await store.row(table.name, id);
  if (prober.failed() > failed) return;
  for (const difference of differences(before ?? {}, after ?? {}))
    prober.fail(endpoint, `a change that was refused was made all the same: ${difference}.`);
}

export async function probeDelete(rows: Rows, table: Table): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "delete", table.name);
  if (!endpoint) return;
  await prober.send({ endpoint, what: "a malformed id", id: "not an id", expect: [400, 404, 422] });
  const row = await rows.make(table);
  if (!row) return;
  rows.forget(table, row);
  const id = String(row["id"]);
  const before = await store.count(table.name);
  const answer = await prober.send({
    endpoint,
    what: `${withArticle(table.singular)} that exists`,
    id,
    expect: prober.success(endpoint),
  });
  if (answer) {
    if (await store.row(table.name, id))
      return prober.fail(endpoint, `it answered ${answer.status}, but the row is still in the table.`);
    const gone = before - (await store.count(table.name));
    if (gone !== 1) prober.fail(endpoint, `deleting one ${table.singular} removed ${gone} rows of ${table.name}.`);
    await prober.send({ endpoint, what: `the same ${table.singular} again`, id, expect: [404] });
    const get = endpointFor(plan, "get", table.name);
    if (get)
      await prober.send({ endpoint: get, what: `${withArticle(table.singular)} that was deleted`, id, expect: [404] });
  }
  for (const child of plan.tables) {
    for (const column of child.columns) {
      if (column.references?.table === table.name) await probeDeleteParent(rows, table, child, column);
    }
  }
}

/** Deleting a row that others refer to does what the plan says: refused, gone with it, or set to null. */
async function probeDeleteParent(rows: Rows, parent: Table, child: Table, column: Column): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "delete", parent.name)!;
  const owner = await rows.make(parent);
  const made = owner && (await rows.make(child, `a valid ${child.singular}`, "full", { [column.name]: owner["id"] }));
  if (!owner || !made) return;
  rows.forget(parent, owner);
  rows.forget(child, made);
  const what = `${withArticle(parent.singular)} that ${withArticle(child.singular)} refers to (on delete ${column.references!.onDelete})`;
  const refused = column.references!.onDelete === "restrict";
  const expect = refused ? [409] : prober.success(endpoint);
  if (!(await prober.send({ endpoint, what, id: String(owner["id"]), expect }))) return;
  const left = await store.row(child.name, String(made["id"]));
  const kept = await store.row(parent.name, String(owner["id"]));
  if (refused && !(left && kept)) prober.fail(endpoint, `${what}: it was refused, but a row is gone.`);
  if (column.references!.onDelete === "cascade" && left)
    prober.fail(endpoint, `${what}: the ${child.singular} is still there.`);
  if (column.references!.onDelete === "set null" && left?.[column.name] !== null) {
    prober.fail(
      endpoint,
      `${what}: the ${column.name} of the ${child.singular} is ${shown(left?.[column.name])}, not null.`,
    );
  }
}
