// Values that fit a column, for the generated tests, as TypeScript expressions.
import { exampleValue, type Which } from "../../../../plan/example-value.ts";
import type { Column, ColumnType, Table } from "../../../../plan/plan.ts";
import { inlineLiteral } from "./source.ts";

/** New at every call; absent where a type is never unique, or where the parent's row makes the difference. */
const UNIQUE: Partial<Record<ColumnType, (column: Column) => string>> = {
  string: ({ minLength = 1, maxLength = 200 }) => `nanoid(${Math.max(minLength, Math.min(12, maxLength))})`,
  email: () => "`${nanoid()}@example.com`",
  url: () => "`https://example.com/${nanoid()}`",
  integer: randomNumber,
  bigint: randomNumber,
  timestamp: randomNumber,
  decimal: randomNumber,
  date: () => "new Date(randomInt(2 ** 40)).toISOString().slice(0, 10)",
};

/** An expression that fits the column; every row's is another one where the column is unique. */
export function sample(column: Column): string {
  const unique = column.unique ? UNIQUE[column.type] : undefined;
  return unique ? unique(column) : fixed(column, 0);
}

/** An expression that fits the column and differs from what `sample` gives; null when there is none. */
export function otherSample(column: Column): string | null {
  if (column.unique) return sample(column);
  const other = fixed(column, 1);
  return other === fixed(column, 0) ? null : other;
}

/** Whether rows of the table can be made at all, and as many as a test needs: not when a row needs one of its own table
 * or a parent that cannot be made, nor when a unique column has few values. */
export function canMakeRows(tables: Table[], table: Table): boolean {
  return table.columns.every((column) => {
    if (!isPlentiful(column)) return false;
    if (!column.references || column.nullable) return true;
    const place = tables.findIndex(({ name }) => name === column.references?.table);
    return place !== -1 && place < tables.indexOf(table) && canMakeRows(tables, tables[place]!);
  });
}

function isPlentiful(column: Column): boolean {
  const longest = column.maxLength ?? 200;
  if (!column.unique) return longest >= (column.type === "email" ? 8 : column.type === "url" ? 19 : 1);
  if (column.type === "email" || column.type === "url") return longest >= 42;
  if (column.type === "string") return longest >= 6;
  if (column.type === "enum") return false;
  const [low, high] = range(column);
  return column.type === "reference" || high - low >= 1_000_000;
}

function randomNumber(column: Column): string {
  const [low, high] = range(column);
  return `randomInt(${Math.ceil(low)}, ${Math.floor(Math.min(high, low + 2 ** 40))})`;
}

function range({ type, minimum, maximum }: Column): [number, number] {
  const largest = type === "integer" ? 2 ** 31 - 1 : type === "decimal" ? 9_999_999_999 : 2 ** 47;
  return [minimum ?? Math.min(0, (maximum ?? 0) - 2_000_000), maximum ?? largest];
}

function fixed(column: Column, which: Which): string {
  return inlineLiteral(exampleValue(column, which));
}
