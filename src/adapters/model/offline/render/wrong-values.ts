// Values that the contract of a column refuses, as TypeScript expressions.
import { LONGEST_TEXT } from "../../../../plan/example-value.ts";
import type { Column, ColumnType } from "../../../../plan/plan.ts";

const WRONG: Record<ColumnType, (column: Column) => string[]> = {
  string: wrongText,
  text: wrongText,
  integer: (column) => ["1.5", '"1"', ...outside(column, 1)],
  bigint: (column) => ["1.5", '"1"', ...outside(column, 1)],
  decimal: (column) => ["1.005", '"1"', ...outside(column, 0.01)],
  boolean: () => ['"yes"'],
  timestamp: () => ["-1", '"now"'],
  date: () => ['"2026-02-30"', "20260131"],
  enum: ({ values }) => [values?.includes("?") ? '"??"' : '"?"'],
  email: () => ['"nobody"'],
  url: () => ['"example"', '"javascript:alert(1)"'],
  json: () => [],
  "string[]": () => ['"one"', "[1]"],
  id: () => ['"1"'],
  reference: () => ['"1"'],
};

/** Expressions that are refused with 422; none for json that may be null, which takes everything. */
export function wrongValues(column: Column): string[] {
  const { type, nullable } = column;
  return [...WRONG[type](column), ...(nullable ? (type === "json" ? [] : ["{}"]) : ["null"])];
}

function wrongText({ type, minLength = 1, maxLength = 200 }: Column): string[] {
  const tooLong = (type === "text" ? LONGEST_TEXT : maxLength) + 1;
  return [...(minLength > 0 ? ['""'] : []), `"x".repeat(${tooLong})`, "42"];
}

function outside({ minimum, maximum }: Column, step: number): string[] {
  return [
    ...(minimum === undefined ? [] : [moved(minimum, -step)]),
    ...(maximum === undefined ? [] : [moved(maximum, step)]),
  ];
}

function moved(bound: number, by: number): string {
  return String(Math.round((bound + by) * 100) / 100);
}
