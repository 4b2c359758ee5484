// GET: one row, pages of rows, and rows of a parent.
import { withArticle } from "../../plan/endpoints.ts";
import type { Operation, Table } from "../../plan/plan.ts";
import { routeKey } from "../routes.ts";
import type { HttpAnswer } from "./http.ts";
import { isObject, objectOf, type Prober, shown } from "./prober.ts";
import { differences, endpointFor, type Row, type Rows } from "./rows.ts";
import { unknownId } from "./values.ts";

const BAD_QUERIES: readonly [query: string, what: string][] = [
  ["limit=0", "a limit of 0"],
  ["limit=1000000", "a limit of a million"],
  ["limit=many", "a limit that is no number"],
  ["cursor=not-a-cursor", "a cursor that is none"],
];
const MAX_PAGES = 60;

export async function probeGet(rows: Rows, table: Table): Promise<void> {
  const { prober } = rows;
  const endpoint = endpointFor(rows.plan, "get", table.name);
  if (!endpoint) return;
  for (const row of rows.of(table.name).slice(0, 2)) {
    const id = String(row["id"]);
    const what = `the ${table.singular} that was made`;
    const answer = await prober.send({ endpoint, what, id, expect: [200] });
    const body = objectOf(answer);
    if (body) for (const difference of differences(row, body)) prober.fail(endpoint, `${what}: ${difference}.`);
  }
  await prober.send({
    endpoint,
    what: `${withArticle(table.singular)} that does not exist`,
    id: unknownId(),
    expect: [404],
  });
  await prober.send({ endpoint, what: "a malformed id", id: "not an id", expect: [400, 404, 422] });
}

export async function probeList(rows: Rows, table: Table): Promise<void> {
  const { prober, store } = rows;
  const endpoint = endpointFor(rows.plan, "list", table.name);
  if (!endpoint) return;
  await findAll(rows, table, endpoint, undefined, rows.of(table.name));
  const total = await store.count(table.name);
  const first = await prober.send({ endpoint, what: "a page of one", query: "limit=1", expect: [200] });
  const page = pageOf(prober, endpoint, first);
  if (page && (page.items.length !== Math.min(total, 1) || (page.next === null) !== total <= 1)) {
    prober.fail(
      endpoint,
      `a page of one: ${total} rows exist, and the page has ${page.items.length} with next_cursor ${shown(page.next)}.`,
    );
  }
  await probeFilters(rows, table, endpoint);
  for (const [query, what] of BAD_QUERIES) await prober.send({ endpoint, what, query, expect: [400, 422] });
}

