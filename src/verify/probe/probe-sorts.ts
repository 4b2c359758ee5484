// `sort` of a list and `include` of a list or a row, wherever a planned project's contract has them: the rows in just that
// order, page by page, and under the name of a relation the very row that is referred to.
import { relationsOf } from "../../plan/listing.ts";
import type { Table } from "../../plan/plan.ts";
import { askPage, compareOrder, type List, walk } from "./pages.ts";
import { isObject, objectOf, type Prober } from "./prober.ts";
import { endpointFor, type Row, type Rows } from "./rows.ts";

const REFUSED = [400, 422] as const;
const LARGEST_PAGE = 100;
/** Rows a page while there are many, so that several cursors are used. */
const PAGE = 10;
const MAX_PAGES = 5;

export async function probeSorts({ prober, store }: Rows, table: Table, list: List): Promise<void> {
  const sort = prober.planned ? parameter(prober, list.endpoint, "sort") : undefined;
  for (const order of sort?.enum ?? []) {
    if (typeof order !== "string") continue;
    const column = order.replace(/^-/, "");
    if (!table.columns.some(({ name }) => name === column)) continue;
    const ids = await store.ids(table.name, undefined, { column, descending: order.startsWith("-") });
    const limit = Math.min(LARGEST_PAGE, Math.max(PAGE, Math.ceil(ids.length / MAX_PAGES)));
    const items = await walk(prober, { ...list, filter: `sort=${order}` }, limit);
    if (items) compareOrder(prober, list.endpoint, `sorted by ${order}`, items, ids, `by ${order} and then by id`);
  }
}

/** Each relation of the table alone, all together, and one that there is not. */
export async function probeIncludes(rows: Rows, table: Table): Promise<void> {
  const { prober, plan } = rows;
  const relations = relationsOf(table);
  if (!prober.planned || relations.length === 0) return;
  const get = endpointFor(plan, "get", table.name);
  const list = endpointFor(plan, "list", table.name);
  for (const relation of relations) {
    const row = rows.of(table.name).find((one) => typeof one[relation.column.name] === "string");
    if (!get || !row || !parameter(prober, get, "include")) continue;
    const what = `with its ${relation.name}`;
    const query = `include=${relation.name}`;
    const answer = await prober.send({
      endpoint: get,
      what,
      id: String(row["id"]),
      query,
      expect: prober.success(get),
    });
    const body = objectOf(answer);
    if (body) compareRelation(prober, get, what, body, relation);
  }
  if (!list || !parameter(prober, list, "include")) return;
  const what = "with all relations";
  const filter = `include=${relations.map(({ name }) => name).join(",")}`;
  const page = await askPage(prober, { endpoint: list, filter }, what, { limit: LARGEST_PAGE });
  for (const item of page?.items ?? [])
    for (const relation of relations) compareRelation(prober, list, what, item, relation);
  const unknown = { endpoint: list, what: "with a relation that there is not", query: "include=no_such_relation" };
  await prober.send({ ...unknown, expect: REFUSED, security: true });
}

function compareRelation(
  prober: Prober,
  endpoint: string,
  what: string,
  row: Row,
  { name, column }: ReturnType<typeof relationsOf>[number],
): void {
  const embedded = row[name];
  const id = isObject(embedded) ? embedded["id"] : embedded;
  if (id === row[column.name]) return;
  const told = isObject(embedded) ? "another row" : embedded === undefined ? "nothing" : JSON.stringify(embedded);
  prober.fail(endpoint, `${what}: under ${name} stands ${told} and not what ${column.name} refers to.`);
}

function parameter(prober: Prober, endpoint: string, name: string) {
  const parameters = prober.contract.operations.get(endpoint)?.parameters ?? [];
  return parameters.find((one) => one.name === name && one.in === "query")?.schema;
}
