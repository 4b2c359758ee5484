// Query parameters of a list that are named like a column: every item must have the value that was asked for.
import type { Column, Table } from "../../plan/plan.ts";
import { invalidFilters } from "./bad-values.ts";
import { askPage, compareOrder, type List, walk } from "./pages.ts";
import { objectOf, type Probe } from "./prober.ts";
import type { Row, Rows } from "./rows.ts";
import { hostileText, unknownId } from "./values.ts";

const REFUSED = [400, 422] as const;
const LARGEST_PAGE = 100;
/** Small, so that the filter has to hold on the second page too. */
const PAGE = 4;

export async function probeFilters(rows: Rows, table: Table, list: List, filled: Row[]): Promise<void> {
  const columns = filterable(rows, table, list.endpoint);
  const sample = [rows.of(table.name)[0], filled[0]].filter((row) => row !== undefined);
  for (const column of columns) {
    for (const row of sample) {
      if (isPlain(row[column.name])) await probeFilter(rows, table, list, column, row);
    }
    if (rows.prober.planned) await probeNothing(rows, list, column);
  }
  await probeTogether(rows, list, columns, [...rows.of(table.name), ...filled]);
  await rows.prober.sendAll(columns.flatMap((column) => badFilters(rows, list, column)));
}

function filterable({ prober }: Rows, table: Table, endpoint: string): Column[] {
  const parameters = prober.contract.operations.get(endpoint)?.parameters ?? [];
  return parameters.flatMap(({ name, in: where }) =>
    where === "query" ? (table.columns.find((column) => column.name === name) ?? []) : [],
  );
}

async function probeFilter({ prober, store }: Rows, table: Table, list: List, column: Column, row: Row): Promise<void> {
  const { name } = column;
  const value = row[name];
  const what = `filtered by ${name}`;
  const filtered = { ...list, filter: filter(name, value) };
  const page = await askPage(prober, filtered, what, { limit: LARGEST_PAGE });
  if (!page) return;
  if (page.items.some((item) => item[name] !== value))
    return prober.fail(list.endpoint, `${what}: an item has another ${name} than ${JSON.stringify(value)}.`);
  if (!page.items.some((item) => item["id"] === row["id"]))
    return prober.fail(list.endpoint, `${what}: the row that has it is missing.`);
  if (!prober.planned) return;
  const items = await walk(prober, filtered, PAGE);
  if (items) compareOrder(prober, list.endpoint, what, items, await store.ids(table.name, { column: name, value }));
}

/** A value that no row has, also one that SQL or a pattern would take for every value. It may be refused, too. */
async function probeNothing({ prober }: Rows, list: List, column: Column): Promise<void> {
  const { endpoint } = list;
  for (const value of absentValues(column)) {
    const what = `filtered by ${column.name} for what no row has`;
    const expect = [...prober.success(endpoint), ...REFUSED];
    const query = filter(column.name, value);
    const answer = await prober.send({ endpoint, what, query, expect, security: true });
    const items = (objectOf(answer)?.["items"] ?? []) as Row[];
    if (items.some((item) => item[column.name] !== value))
      prober.fail(endpoint, `${what} (${JSON.stringify(value)}): the page has items.`);
  }
}

function absentValues(column: Column): string[] {
  const { type, maxLength = 320 } = column;
  if (type === "reference") return [unknownId()];
  if (type === "email") return [`a'or'1'='1@example.com`.slice(-maxLength), "%"];
  if (type === "url") return ["http://a.io/'or'1'='1", "%"];
  if (type !== "string" && type !== "text") return [];
  return [hostileText({ ...column, maxLength: Math.min(maxLength, 30) }) ?? "'", "%"];
}

/** Two filters at once: both hold. */
async function probeTogether({ prober }: Rows, list: List, columns: Column[], all: Row[]): Promise<void> {
  const [first, second] = columns;
  if (!first || !second) return;
  // Values of different rows, so that one filter alone finds too much.
  const [a, b] = [all[0]?.[first.name], all.find((row) => row[second.name] !== all[0]?.[second.name])?.[second.name]];
  if (!isPlain(a) || !isPlain(b)) return;
  const what = `filtered by ${first.name} and ${second.name}`;
  const both = `${filter(first.name, a)}&${filter(second.name, b)}`;
  const page = await askPage(prober, { ...list, filter: both }, what, { limit: LARGEST_PAGE });
  if (page?.items.some((item) => item[first.name] !== a || item[second.name] !== b))
    prober.fail(list.endpoint, `${what}: an item matches only one of them.`);
}

function badFilters({ prober }: Rows, { endpoint, id }: List, column: Column): Probe[] {
  if (!prober.planned) return [];
  return invalidFilters(column).map((value) => ({
    endpoint,
    ...(id !== undefined && { id }),
    what: `filtered by ${column.name} for ${decodeURIComponent(value).replace("\0", "a NUL")}`,
    query: `${column.name}=${value}`,
    expect: REFUSED,
    security: true,
  }));
}

/** The query that asks for rows with this value. */
export function filter(name: string, value: unknown): string {
  return `${name}=${encodeURIComponent(String(value))}`;
}

/** Can it stand in a query? */
export function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
