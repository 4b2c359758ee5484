import * as z from "zod";
import { problem } from "./problem.ts";
import { name, sql, type Fragment } from "./sql.ts";

/** Query of every list: newest first, `limit` items, continued with the `next_cursor` of the page before. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1000).optional(),
});

const NEWEST_FIRST = "-created_at";

/** `sort` of a list's query: one of the columns, from the largest down with a minus in front. None of them may be null. */
export function sortBy(...columns: string[]) {
  const orders = columns.flatMap((column) => [column, `-${column}`]);
  return z.enum([NEWEST_FIRST, "created_at", ...orders]).default(NEWEST_FIRST);
}

const Cursor = z.tuple([z.string(), z.union([z.number(), z.string()]), z.string().regex(/^[\w-]{1,21}$/)]);

/** Contract of one page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** The rows that follow the cursor, in the order of `sort`. */
export function after(cursor: string | undefined, sort: string = NEWEST_FIRST): Fragment {
  if (!cursor) return sql`true`;
  const position = Cursor.safeParse(decode(cursor));
  if (!position.success) throw problem(400, "The cursor is invalid.");
  const [order, value, id] = position.data;
  if (order !== sort) throw problem(400, "The cursor belongs to a list in another order.");
  const { column, descending } = parts(sort);
  return sql`(${name(column)}, id) ${descending ? sql`<` : sql`>`} (${value}, ${id})`;
}

/** The order of `sort`, for `order by`; rows that are equal in it are in the order of their ids. */
export function inOrder(sort: string): Fragment {
  const { column, descending } = parts(sort);
  return descending ? sql`${name(column)} desc, id desc` : sql`${name(column)}, id`;
}

/** One page of rows that were fetched with `limit + 1`: the row too many only tells that there are more. */
export function page<T extends { id: string }>(rows: T[], limit: number, sort: string = NEWEST_FIRST) {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const value = last && (last as Record<string, unknown>)[parts(sort).column];
  return { items, next_cursor: last ? encode([sort, value, last.id]) : null };
}

function parts(sort: string): { column: string; descending: boolean } {
  const descending = sort.startsWith("-");
  return { column: descending ? sort.slice(1) : sort, descending };
}

function encode(position: unknown[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
