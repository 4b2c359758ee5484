import { describe, expect, it } from "vitest";
import { newColumn } from "../../../src/plan/build-plan.ts";
import { defaultProblem } from "../../../src/plan/column-rules.ts";
import type { Column } from "../../../src/plan/plan.ts";
import { invalidValues } from "../../../src/verify/probe/bad-values.ts";
import {
  capacity,
  hostileText,
  largestValue,
  otherValue,
  smallestValue,
  validValue,
} from "../../../src/verify/probe/values.ts";

const columns: Column[] = [
  newColumn("a", "string", { maxLength: 200 }),
  newColumn("a", "string", { maxLength: 3, minLength: 2 }),
  newColumn("a", "string", { maxLength: 60, minLength: 40 }),
  newColumn("a", "text"),
  newColumn("a", "email", { maxLength: 320 }),
  newColumn("a", "email", { maxLength: 12 }),
  newColumn("a", "url", { maxLength: 2000 }),
  newColumn("a", "integer"),
  newColumn("a", "integer", { minimum: -5, maximum: 5 }),
  newColumn("a", "integer", { maximum: -3 }),
  newColumn("a", "integer", { minimum: 7, maximum: 7, unique: true }),
  newColumn("a", "bigint", { minimum: 0 }),
  newColumn("a", "bigint", { minimum: 100 }),
  newColumn("a", "decimal", { minimum: 0.5, maximum: 9.99 }),
  newColumn("a", "boolean"),
  newColumn("a", "timestamp"),
  newColumn("a", "date"),
  newColumn("a", "enum", { values: ["open", "done"] }),
];

describe.each(columns.map((column) => [JSON.stringify(column), column] as const))("values for %s", (_, column) => {
  it("are valid ones", () => {
    // A value that may be the default of a column is one the column can hold.
    for (let n = 0; n < 50; n++) {
      const value = validValue(column, n);
      if (column.type === "text") expect(value).toBeTypeOf("string");
      else expect(defaultProblem(column, scalar(value))).toBeNull();
    }
  });

  it("are valid ones at the edges too, and differ from what is there", () => {
    for (const value of [largestValue(column, 1), smallestValue(column, 1), hostileText(column)]) {
      if (value !== null && column.type !== "text") expect(defaultProblem(column, scalar(value))).toBeNull();
    }
    const current = validValue(column, 1);
    if (capacity(column) > 1) expect(otherValue(column, current, 1)).not.toEqual(current);
  });

  it("that are invalid are not among them", () => {
    const bad = invalidValues(column);
    expect(bad.length).toBeGreaterThan(1);
    for (const { value, hostile } of bad) {
      // What no contract allows has no place in a plan either, though its rules do not say so.
      if (value !== null && typeof value !== "object" && !hostile)
        expect(defaultProblem(column, scalar(value))).not.toBeNull();
    }
  });
});

it.each(columns.filter(({ type }) => ["integer", "bigint", "decimal"].includes(type)))(
  "as texts are numbers that the column would take: $type $minimum $maximum",
  (column) => {
    const { value } = invalidValues(column).find(({ why }) => why === "a text instead of a number")!;
    expect(value).toBeTypeOf("string");
    expect(defaultProblem(column, Number(value))).toBeNull();
  },
);

it("makes unique values that differ", () => {
  const column = newColumn("sku", "string", { unique: true, maxLength: 12 });
  expect(new Set(Array.from({ length: 100 }, () => validValue(column, 1))).size).toBe(100);
});

it("makes as many unique values as a column can hold, by their number alone", () => {
  for (const column of [
    newColumn("a", "integer", { unique: true, minimum: 1, maximum: 60 }),
    newColumn("a", "decimal", { unique: true, minimum: 0, maximum: 0.6 }),
    newColumn("a", "date", { unique: true }),
    newColumn("a", "timestamp", { unique: true }),
  ]) {
    expect(new Set(Array.from({ length: 60 }, (_, n) => validValue(column, n))).size).toBe(60);
  }
});

function scalar(value: unknown): string | number | boolean {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new Error(`${JSON.stringify(value)} is not a default value`);
}
