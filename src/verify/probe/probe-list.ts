// GET of many rows: pages, filters, and the rows of a parent.
import { withArticle } from "../../plan/endpoints.ts";
import type { Operation, Table } from "../../plan/plan.ts";
import { routeKey } from "../routes.ts";
import { badIds } from "./bad-ids.ts";
import { askPage, compareItems, compareOrder, type List, walk } from "./pages.ts";
import { probeFilters } from "./probe-filters.ts";
import { probeSearch } from "./probe-search.ts";
import { probeSorts } from "./probe-sorts.ts";
import type { Probe, Prober } from "./prober.ts";
import { endpointFor, type Row, type Rows } from "./rows.ts";

const REFUSED = [400, 422] as const;
const BAD_QUERIES: readonly [query: string, what: string][] = [
  ["limit=0", "a limit of 0"],
  ["limit=1000000", "a limit of a million"],
  ["limit=many", "a limit that is no number"],
  ["cursor=not-a-cursor", "a cursor that is none"],
];
const BAD_QUERIES_OF_BASE: readonly [query: string, what: string][] = [
  ["limit=101", "a limit above 100"],
  ["limit=-1", "a negative limit"],
  ["limit=1.5", "a limit that is a fraction"],
  ["limit=1;select%201", "SQL instead of a limit"],
  [`cursor=${forged({ id: 1 })}`, "a cursor of another form"],
  [`cursor=${forged(["-created_at", "tomorrow", "V1StGXR8_Z5jdHi6B-myT"])}`, "a cursor with a text for its time"],
  [`cursor=${encodeURIComponent("' or 1=1 --")}`, "SQL instead of a cursor"],
  ["cursor=%00", "a cursor with a NUL"],
  ["limit=%ff", "a query in bad UTF-8"],
  ["not_a_parameter=1", "an unknown parameter"],
];

