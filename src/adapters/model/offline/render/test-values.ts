// Values that fit a column, for the generated tests, as TypeScript expressions.
import type { Column, ColumnType, Table } from "../../../../plan/plan.ts";
import { LONGEST_TEXT } from "./schema-file.ts";
import { quote } from "./source.ts";
import { spoken } from "./type-names.ts";

/** 0 for the value that rows are made with, 1 for the value that they are changed to. */
type Which = 0 | 1;

const FIXED: Record<ColumnType, (column: Column, which: Which) => string> = {
  string: sampleText,
  text: sampleText,
  integer: (column, which) => String(near(column, [1, 2][which]!, which)),
  bigint: (column, which) => String(near(column, [1, 2][which]!, which)),
  decimal: (column, which) => String(near(column, [19.99, 20.5][which]!, which / 100)),
  boolean: (column, which) => String((column.default !== true) === (which === 0)),
  timestamp: (_, which) => ["1767225600", "1767312000"][which]!,
  date: (_, which) => ['"2026-01-31"', '"2026-02-28"'][which]!,
  enum: (column, which) => quote(enumValue(column, which)),
  email: (column, which) => `"${["ann", "bea"][which]}@${(column.maxLength ?? 320) < 15 ? "b.co" : "example.com"}"`,
  url: (_, which) => ['"https://example.com"', '"https://example.org"'][which]!,
  json: (_, which) => ['{ key: "value" }', '["other"]'][which]!,
  "string[]": (_, which) => ['["one", "two"]', '["three"]'][which]!,
  id: () => '"V1StGXR8_Z5jdHi6B-myT"',
  reference: () => '"V1StGXR8_Z5jdHi6B-myT"',
};

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
  return unique ? unique(column) : FIXED[column.type](column, 0);
}

/** An expression that fits the column and differs from what `sample` gives; null when there is none. */
export function otherSample(column: Column): string | null {
  if (column.unique) return sample(column);
  const other = FIXED[column.type](column, 1);
  return other === FIXED[column.type](column, 0) ? null : other;
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

function sampleText({ name, minLength = 1, maxLength = LONGEST_TEXT }: Column, which: Which): string {
  const words = which === 0 ? spoken(name).replace(/^./, (first) => first.toUpperCase()) : `Other ${spoken(name)}`;
  return quote(words.slice(0, maxLength).trim().padEnd(minLength, "xy"[which]));
}

/** First a value that is not the default, so that a test sees what was sent. */
function enumValue({ values = [], default: standard }: Column, which: Which): string {
  const sorted = [...values.filter((value) => value !== standard), ...values.filter((value) => value === standard)];
  return sorted[which] ?? sorted[0] ?? "";
}

/** The wish, or else the nearest bound, moved by `step` to the inside. */
function near({ minimum = -Infinity, maximum = Infinity }: Column, wish: number, step: number): number {
  if (wish >= minimum && wish <= maximum) return wish;
  const [edge, moved] = wish < minimum ? [minimum, minimum + step] : [maximum, maximum - step];
  const rounded = Math.round(moved * 100) / 100;
  return rounded >= minimum && rounded <= maximum ? rounded : edge;
}
