import * as z from "zod";
import { problem } from "./problem.ts";
import { sql, type Fragment } from "./sql.ts";

/** Query of every list: newest first, `limit` items, continued with the `next_cursor` of the page before. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});

const Cursor = z.tuple([z.int(), z.string().regex(/^[\w-]{1,21}$/)]);

/** Contract of one page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** The rows that follow the cursor, in the order `created_at desc, id desc`. */
export function after(cursor: string | undefined): Fragment {
  if (!cursor) return sql`true`;
  const position = Cursor.safeParse(decode(cursor));
  if (!position.success) throw problem(400, "The cursor is invalid.");
  const [createdAt, id] = position.data;
  return sql`(created_at, id) < (${createdAt}, ${id})`;
}

/** One page of rows that were fetched with `limit + 1`: the row too many only tells that there are more. */
export function page<T extends { id: string; created_at: number }>(rows: T[], limit: number) {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next_cursor: last ? encode([last.created_at, last.id]) : null };
}

function encode(position: z.output<typeof Cursor>): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