/** Follows the pages until every row was seen; a row that comes twice or not at all is a failure. */
async function findAll(
  rows: Rows,
  table: Table,
  endpoint: string,
  id: string | undefined,
  expected: Row[],
): Promise<void> {
  const { prober } = rows;
  const missing = new Map(expected.map((row) => [row["id"], row]));
  const seen = new Set<unknown>();
  let cursor: string | null = null;
  // Two rows a page while there are few, so that a cursor is used; what was made is the newest and comes first.
  const limit = Math.max(1, Math.min(Math.ceil(expected.length / 2), 100));
  for (let n = 0; n < MAX_PAGES; n++) {
    const query: string = `limit=${limit}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    const what = n === 0 ? "the first page" : `page ${n + 1}`;
    const answer = await prober.send({ endpoint, what, query, ...(id !== undefined && { id }), expect: [200] });
    const page = pageOf(prober, endpoint, answer);
    if (!page) return;
    for (const item of page.items) {
      if (seen.has(item["id"]))
        return prober.fail(endpoint, `${what}: the row ${shown(item["id"])} was on a page before.`);
      seen.add(item["id"]);
      const row = missing.get(item["id"]);
      if (row) for (const difference of differences(row, item)) prober.fail(endpoint, `${what}: ${difference}.`);
      missing.delete(item["id"]);
    }
    cursor = page.next;
    if (cursor === null || (missing.size === 0 && n > 2)) break;
  }
  const [lost] = missing.keys();
  if (lost !== undefined) prober.fail(endpoint, `the ${table.singular} ${shown(lost)} was made, but is on no page.`);
}

/** Query parameters that are named like a column: every item must have the value that was asked for. */
async function probeFilters(rows: Rows, table: Table, endpoint: string): Promise<void> {
  const { prober } = rows;
  const [row] = rows.of(table.name);
  if (!row) return;
  const parameters = prober.contract.operations.get(endpoint)?.parameters ?? [];
  for (const { name, in: where } of parameters) {
    const column = table.columns.find((one) => one.name === name);
    const value = row[name];
    if (where !== "query" || !column || !isPlain(value)) continue;
    const query = `${name}=${encodeURIComponent(String(value))}`;
    const page = pageOf(
      prober,
      endpoint,
      await prober.send({ endpoint, what: `filtered by ${name}`, query, expect: [200] }),
    );
    if (page?.items.some((item) => item[name] !== value))
      prober.fail(endpoint, `filtered by ${name}: an item has another ${name} than ${shown(value)}.`);
    if (page && !page.items.some((item) => item["id"] === row["id"]))
      prober.fail(endpoint, `filtered by ${name}: the row that has it is missing.`);
  }
}

export async function probeNestedLists(rows: Rows): Promise<void> {
  for (const endpoint of rows.plan.endpoints) {
    if (endpoint.operation.kind === "nested-list") await probeNestedList(rows, routeKey(endpoint), endpoint.operation);
  }
}

async function probeNestedList(
  rows: Rows,
  endpoint: string,
  operation: Operation & { kind: "nested-list" },
): Promise<void> {
  const { plan, prober } = rows;
  const table = plan.tables.find((one) => one.name === operation.table);
  const parent = plan.tables.find((one) => one.name === operation.parent);
  if (!table || !parent) return;
  const owner = rows.of(table.name).find((row) => typeof row[operation.column] === "string")?.[operation.column];
  const childless = await rows.make(parent);
  if (typeof owner === "string") {
    const own = rows.of(table.name).filter((row) => row[operation.column] === owner);
    await findAll(rows, table, endpoint, owner, own);
    const answer = await prober.send({
      endpoint,
      what: `the ${table.name} of ${withArticle(parent.singular)}`,
      id: owner,
      query: "limit=100",
      expect: [200],
    });
    const page = pageOf(prober, endpoint, answer);
    if (page?.items.some((item) => item[operation.column] !== owner)) {
      prober.fail(
        endpoint,
        `the ${table.name} of ${withArticle(parent.singular)}: one belongs to another ${parent.singular}.`,
      );
    }
  }
  if (childless && childless["id"] !== owner) {
    const what = `the ${table.name} of ${withArticle(parent.singular)} that has none`;
    const page = pageOf(
      prober,
      endpoint,
      await prober.send({ endpoint, what, id: String(childless["id"]), expect: [200] }),
    );
    if (page && page.items.length > 0) prober.fail(endpoint, `${what}: the page has ${page.items.length} items.`);
  }
  await prober.send({
    endpoint,
    what: `the ${table.name} of ${withArticle(parent.singular)} that does not exist`,
    id: unknownId(),
    expect: [404],
  });
  for (const [query, what] of BAD_QUERIES) {
    await prober.send({ endpoint, what, id: String(childless?.["id"] ?? owner), query, expect: [400, 422] });
  }
}

function pageOf(
  prober: Prober,
  endpoint: string,
  answer: HttpAnswer | null,
): { items: Row[]; next: string | null } | null {
  if (!answer) return null;
  const body = objectOf(answer);
  const items: unknown = body?.["items"];
  const next: unknown = body?.["next_cursor"];
  if (Array.isArray(items) && items.every(isObject) && (typeof next === "string" || next === null))
    return { items, next };
  prober.fail(endpoint, `a page must be {"items": [...], "next_cursor": string or null}, not ${shown(answer.json)}.`);
  return null;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
