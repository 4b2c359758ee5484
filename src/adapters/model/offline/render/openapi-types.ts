// The types of schema-file.ts and list-routes.ts as JSON Schema, in the words and the order of zod's own toJSONSchema.
import { LONGEST_TEXT } from "../../../../plan/example-value.ts";
import type { Column } from "../../../../plan/plan.ts";

export type Json = Record<string, unknown>;

export const ID: Json = { type: "string", pattern: "^[\\w-]{21}$", example: "V1StGXR8_Z5jdHi6B-myT" };

const STRING: Json = { type: "string" };
const NUMBER: Json = { type: "number" };
const INTEGER: Json = { type: "integer" };
const UNIX_SECONDS: Json = { type: "integer", minimum: 0, example: 1767225600 };
const HUNDREDTHS = { description: "at most two decimals", example: 19.99 };
const LARGEST_DECIMAL = 9999999999.99;
const [SMALLEST_INT32, LARGEST_INT32] = [-(2 ** 31), 2 ** 31 - 1];

// zod 4: regexes.email and regexes.date.
const EMAIL =
  "^(?:[A-Za-z0-9_'+\\-]+\\.)*[A-Za-z0-9_'+\\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";
const DATE =
  "^(?:(?:\\d\\d[2468][048]|\\d\\d[13579][26]|\\d\\d0[48]|[02468][048]00|[13579][26]00)-02-29|" +
  "\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|(?:02)-(?:0[1-9]|1\\d|2[0-8])))$";

/** What a client may send for the column. */
export function inputSchema(column: Column): Json {
  const { minLength, maxLength, minimum, maximum } = column;
  switch (column.type) {
    case "string":
      return { ...STRING, ...atLeast(minLength ?? 1), maxLength: maxLength ?? 200 };
    case "text":
      return { ...STRING, minLength: 1, maxLength: LONGEST_TEXT };
    case "email":
      return { ...STRING, ...atLeast(minLength), maxLength: maxLength ?? 320, format: "email", pattern: EMAIL };
    case "url":
      return { ...STRING, ...atLeast(minLength), maxLength: maxLength ?? 2000, format: "uri" };
    case "integer":
      return { ...INTEGER, minimum: minimum ?? SMALLEST_INT32, maximum: maximum ?? LARGEST_INT32 };
    case "bigint":
      return { ...INTEGER, ...safeBounds(minimum, maximum) };
    case "decimal":
      return { ...NUMBER, minimum: minimum ?? -LARGEST_DECIMAL, maximum: maximum ?? LARGEST_DECIMAL, ...HUNDREDTHS };
    case "string[]":
      return { maxItems: 100, type: "array", items: { ...STRING, minLength: 1, maxLength: 200 } };
    default:
      return outputSchema(column);
  }
}

/** What the API shows of the column. */
export function outputSchema({ type, values }: Column): Json {
  switch (type) {
    case "id":
    case "reference":
      return ID;
    case "integer":
    case "bigint":
      return INTEGER;
    case "decimal":
      return NUMBER;
    case "boolean":
      return { type: "boolean" };
    case "timestamp":
      return UNIX_SECONDS;
    case "date":
      return { ...STRING, format: "date", pattern: DATE };
    case "enum":
      return { ...STRING, enum: values };
    case "json":
      return {};
    case "string[]":
      return { type: "array", items: STRING };
    default:
      return STRING;
  }
}

/** What a list takes as the filter of the column. */
export function filterSchema(column: Column): Json {
  switch (column.type) {
    case "integer":
    case "decimal":
      return NUMBER;
    case "bigint":
    case "timestamp":
      return INTEGER;
    case "reference":
    case "boolean":
    case "date":
    case "enum":
      return outputSchema(column);
    default:
      return { ...STRING, maxLength: column.maxLength ?? 200 };
  }
}

/** zod says a plain type and null in one word, everything else as a choice. */
export function orNull(schema: Json): Json {
  const keys = Object.keys(schema);
  return keys.length === 1 && keys[0] === "type"
    ? { type: [schema["type"], "null"] }
    : { anyOf: [schema, { type: "null" }] };
}

/** An object that has no other properties. */
export function objectSchema(properties: Json, required: readonly string[]): Json {
  return {
    type: "object",
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** The type of a constant answer. */
export function constantSchema(value: unknown): Json {
  if (value === null) return { type: "null" };
  if (Array.isArray(value)) return { type: "array", items: itemSchema(value) };
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([name, item]) => [name, constantSchema(item)] as const);
    return objectSchema(
      Object.fromEntries(entries),
      entries.map(([name]) => name),
    );
  }
  return { type: typeof value };
}

function itemSchema(items: unknown[]): Json {
  const kinds = new Map(items.map(constantSchema).map((schema) => [JSON.stringify(schema), schema]));
  return kinds.size === 1 ? [...kinds.values()][0]! : {};
}

function atLeast(minLength = 0): Json {
  return minLength > 0 ? { minLength } : {};
}

/** The limits of what a double holds exactly are not the API's. */
function safeBounds(minimum?: number, maximum?: number): Json {
  return {
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
  };
}
