// A value that fits a column, for documentation and tests.
import type { Column, ColumnType } from "./plan.ts";

/** Characters that a text column takes through the API; the database sets no limit. */
export const LONGEST_TEXT = 10_000;

/** Two values of every type, which differ wherever the column leaves room for it. */
export type Which = 0 | 1;

const EXAMPLES: Record<ColumnType, (column: Column, which: Which) => unknown> = {
  string: text,
  text,
  integer: (column, which) => near(column, [1, 2][which]!, which),
  bigint: (column, which) => near(column, [1, 2][which]!, which),
  decimal: (column, which) => near(column, [19.99, 20.5][which]!, which / 100),
  boolean: (column, which) => (column.default !== true) === (which === 0),
  timestamp: (_, which) => [1_767_225_600, 1_767_312_000][which],
  date: (_, which) => ["2026-01-31", "2026-02-28"][which],
  enum: enumValue,
  email: ({ maxLength = 320 }, which) => `${["ann", "bea"][which]}@${maxLength < 15 ? "b.co" : "example.com"}`,
  url: (_, which) => ["https://example.com", "https://example.org"][which],
  json: (_, which) => [{ key: "value" }, ["other"]][which],
  "string[]": (_, which) => [["one", "two"], ["three"]][which],
  id: () => "V1StGXR8_Z5jdHi6B-myT",
  reference: () => "V1StGXR8_Z5jdHi6B-myT",
};

/** A JSON value that the column accepts: never its default where there is another one. */
export function exampleValue(column: Column, which: Which = 0): unknown {
  return EXAMPLES[column.type](column, which);
}

function text({ name, minLength = 1, maxLength = LONGEST_TEXT }: Column, which: Which): string {
  const spoken = name.replaceAll("_", " ");
  const words = which === 0 ? spoken.replace(/^./, (first) => first.toUpperCase()) : `Other ${spoken}`;
  return words.slice(0, maxLength).trim().padEnd(minLength, "xy"[which]);
}

function enumValue({ values = [], default: standard }: Column, which: Which): string {
  const others = values.filter((value) => value !== standard);
  return [...others, ...values.filter((value) => value === standard)][which] ?? others[0] ?? values[0] ?? "";
}

/** The wish, or else the nearest bound, moved by `step` to the inside. */
function near({ minimum = -Infinity, maximum = Infinity }: Column, wish: number, step: number): number {
  if (wish >= minimum && wish <= maximum) return wish;
  const [edge, moved] = wish < minimum ? [minimum, minimum + step] : [maximum, maximum - step];
  const rounded = Math.round(moved * 100) / 100;
  return rounded >= minimum && rounded <= maximum ? rounded : edge;
}
