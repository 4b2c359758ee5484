// Values for the columns of a plan that must be refused.
import type { Column } from "../../plan/plan.ts";

export interface BadValue {
  value: unknown;
  why: string;
  /** No contract allows it, and no database stores it. */
  hostile?: true;
}

const NUL: BadValue = { value: "a\0b", why: "a text with a NUL character", hostile: true };
const NUMBER = { value: 42, why: "a number instead of a text" };
const OBJECT = { value: { a: 1 }, why: "an object" };
const LIST = { value: [1], why: "a list" };

/** Values that a strict contract refuses for this column. */
export function invalidValues(column: Column): BadValue[] {
  const bad: BadValue[] = column.nullable ? [] : [{ value: null, why: "null" }];
  return [...bad, ...ofType(column)];
}

function ofType(column: Column): BadValue[] {
  switch (column.type) {
    case "id":
    case "reference":
      return [
        { value: "short", why: "a malformed id" },
        { value: 5, why: "a number instead of an id" },
        { value: "' or '1'='1", why: "SQL instead of an id", hostile: true },
      ];
    case "string":
    case "text":
      return [NUMBER, NUL, OBJECT, ...lengths(column)];
    case "email":
      return [
        { value: "not an e-mail", why: "a text that is no e-mail address" },
        { value: ["a@example.com"], why: "a list" },
        ...tooLong(column),
      ];
    case "url":
      return [
        { value: "not a url", why: "a text that is no URL" },
        { value: "javascript:alert(1)", why: "a javascript: URL", hostile: true },
        NUMBER,
        ...tooLong(column),
      ];
    case "integer":
    case "bigint":
      return [...numbers(column), { value: 1.5, why: "a fraction" }];
    case "decimal":
      return numbers(column);
    case "boolean":
      return [
        { value: "yes", why: "a text instead of true or false" },
        { value: 1, why: "a number instead of true or false" },
      ];
    case "timestamp":
      return [{ value: "tomorrow", why: "a text instead of unix seconds" }, { value: 1.5, why: "a fraction" }, OBJECT];
    case "date":
      return [
        { value: "2030-02-31", why: "a day that does not exist" },
        { value: "01/02/2030", why: "a date in another form" },
        { value: 20_300_101, why: "a number instead of a date" },
      ];
    case "enum":
      return [{ value: `not ${column.values?.join(" or ")}`, why: "a value that is not allowed" }, NUMBER];
    case "json":
      return [{ value: { text: "a\0b" }, why: "JSON with a NUL character", hostile: true }];
    case "string[]":
      return [
        { value: "one", why: "a text instead of a list" },
        { value: [1], why: "a list of numbers" },
        { value: ["a\0b"], why: "a list with a NUL character", hostile: true },
      ];
  }
}

function lengths(column: Column): BadValue[] {
  const { minLength = 0 } = column;
  if (minLength === 0) return tooLong(column);
  return [...tooLong(column), { value: "x".repeat(minLength - 1), why: `fewer than ${minLength} characters` }];
}

function tooLong({ maxLength }: Column): BadValue[] {
  if (maxLength === undefined) return [];
  return [{ value: "x".repeat(maxLength + 1), why: `more than ${maxLength} characters` }];
}

function numbers(column: Column): BadValue[] {
  return [{ value: "7", why: "a text instead of a number" }, LIST, ...outOfBounds(column)];
}

function outOfBounds({ type, minimum, maximum }: Column): BadValue[] {
  const step = type === "decimal" ? 0.01 : 1;
  const largest = type === "integer" ? 2_147_483_647 : type === "bigint" ? Number.MAX_SAFE_INTEGER : 9_999_999_999.99;
  return [
    ...(minimum === undefined ? [] : [{ value: rounded(minimum - step), why: `less than ${minimum}` }]),
    maximum === undefined
      ? { value: largest * 10, why: "a number too large for the column" }
      : { value: rounded(maximum + step), why: `more than ${maximum}` },
  ];
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Values of a query parameter that is named like the column, which no filter can mean. */
export function invalidFilters(column: Column): string[] {
  switch (column.type) {
    case "reference":
      return ["short", "%00"];
    case "boolean":
      return ["maybe"];
    case "integer":
    case "bigint":
    case "decimal":
    case "timestamp":
      return ["many"];
    case "date":
      return ["2030-02-31"];
    case "enum":
      return [encodeURIComponent(`not ${column.values?.join(" or ")}`)];
    case "string":
    case "text":
    case "email":
    case "url":
      return ["%00"];
    case "id":
    case "json":
    case "string[]":
      return [];
  }
}

