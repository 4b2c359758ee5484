// Columns that convention gives, written in the exact syntax.
import type { ColumnDraft } from "./draft.ts";
import { parseField } from "./field.ts";
import { Reader } from "./reader.ts";

/** The columns of a description in the exact syntax, which is our own and so always understood. */
export function conventionalColumns(syntax: string): ColumnDraft[] {
  const reader = new Reader(syntax);
  const columns: ColumnDraft[] = [];
  while (!reader.done) {
    const field = parseField(reader, "group", (inner) => inner.tokens.length);
    if (field?.kind !== "column") throw new Error(`the conventional columns "${syntax}" are not valid`);
    columns.push({ column: field.column, target: null, tokens: [], assumed: [] });
    reader.accept(",", "separator");
  }
  return columns;
}
