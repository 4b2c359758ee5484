import { describe, expect, it } from "vitest";
import { newColumn } from "../../../src/plan/build-plan.ts";
import { defaultProblem } from "../../../src/plan/column-rules.ts";
import type { Column } from "../../../src/plan/plan.ts";
import { invalidValues, validValue } from "../../../src/verify/probe/values.ts";

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

  it("that are invalid are not among them", () => {
    const bad = invalidValues(column);
    expect(bad.length).toBeGreaterThan(1);
    for (const { value } of bad) {
      const isText = typeof value === "string" && (column.type === "text" || column.type === "string");
      if (value !== null && !(isText && value.includes("\0")))
        expect(defaultProblem(column, scalar(value))).not.toBeNull();
    }
  });
});

it("makes unique values that differ", () => {
  const column = newColumn("sku", "string", { unique: true, maxLength: 12 });
  expect(new Set(Array.from({ length: 100 }, () => validValue(column, 1))).size).toBe(100);
});

function scalar(value: unknown): string | number | boolean {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new Error(`${JSON.stringify(value)} is not a default value`);
}
