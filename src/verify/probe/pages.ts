// Walks through the pages of a list, and compares what is on them with what is in the table.
import { type HttpAnswer } from "./http.ts";
import { isObject, objectOf, type Prober, shown } from "./prober.ts";
import { differences, type Row } from "./rows.ts";

const MAX_PAGES = 60;

/** Which list: its endpoint, whose rows, and how it is asked. */
export interface List {
  endpoint: string;
  /** Of the parent, for a nested list. */
  id?: string;
  /** Filters, as they stand in the query. */
  filter?: string;
}

/** All items, page by page. null when a page failed (which is a failure already) or a row came twice. */
export async function walk(prober: Prober, list: List, limit: number): Promise<Row[] | null> {
  const items: Row[] = [];
  const seen = new Set<unknown>();
  let cursor: string | null = null;
  for (let n = 1; n <= MAX_PAGES; n++) {
    const what = `${n === 1 ? "the first page" : `page ${n}`}${list.filter ? ` filtered by ${list.filter}` : ""}`;
    const page: Page | null = await askPage(prober, list, what, { limit, cursor });
    if (!page) return null;
    if (page.items.length > limit) {
      prober.fail(list.endpoint, `${what}: it was asked for ${limit} items and has ${page.items.length}.`);
      return null;
    }
    for (const item of page.items) {
      if (seen.has(item["id"])) {
        prober.fail(list.endpoint, `${what}: the row ${shown(item["id"])} was on a page before.`);
        return null;
      }
      seen.add(item["id"]);
      items.push(item);
    }
    cursor = page.next;
    if (cursor === null) break;
    if (page.items.length < limit && prober.planned) {
      prober.fail(
        list.endpoint,
        `${what}: it has ${page.items.length} items where ${limit} fit, and still a next_cursor.`,
      );
      return null;
    }
  }
  return items;
}

export interface Page {
  items: Row[];
  next: string | null;
}

export async function askPage(
  prober: Prober,
  { endpoint, id, filter }: List,
  what: string,
  { limit, cursor }: { limit?: number; cursor?: string | null },
): Promise<Page | null> {
  const query = [
    ...(filter ? [filter] : []),
    ...(limit === undefined ? [] : [`limit=${limit}`]),
    ...(typeof cursor === "string" ? [`cursor=${encodeURIComponent(cursor)}`] : []),
  ].join("&");
  const expect = prober.success(endpoint);
  const answer = await prober.send({ endpoint, what, query, ...(id !== undefined && { id }), expect });
  return pageOf(prober, endpoint, answer);
}

function pageOf(prober: Prober, endpoint: string, answer: HttpAnswer | null): Page | null {
  if (!answer) return null;
  const body = objectOf(answer);
  const items: unknown = body?.["items"];
  const next: unknown = body?.["next_cursor"];
  if (Array.isArray(items) && items.every(isObject) && (typeof next === "string" || next === null))
    return { items, next };
  prober.fail(endpoint, `a page must be {"items": [...], "next_cursor": string or null}, not ${shown(answer.json)}.`);
  return null;
}

/** Every expected row is among the items, as it is. */
export function compareItems(prober: Prober, endpoint: string, what: string, items: Row[], expected: Row[]): void {
  const byId = new Map(items.map((item) => [item["id"], item]));
  for (const row of expected) {
    const item = byId.get(row["id"]);
    if (!item) prober.fail(endpoint, `${what}: the row ${shown(row["id"])} was made, but is on no page.`);
    else for (const difference of differences(row, item)) prober.fail(endpoint, `${what}: ${difference}.`);
  }
}

/** Exactly these rows in exactly this order: newest first, and by id where they are equally old. */
export function compareOrder(
  prober: Prober,
  endpoint: string,
  what: string,
  items: Row[],
  ids: string[],
  order = "newest first, by created_at and then by id",
): void {
  const found = items.map((item) => String(item["id"]));
  const extra = found.filter((id) => !ids.includes(id));
  const lost = ids.filter((id) => !found.includes(id));
  if (extra.length > 0) prober.fail(endpoint, `${what}: ${rowsOf(extra)} should not be there.`);
  if (lost.length > 0) prober.fail(endpoint, `${what}: ${rowsOf(lost)} of ${ids.length} in the table are missing.`);
  if (extra.length + lost.length > 0) return;
  const at = found.findIndex((id, index) => id !== ids[index]);
  if (at === -1) return;
  prober.fail(
    endpoint,
    `${what}: the rows are in another order than ${order}: ${shown(ids[at])} should be number ${at + 1}, and ${shown(found[at])} is.`,
  );
}

function rowsOf(ids: string[]): string {
  return `${ids.length === 1 ? "a row" : `${ids.length} rows`} (such as ${shown(ids[0])})`;
}
