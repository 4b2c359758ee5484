// `q` of a list, where the plan has a search: the rows with the words in its columns, and no others.
import { randomBytes } from "node:crypto";
import { searchColumns } from "../../plan/listing.ts";
import type { Column, Table } from "../../plan/plan.ts";
import { compareOrder, type List, walk } from "./pages.ts";
import type { Probe } from "./prober.ts";
import { endpointFor, type Row, type Rows, writable } from "./rows.ts";

const REFUSED = [400, 422] as const;
const REFUSED_LONG = [...REFUSED, 414, 431] as const;
/** Letters of a word that no other row has by chance. */
const LONG = 16;
const SHORT = 6;
/** Small, so that the search has to hold on the second page too. */
const PAGE = 2;
/** What means something to SQL, to a pattern or in a query for a text. */
const HOSTILE = ["'", '"', "' or 1=1 --", "%", "\\", "!", "((", ":*", "a & | !b <-> (c", '"open -', "or", "-", "$1"];

export async function probeSearch(rows: Rows, table: Table, list: List): Promise<void> {
  const { prober } = rows;
  const columns = searchColumns(table).filter((column) => wordFor(column) !== null);
  const [first] = columns;
  if (!prober.planned || !first) return;
  const parameters = prober.contract.operations.get(list.endpoint)?.parameters ?? [];
  if (!parameters.some(({ name }) => name === "q"))
    return prober.fail(list.endpoint, "openapi.json does not name the query parameter q of the search.");
  for (const column of columns) await probeColumn(rows, table, list, column);
  const text = columns.find(({ type, unique }) => type !== "email" && !unique);
  if (text) {
    await probePages(rows, table, list, text);
    await probeFiltered(rows, table, list, text);
  }
  await probeOtherColumns(rows, table, list);
  await prober.sendAll(badSearches(list));
}

/** A new word that fits the column; null where too few characters do. */
export function wordFor({ type, maxLength = 200 }: Column): string | null {
  const room = type === "email" ? maxLength - "@example.com".length : maxLength;
  if (room < SHORT) return null;
  const letters = randomBytes(LONG).map((byte) => 97 + (byte % 26));
  return Buffer.from(letters).toString().slice(0, Math.min(LONG, room));
}

/** A value of the column with the words in it, the first one in another case; an address is a word of its own. */
export function textWith({ type, minLength = 0, maxLength = 10_000 }: Column, ...words: string[]): string {
  if (type === "email") return `${words.join("").toLowerCase()}@example.com`;
  const [word = "", ...others] = words;
  const plain = [word.toUpperCase(), ...others].join(" ");
  const long = `It's the ${plain.replace(" ", ", ")}: once more.`;
  return (long.length <= maxLength ? long : plain.slice(0, maxLength)).padEnd(minLength, "!");
}

export function queryFor(column: Column, word: string): string {
  return `q=${encodeURIComponent(column.type === "email" ? textWith(column, word) : word)}`;
}

/** Words of this column, beside every other value and beside none; words that no row has; two of which one is there; what was
 * changed since. */
async function probeColumn(rows: Rows, table: Table, list: List, column: Column): Promise<void> {
  const word = wordFor(column)!;
  const what = `a search for a word in ${column.name}`;
  const made: Row[] = [];
  for (const extent of column.unique ? (["minimal"] as const) : (["full", "minimal"] as const)) {
    const row = await rows.make(table, `a valid ${table.singular}`, extent, { [column.name]: textWith(column, word) });
    if (row) made.push(row);
  }
  const query = queryFor(column, word);
  await expectRows(rows, table, { ...list, filter: query }, what, made);
  const more = `${query}%20${wordFor({ ...column, type: "text" })}`;
  await expectRows(rows, table, { ...list, filter: more }, "a search for two words of which a row has one", []);
  const update = endpointFor(rows.plan, "update", table.name);
  const [row] = made;
  if (!update || !row) return;
  const other = wordFor(column)!;
  const body = { [column.name]: textWith(column, other) };
  const changed = `a change of ${column.name}`;
  const expect = rows.prober.success(update);
  if (!(await rows.prober.send({ endpoint: update, what: changed, id: String(row["id"]), body, expect }))) return;
  rows.forget(table, row);
  await expectRows(rows, table, { ...list, filter: query }, `${what} after ${changed}`, made.slice(1));
  await expectRows(rows, table, { ...list, filter: queryFor(column, other) }, `${what} after ${changed}`, [row]);
}

/** Exactly these rows, page by page and in the order of the list. */
async function expectRows(
  { prober, store }: Rows,
  table: Table,
  list: List,
  what: string,
  expected: Row[],
  rising = false,
): Promise<void> {
  const items = await walk(prober, list, PAGE);
  if (!items) return;
  const wanted = new Set(expected.map((row) => row["id"]));
  const ids = (await store.ids(table.name, undefined, { column: "created_at", descending: !rising })).filter((id) =>
    wanted.has(id),
  );
  compareOrder(prober, list.endpoint, `${what} (${list.filter})`, items, ids);
}

async function probePages(rows: Rows, table: Table, list: List, column: Column): Promise<void> {
  const word = wordFor(column)!;
  const made: Row[] = [];
  for (let n = 0; n < 2 * PAGE + 1; n++) {
    const row = await rows.make(table, undefined, "full", { [column.name]: textWith(column, word) });
    if (row) made.push(row);
  }
  const filter = queryFor(column, word);
  await expectRows(rows, table, { ...list, filter }, "a search that finds several pages", made);
  const sorted = { ...list, filter: `${filter}&sort=created_at` };
  await expectRows(rows, table, sorted, "a search in another order", made, true);
}

/** A filter beside it: both hold. */
async function probeFiltered(rows: Rows, table: Table, list: List, column: Column): Promise<void> {
  const by = writable(table).find(({ type, unique }) => !unique && (type === "boolean" || type === "enum"));
  const values = by?.type === "boolean" ? [true, false] : (by?.values ?? []).slice(0, 2);
  if (!by || values.length < 2) return;
  const word = wordFor(column)!;
  const made: (Row | null)[] = [];
  for (const value of values)
    made.push(await rows.make(table, undefined, "full", { [column.name]: textWith(column, word), [by.name]: value }));
  const [row] = made;
  const filter = `${queryFor(column, word)}&${by.name}=${encodeURIComponent(String(values[0]))}`;
  if (row) await expectRows(rows, table, { ...list, filter }, `a search with a filter by ${by.name}`, [row]);
}

/** A word in a column that is not searched. */
async function probeOtherColumns(rows: Rows, table: Table, list: List): Promise<void> {
  const other = writable(table).find(
    (column) =>
      !table.search?.includes(column.name) && (column.type === "string" || column.type === "text") && wordFor(column),
  );
  if (!other) return;
  const word = wordFor(other)!;
  await rows.make(table, undefined, "full", { [other.name]: textWith(other, word) });
  const what = `a search for a word in ${other.name}, which is not searched`;
  await expectRows(rows, table, { ...list, filter: queryFor(other, word) }, what, []);
}

function badSearches({ endpoint }: List): Probe[] {
  const probe = (what: string, q: string, expect: readonly number[]) => ({
    endpoint,
    what: `a search for ${what}`,
    query: `q=${q}`,
    expect,
    security: true,
  });
  return [
    ...HOSTILE.map((text) => probe(text, encodeURIComponent(text), [200])),
    probe("nothing", "", [200, ...REFUSED]),
    probe("a NUL", "%00", REFUSED),
    probe("10,000 letters", "x".repeat(10_000), REFUSED_LONG),
  ];
}