function forged(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Rows a page while there are many, so that several cursors are used. */
const PAGE = 10;
/** What the base project's lists give at most. */
const LARGEST_PAGE = 100;

/** `filled` are rows that are in the table without the application (rows.fill). */
export async function probeList(rows: Rows, table: Table, filled: Row[]): Promise<void> {
  const { prober, store } = rows;
  const endpoint = endpointFor(rows.plan, "list", table.name);
  if (!endpoint) return;
  if (prober.planned) {
    await probeExactly(rows, table, { endpoint });
    await probeSizes(rows, table, { endpoint });
    await probeAgain(rows, table, { endpoint });
  } else await probeLoosely(rows, { endpoint }, rows.of(table.name));
  const total = await store.count(table.name);
  const first = await askPage(prober, { endpoint }, "a page of one", { limit: 1 });
  if (first && (first.items.length !== Math.min(total, 1) || (first.next === null) !== total <= 1)) {
    const next = first.next === null ? "no next_cursor" : "a next_cursor";
    prober.fail(endpoint, `a page of one: ${total} rows exist, and the page has ${first.items.length} with ${next}.`);
  }
  await probeFilters(rows, table, { endpoint }, filled);
  await probeSorts(rows, table, { endpoint });
  await probeSearch(rows, table, { endpoint });
  await prober.sendAll(badQueries(prober, { endpoint }));
}

/** What was made through the API is the newest and comes first. */
async function probeLoosely({ prober }: Rows, list: List, expected: Row[]): Promise<void> {
  const limit = Math.max(1, Math.min(Math.ceil(expected.length / 2), LARGEST_PAGE));
  const items = await walk(prober, list, limit);
  if (items) compareItems(prober, list.endpoint, "the list", items, expected);
}

/** Page by page the very rows of the table, also those that the application has not made itself. */
async function probeExactly(
  rows: Rows,
  table: Table,
  list: List,
  where?: { column: string; value: unknown },
): Promise<void> {
  const { prober, store } = rows;
  const ids = await store.ids(table.name, where);
  const limit = Math.max(1, Math.min(Math.ceil(ids.length / 2), PAGE));
  const items = await walk(prober, list, limit);
  if (!items) return;
  compareOrder(prober, list.endpoint, "the list", items, ids);
  const made = rows.of(table.name).filter((row) => !where || row[where.column] === where.value);
  compareItems(prober, list.endpoint, "the list", items, made);
  if (ids.length === 0 || ids.length > LARGEST_PAGE) return;
  const whole = await askPage(prober, list, "one page for all rows", { limit: ids.length });
  if (whole && whole.items.length === ids.length && whole.next !== null)
    prober.fail(list.endpoint, `one page for all ${ids.length} rows: there is nothing more, and still a next_cursor.`);
}

/** The page that is not asked for a size, and the largest one. */
async function probeSizes({ prober, store }: Rows, table: Table, list: List): Promise<void> {
  const total = await store.count(table.name);
  const parameters = prober.contract.operations.get(list.endpoint)?.parameters ?? [];
  const standard = parameters.find(({ name }) => name === "limit")?.schema.default;
  const asked = [
    ...(typeof standard === "number" ? [{ what: "a page without a limit", size: standard }] : []),
    { what: `a page of ${LARGEST_PAGE}`, size: LARGEST_PAGE, limit: LARGEST_PAGE },
  ];
  for (const { what, size, ...limit } of asked) {
    const page = await askPage(prober, list, what, limit);
    const expected = Math.min(size, total);
    if (page && page.items.length !== expected)
      prober.fail(list.endpoint, `${what}: it should have ${expected} items and has ${page.items.length}.`);
  }
}

/** What was asked before (by `probeSizes`) once more, when there is another row: a list does not answer from memory. */
async function probeAgain(rows: Rows, table: Table, list: List): Promise<void> {
  const { prober, store } = rows;
  if (!(await rows.make(table))) return;
  const what = `a page of ${LARGEST_PAGE}, again after a row was made`;
  const page = await askPage(prober, list, what, { limit: LARGEST_PAGE });
  const ids = await store.ids(table.name);
  if (page) compareOrder(prober, list.endpoint, what, page.items, ids.slice(0, LARGEST_PAGE));
}

function badQueries({ planned }: Prober, { endpoint, id }: List): Probe[] {
  const base = { endpoint, ...(id !== undefined && { id }), expect: REFUSED };
  return [
    ...BAD_QUERIES.map(([query, what]) => ({ ...base, query, what })),
    ...(planned ? BAD_QUERIES_OF_BASE : []).map(([query, what]) => ({ ...base, query, what, security: true })),
  ];
}

export async function probeNestedLists(rows: Rows): Promise<void> {
  for (const endpoint of rows.plan.endpoints) {
    if (endpoint.operation.kind === "nested-list") await probeNestedList(rows, routeKey(endpoint), endpoint.operation);
  }
}

async function probeNestedList(
  rows: Rows,
  endpoint: string,
  { table: name, parent: parentName, column }: Operation & { kind: "nested-list" },
): Promise<void> {
  const { plan, prober } = rows;
  const table = plan.tables.find((one) => one.name === name);
  const parent = plan.tables.find((one) => one.name === parentName);
  if (!table || !parent) return;
  const one = withArticle(parent.singular);
  const childless = await rows.make(parent); // first: another parent may have to go for it
  const owner = rows.of(name).find((row) => typeof row[column] === "string")?.[column];
  if (typeof owner === "string") {
    if (prober.planned) await probeExactly(rows, table, { endpoint, id: owner }, { column, value: owner });
    else {
      const own = rows.of(name).filter((row) => row[column] === owner);
      await probeLoosely(rows, { endpoint, id: owner }, own);
    }
    const what = `the ${name} of ${one}`;
    const page = await askPage(prober, { endpoint, id: owner }, what, { limit: LARGEST_PAGE });
    if (page?.items.some((item) => item[column] !== owner))
      prober.fail(endpoint, `${what}: one belongs to another ${parent.singular}.`);
  }
  const empty = childless && childless["id"] !== owner ? String(childless["id"]) : null;
  if (empty !== null) {
    const what = `the ${name} of ${one} that has none`;
    const page = await askPage(prober, { endpoint, id: empty }, what, {});
    if (page && page.items.length > 0) prober.fail(endpoint, `${what}: the page has ${page.items.length} items.`);
  }
  await prober.sendAll(badIds(prober, endpoint, `the ${name} of ${one}`));
  const id = empty ?? (typeof owner === "string" ? owner : undefined);
  await prober.sendAll(badQueries(prober, { endpoint, ...(id !== undefined && { id }) }));
}
