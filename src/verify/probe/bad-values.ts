// Values for the columns of a plan that must be refused.
import type { Column, ColumnType } from "../../plan/plan.ts";

export interface BadValue {
  value: unknown;
  why: string;
  /** No contract allows it, and no database stores it. */
  hostile?: true;
}

const NUL: BadValue = { value: "a\0b", why: "a text with a NUL character", hostile: true };
const NUMBER = { value: 42, why: "a number instead of a text" };
const OBJECT = { value: { a: 1 }, why: "an object" };
const FRACTION = { value: 1.5, why: "a fraction" };
const LIST = { value: [1], why: "a list" };

/** Values that a strict contract refuses for this column. */
export function invalidValues(column: Column): BadValue[] {
  const bad: BadValue[] = column.nullable ? [] : [{ value: null, why: "null" }];
  return [...bad, ...BAD[column.type](column)];
}

const BAD: Record<ColumnType, (column: Column) => BadValue[]> = {
  id: ids,
  reference: ids,
  string: texts,
  text: texts,
  email: (column) => [
    { value: "not an e-mail", why: "a text that is no e-mail address" },
    { value: ["a@example.com"], why: "a list" },
    ...tooLong(column),
  ],
  url: (column) => [
    { value: "not a url", why: "a text that is no URL" },
    { value: "javascript:alert(1)", why: "a javascript: URL", hostile: true },
    NUMBER,
    ...tooLong(column),
  ],
  integer: (column) => [...numbers(column), FRACTION],
  bigint: (column) => [...numbers(column), FRACTION],
  decimal: numbers,
  boolean: () => [
    { value: "yes", why: "a text instead of true or false" },
    { value: 1, why: "a number instead of true or false" },
  ],
  timestamp: () => [{ value: "tomorrow", why: "a text instead of unix seconds" }, FRACTION, OBJECT],
  date: () => [
    { value: "2030-02-31", why: "a day that does not exist" },
    { value: "01/02/2030", why: "a date in another form" },
    { value: 20_300_101, why: "a number instead of a date" },
  ],
  enum: ({ values }) => [{ value: `not ${values?.join(" or ")}`, why: "a value that is not allowed" }, NUMBER],
  json: () => [{ value: { text: "a\0b" }, why: "JSON with a NUL character", hostile: true }],
  "string[]": () => [
    { value: "one", why: "a text instead of a list" },
    { value: [1], why: "a list of numbers" },
    { value: ["a\0b"], why: "a list with a NUL character", hostile: true },
  ],
};

function ids(): BadValue[] {
  return [
    { value: "short", why: "a malformed id" },
    { value: 5, why: "a number instead of an id" },
    { value: "' or '1'='1", why: "SQL instead of an id", hostile: true },
  ];
}

function texts(column: Column): BadValue[] {
  return [NUMBER, NUL, OBJECT, ...lengths(column)];
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
  return [{ value: String(within(column)), why: "a text instead of a number" }, LIST, ...outOfBounds(column)];
}

/** A number that only its type forbids. */
function within({ minimum = -Infinity, maximum = Infinity }: Column): number {
  return Math.min(Math.max(7, minimum), maximum);
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

const NO_NUMBER = ["many"];
const NUL_TEXT = ["%00"];

const BAD_FILTERS: Partial<Record<ColumnType, readonly string[]>> = {
  reference: ["short", "%00"],
  boolean: ["maybe"],
  integer: NO_NUMBER,
  bigint: NO_NUMBER,
  decimal: NO_NUMBER,
  timestamp: NO_NUMBER,
  date: ["2030-02-31"],
  string: NUL_TEXT,
  text: NUL_TEXT,
  email: NUL_TEXT,
  url: NUL_TEXT,
};

/** Values of a query parameter that is named like the column, as they stand in the query, which no filter can mean. */
export function invalidFilters({ type, values }: Column): readonly string[] {
  if (type === "enum") return [encodeURIComponent(`not ${values?.join(" or ")}`)];
  return BAD_FILTERS[type] ?? [];
}
