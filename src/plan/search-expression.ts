// The SQL that a search looks at; the index and every query need the very same expression.
import { searchColumns } from "./listing.ts";
import type { Table } from "./plan.ts";
import { identifier } from "./sql-identifiers.ts";

/** `to_tsvector('simple', title || ' ' || coalesce(notes, ''))`: the words of the columns as they are, in any language. */
export function searchExpression(table: Table): string {
  const texts = searchColumns(table).map(({ name, nullable }) =>
    nullable ? `coalesce(${identifier(name)}, '')` : identifier(name),
  );
  return `to_tsvector('simple', ${texts.join(" || ' ' || ")})`;
}
