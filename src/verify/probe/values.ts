// Values for the columns of a plan that must be accepted.
import { randomBytes } from "node:crypto";
import type { Column } from "../../plan/plan.ts";

type Make = (column: Column, n: number, token: string) => unknown;

const VALID: Record<Column["type"], Make> = {
  id: unknownId,
  reference: unknownId,
  string: (column, n, token) => fitted(`Probe's ${token} ${n}`, `${n.toString(36)}${token}`, column),
  text: (_column, _n, token) => `Probe ${token}.\nIt's a second line: ünïcode, "quotes" and a % sign.`,
  email: (column, n, token) => mailbox(`${n.toString(36)}.${token}`, column),
  url: (column, n, token) => address(`${n.toString(36)}-${token}`, column),
  integer: wholeNumber,
  bigint: wholeNumber,
  decimal: money,
  boolean: (column, n) => (n % 2 === 1 ? column.default !== true : column.default === true),
  timestamp: (_column, n, token) => 1_800_000_000 + (n % 1_000_000) * 1000 + (Number.parseInt(token, 16) % 1000),
  date: (_column, n, token) => dayAfter("2030-01-01", n * 37 + (Number.parseInt(token, 16) % 37)),
  enum: (column, n) => column.values?.[n % (column.values.length || 1)],
  json: (_column, _n, token) => ({ token, list: [1, "two", null], nested: { yes: true } }),
  "string[]": (_column, _n, token) => ["one", `two ${token}`],
};

/** What the client sends for the column. Another `n` gives another value as long as there are any; references are given by
 * the caller. */
export function validValue(column: Column, n: number): unknown {
  return VALID[column.type](column, n, randomBytes(4).toString("hex"));
}

/** A value that differs from what the column holds now; the same one where it can hold no other. */
export function otherValue(column: Column, current: unknown, n: number): unknown {
  for (let step = 0; step < 4; step++) {
    const value = validValue(column, n + step);
    if (JSON.stringify(value) !== JSON.stringify(current)) return value;
  }
  return current;
}

/** Another day for every other `n`, also where the column is unique. Stays in years of four digits. */
function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(first) + (days % 1_000_000) * 86_400_000).toISOString().slice(0, 10);
}

/** An id in the right form that no row has. */
export function unknownId(): string {
  return randomBytes(16).toString("base64url").slice(0, 21).replace(/^-/, "a");
}

function fitted(long: string, short: string, { maxLength = 200, minLength = 0 }: Column): string {
  const text = long.length <= maxLength ? long : short.slice(0, maxLength);
  return text.padEnd(minLength, "x");
}

function mailbox(name: string, { maxLength = 320, minLength = 0 }: Column): string {
  const host = maxLength < 30 ? "a.io" : "example.com";
  const local = name.replaceAll(".", "").slice(0, Math.max(1, maxLength - host.length - 1));
  return `${local.padEnd(minLength - host.length - 1, "x")}@${host}`;
}

function address(name: string, { maxLength = 2000, minLength = 0 }: Column): string {
  const host = maxLength < 40 ? "http://a.io/" : "https://example.com/?page=";
  return `${host}${name}`.slice(0, Math.max(maxLength, host.length - 1)).padEnd(minLength, "x");
}

/** Different for every `n` where the column is unique. */
function wholeNumber(column: Column, n: number): number {
  const minimum = Math.ceil(column.minimum ?? Math.min(1, (column.maximum ?? 1_000_001) - 1_000_000));
  const maximum = Math.floor(column.maximum ?? minimum + 1_000_000);
  return minimum + (n % (Math.min(maximum - minimum, 1_000_000) + 1));
}

function money(column: Column, n: number): number {
  const minimum = column.minimum ?? Math.min(0, (column.maximum ?? 9_999) - 9_999);
  const maximum = column.maximum ?? minimum + 9_999;
  const cents = Math.floor((maximum - minimum) * 100);
  const offset = column.unique ? n : n * 100 + 25;
  return Math.round(minimum * 100 + (offset % (cents + 1))) / 100;
}

/** How many values a column can hold that only differ in what `validValue` varies. */
export function capacity({ type, values, minimum, maximum, maxLength = 200 }: Column): number {
  if (type === "enum") return values?.length ?? 0;
  if (type === "boolean") return 2;
  if (type === "string") return 36 ** Math.min(maxLength, 8);
  if (type === "email") return 36 ** Math.min(Math.max(maxLength - 5, 0), 8);
  if (type === "url") return 36 ** Math.min(Math.max(maxLength - 12, 0), 8);
  if (minimum === undefined || maximum === undefined) return Infinity;
  return type === "decimal" ? (maximum - minimum) * 100 : maximum - minimum + 1;
}

const INT32 = 2_147_483_647;
const LARGEST_DECIMAL = 9_999_999_999.99;

/** The most that a column can hold; where an end is open, a value far away from the usual. */
export function largestValue(column: Column, n: number): unknown {
  switch (column.type) {
    case "string":
      return "x".repeat(column.maxLength ?? 200);
    case "text":
      return `${"long ".repeat(400)}text.`;
    case "integer":
      return column.maximum ?? INT32;
    case "bigint":
      return column.maximum ?? Number.MAX_SAFE_INTEGER;
    case "decimal":
      return column.maximum ?? LARGEST_DECIMAL;
    case "boolean":
      return true;
    case "timestamp":
      return 4_102_444_800; // 2100
    case "date":
      return "9999-12-31";
    case "enum":
      return column.values?.at(-1);
    case "string[]":
      return Array.from({ length: 50 }, (_, index) => `item ${index}`);
    case "json":
      return { list: Array.from({ length: 100 }, (_, index) => ({ index, text: "ünïcode 🦄" })) };
    case "id":
    case "reference":
    case "email":
    case "url":
      break;
  }
  return validValue(column, n);
}

/** The least that a column can hold, and what a careless condition takes for nothing: 0, false, an empty list. */
export function smallestValue(column: Column, n: number): unknown {
  switch (column.type) {
    case "string":
      return "0".repeat(Math.max(1, column.minLength ?? 1));
    case "text":
      return "0";
    case "integer":
    case "bigint":
    case "decimal":
      return isWithin(0, column) ? 0 : (column.minimum ?? column.maximum);
    case "boolean":
      return false;
    case "timestamp":
      return 0;
    case "date":
      return "1970-01-01";
    case "enum":
      return column.values?.[0];
    case "string[]":
      return [];
    case "json":
      return {};
    case "id":
    case "reference":
    case "email":
    case "url":
      break;
  }
  return validValue(column, n);
}

function isWithin(value: number, { minimum = -Infinity, maximum = Infinity }: Column): boolean {
  return value >= minimum && value <= maximum;
}

/** Texts that mean something to SQL, HTML or a template; the first that fits is stored as it is. */
const HOSTILE = [
  `'); drop table users; --"\\ <script>alert(1)</script> %_ \${7*7} 🦄`,
  `' or '1'='1' -- \\ <b>%_`,
  `' or 1=1--`,
  `'"\\%`,
  `'`,
];

/** A value that must be stored as it was sent, however it looks; null for a column that takes no free text. */
export function hostileText(column: Column): string | null {
  if (column.type !== "string" && column.type !== "text") return null;
  const { minLength = 0, maxLength = 2_000 } = column;
  const text = HOSTILE.find((one) => Array.from(one).length <= maxLength && one.length <= maxLength);
  return text === undefined ? null : text.padEnd(minLength, "'");
}
