// DELETE of a collection: all rows go, or those that a filter matches; none when one is still needed or the query is wrong.
import { filterColumns, searchColumns } from "../../plan/listing.ts";
import type { Table } from "../../plan/plan.ts";
import { filter, isPlain } from "./probe-filters.ts";
import { queryFor, textWith, wordFor } from "./probe-search.ts";
import { endpointFor, type Row, type Rows } from "./rows.ts";
import { changedTables } from "./store.ts";
import { unchanged } from "./unchanged.ts";

const REFUSED = [400, 422] as const;
const BAD_QUERIES = ["limit=1", "cursor=x", "sort=created_at", "not_a_parameter=1", "%00=1"];

/** Last of all, children first: afterwards the table is empty. */
export async function probeDeleteAll(rows: Rows, table: Table): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "delete-all", table.name);
  if (!endpoint) return;
  if (prober.planned) {
    const queries = [...BAD_QUERIES, ...(table.search ? ["q="] : [])];
    const probes = queries.map((query) => ({
      endpoint,
      what: `the query ${query}`,
      query,
      expect: REFUSED,
      security: true,
    }));
    await unchanged(rows, table, endpoint, "a deletion that was refused", () => prober.sendAll(probes));
    await probeHeld(rows, table, endpoint);
  }
  await emptyReferrers(rows, table);
  if (prober.planned) await probeSome(rows, table, endpoint);
  const row = await rows.make(table);
  const before = await store.digest();
  const expect = prober.planned ? prober.success(endpoint) : [...prober.success(endpoint), 409];
  if (!(await prober.send({ endpoint, what: `all ${table.name}`, expect })) || !prober.planned) return;
  const left = await store.count(table.name);
  if (left > 0) prober.fail(endpoint, `all ${table.name}: ${left} are still there.`);
  if (row && table.softDelete && !(await store.row(table.name, String(row["id"]))))
    prober.fail(endpoint, `all ${table.name}: they have gone from the table, and the plan keeps deleted rows.`);
  const free = [table.name, ...plan.tables.filter((one) => lets(one, table)).map(({ name }) => name)];
  for (const name of changedTables(before, await store.digest()).filter((one) => !free.includes(one)))
    prober.fail(endpoint, `all ${table.name}: rows of ${name} have changed.`);
  for (const one of rows.of(table.name)) rows.forget(table, one);
  await prober.send({ endpoint, what: `all ${table.name}, of which there are none`, expect });
}

/** Whether rows of the child lose their reference to the table, or go with it. */
function lets(child: Table, table: Table): boolean {
  return child.columns.some(({ references }) => references?.table === table.name && references.onDelete !== "restrict");
}

/** A row that others need keeps all of them. */
async function probeHeld(rows: Rows, table: Table, endpoint: string): Promise<void> {
  for (const child of rows.plan.tables.filter((one) => one !== table)) {
    const column = child.columns.find(
      ({ references }) => references?.table === table.name && references.onDelete === "restrict",
    );
    const owner = column && (await rows.make(table));
    if (!owner || !(await rows.make(child, undefined, "full", { [column.name]: owner["id"] }))) continue;
    const what = `all ${table.name}, one of which a row of ${child.name} refers to`;
    const work = () => rows.prober.send({ endpoint, what, expect: [409] });
    return unchanged(rows, table, endpoint, what, work);
  }
}

/** Past the application, so that nothing keeps the rows of the table any more. */
async function emptyReferrers(rows: Rows, table: Table): Promise<void> {
  for (const child of rows.plan.tables.filter((one) => one !== table)) {
    if (!child.columns.some(({ references }) => references?.table === table.name)) continue;
    await emptyReferrers(rows, child);
    for (const id of await rows.store.ids(child.name)) await rows.store.remove(child.name, id);
    for (const row of rows.of(child.name)) rows.forget(child, row);
  }
}

/** With each filter, and with a search, those that it matches go and no others. */
async function probeSome(rows: Rows, table: Table, endpoint: string): Promise<void> {
  for (const column of filterColumns(table)) {
    const [row, other] = [await rows.make(table), await rows.make(table)];
    const value = row?.[column.name];
    if (!row || !other || !isPlain(value)) continue;
    const matching = await rows.store.ids(table.name, { column: column.name, value });
    await probeMatching(rows, table, endpoint, filter(column.name, value), matching);
  }
  const [column] = searchColumns(table).filter((one) => wordFor(one) !== null);
  if (!column) return;
  const word = wordFor(column)!;
  const row = await rows.make(table, undefined, "full", { [column.name]: textWith(column, word) });
  if (row) await probeMatching(rows, table, endpoint, queryFor(column, word), [String(row["id"])]);
}

async function probeMatching(
  rows: Rows,
  table: Table,
  endpoint: string,
  query: string,
  matching: string[],
): Promise<void> {
  const { prober, store } = rows;
  const before = await store.ids(table.name);
  const what = `${table.name} that match ${query}`;
  if (!(await prober.send({ endpoint, what, query, expect: prober.success(endpoint) }))) return;
  const left = new Set(await store.ids(table.name));
  const wrong = before.filter((id) => left.has(id) === matching.includes(id));
  const kept = wrong.filter((id) => left.has(id)).length;
  if (kept > 0) prober.fail(endpoint, `${what}: ${kept} of them are still there.`);
  if (wrong.length > kept) prober.fail(endpoint, `${what}: ${wrong.length - kept} others have gone as well.`);
  for (const row of rows.of(table.name).filter(({ id }: Row) => !left.has(String(id)))) rows.forget(table, row);
}
