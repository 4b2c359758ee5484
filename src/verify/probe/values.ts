// Values for the columns of a plan: ones that must be accepted, and ones that must be refused.
import { randomBytes } from "node:crypto";
import type { Column } from "../../plan/plan.ts";

type Make = (column: Column, n: number, token: string) => unknown;

const VALID: Record<Column["type"], Make> = {
  id: unknownId,
  reference: unknownId,
  string: (column, n, token) => fitted(`Probe ${token} ${n}`, token, column),
  text: (_column, _n, token) => `Probe ${token}.\nIt's a second line: ünïcode, "quotes" and a % sign.`,
  email: (column, _n, token) => fitted(`probe.${token}@example.com`, `${token.slice(0, 2)}@a.io`, column),
  url: (column, n, token) => fitted(`https://example.com/${token}?n=${n}`, "http://a.io", column),
  integer: wholeNumber,
  bigint: wholeNumber,
  decimal: money,
  boolean: (column, n) => (n % 2 === 1 ? column.default !== true : column.default === true),
  timestamp: (_column, _n, token) => 1_800_000_000 + Number.parseInt(token.slice(0, 5), 16),
  date: (_column, n, token) => dayAfter("2030-01-01", n * 37 + (Number.parseInt(token, 16) % 37)),
  enum: (column, n) => column.values?.[n % (column.values.length || 1)],
  json: (_column, _n, token) => ({ token, list: [1, "two", null], nested: { yes: true } }),
  "string[]": (_column, _n, token) => ["one", `two ${token}`],
};

/** What the client sends for the column. `n` makes values of one run differ; references are given by the caller. */
export function validValue(column: Column, n: number): unknown {
  return VALID[column.type](column, n, randomBytes(4).toString("hex"));
}

/** Another day for every other `n`, also where the column is unique. Stays in years of four digits. */
function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(first) + (days % 1_000_000) * 86_400_000).toISOString().slice(0, 10);
}

/** An id in the right form that no row has. */
export function unknownId(): string {
  return randomBytes(16).toString("base64url").slice(0, 21).replace(/^-/, "a");
}

function fitted(long: string, short: string, column: Column): string {
  const max = column.maxLength ?? 200;
  const text = long.length <= max ? long : short.slice(0, max);
  return text.padEnd(column.minLength ?? 0, "x");
}

function wholeNumber(column: Column, n: number, token: string): number {
  const minimum = Math.ceil(column.minimum ?? Math.min(1, column.maximum ?? 1));
  const maximum = Math.floor(column.maximum ?? minimum + 1_000_000);
  const spread = Math.min(maximum - minimum, 1_000_000);
  const offset = column.unique ? Number.parseInt(token, 16) : n;
  return minimum + (offset % (spread + 1));
}

function money(column: Column, n: number, token: string): number {
  const minimum = column.minimum ?? Math.min(0, column.maximum ?? 0);
  const maximum = column.maximum ?? minimum + 9_999;
  const cents = Math.floor((maximum - minimum) * 100);
  const offset = column.unique ? Number.parseInt(token, 16) : n * 100 + 25;
  return Math.round(minimum * 100 + (offset % (cents + 1))) / 100;
}

export interface BadValue {
  value: unknown;
  why: string;
}

/** Values that a strict contract refuses for this column. */
export function invalidValues(column: Column): BadValue[] {
  const bad: BadValue[] = [];
  if (!column.nullable) bad.push({ value: null, why: "null" });
  const tooLong =
    column.maxLength === undefined
      ? []
      : [{ value: "x".repeat(column.maxLength + 1), why: `more than ${column.maxLength} characters` }];
  switch (column.type) {
    case "id":
    case "reference":
      bad.push({ value: "short", why: "a malformed id" }, { value: 5, why: "a number instead of an id" });
      break;
    case "string":
    case "text":
      bad.push(
        { value: 42, why: "a number instead of a text" },
        { value: "a\0b", why: "a text with a NUL character" },
        ...tooLong,
      );
      if ((column.minLength ?? 0) > 0)
        bad.push({ value: "x".repeat(column.minLength! - 1), why: `fewer than ${column.minLength} characters` });
      break;
    case "email":
      bad.push({ value: "not an e-mail", why: "a text that is no e-mail address" }, ...tooLong);
      break;
    case "url":
      bad.push(
        { value: "not a url", why: "a text that is no URL" },
        { value: "javascript:alert(1)", why: "a javascript: URL" },
        ...tooLong,
      );
      break;
    case "integer":
    case "bigint":
    case "decimal":
      bad.push({ value: "7", why: "a text instead of a number" }, ...outOfBounds(column));
      if (column.type !== "decimal") bad.push({ value: 1.5, why: "a fraction" });
      break;
    case "boolean":
      bad.push({ value: "yes", why: "a text instead of true or false" });
      break;
    case "timestamp":
      bad.push({ value: "tomorrow", why: "a text instead of unix seconds" });
      break;
    case "date":
      bad.push(
        { value: "2030-02-31", why: "a day that does not exist" },
        { value: 20_300_101, why: "a number instead of a date" },
      );
      break;
    case "enum":
      bad.push({ value: `not ${column.values?.join(" or ")}`, why: "a value that is not allowed" });
      break;
    case "json":
      break;
    case "string[]":
      bad.push({ value: "one", why: "a text instead of a list" }, { value: [1], why: "a list of numbers" });
      break;
  }
  return bad;
}

function outOfBounds(column: Column): BadValue[] {
  const bad: BadValue[] = [];
  const step = column.type === "decimal" ? 0.01 : 1;
  const largest =
    column.type === "integer" ? 2_147_483_647 : column.type === "bigint" ? Number.MAX_SAFE_INTEGER : 9_999_999_999.99;
  if (column.minimum !== undefined)
    bad.push({ value: rounded(column.minimum - step), why: `less than ${column.minimum}` });
  if (column.maximum !== undefined)
    bad.push({ value: rounded(column.maximum + step), why: `more than ${column.maximum}` });
  else bad.push({ value: largest * 10, why: "a number too large for the column" });
  return bad;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
