// A column as the database and the contract of a new row describe it together, in the terms of a plan.
import type { Column } from "../../plan/plan.ts";
import { NOT_DELETED } from "../../plan/soft-delete.ts";
import { isUnique } from "../column-present.ts";
import type { SchemaFacts } from "../introspect.ts";
import type { JsonSchema } from "../probe/contract.ts";

type Kind = Pick<Column, "type" | "maxLength" | "minLength" | "minimum" | "maximum" | "values">;

/** A property of a contract without its references and its "or null". */
export interface FoundProperty {
  schema: JsonSchema;
  nullable: boolean;
}

const SHORT: ReadonlySet<Column["type"]> = new Set(["boolean", "enum", "json", "string[]"]);
const INT32 = 2_147_483_647;

/** null when no plan could say what this column is: then nobody can tell which values it must take.
 * `property` is what a client sends for it; null when clients do not send it. `owner` is the column that says which account a
 * row belongs to: keys with it are of the rows of one account. */
export function foundColumn(
  table: string,
  name: string,
  facts: SchemaFacts,
  property: FoundProperty | null,
  owner?: string,
): Column | null {
  const found = facts.columns.find((column) => column.table === table && column.name === name);
  if (!found) return null;
  const reference = referenceOf(table, name, facts, owner);
  if (reference === "unknown") return null;
  const schema = property?.schema ?? {};
  const kind: Kind | null = reference ? { type: "reference" } : kindOf(found.type, schema, found.default);
  if (!kind) return null;
  const unique = isUnique(table, name, facts) || isUnique(table, name, facts, false, owner);
  if (unique && SHORT.has(kind.type)) return null; // its few values would be used up
  const value = defaultOf(kind.type, schema, found.default);
  if (value === undefined) return null;
  const nullable = property ? property.nullable : found.nullable;
  return { name, ...kind, nullable, unique, default: value, references: reference };
}

function kindOf(type: string, schema: JsonSchema, byDefault: string | null): Kind | null {
  const [, length] = /^character varying\((\d+)\)$/.exec(type) ?? [];
  if (length !== undefined || type === "text") return textOf(schema, length === undefined ? null : Number(length));
  switch (type) {
    case "smallint":
    case "integer":
      return { type: "integer", ...bounds(schema, type === "integer" ? INT32 : 32_767) };
    case "bigint":
      return isNow(byDefault) ? { type: "timestamp" } : { type: "bigint", ...bounds(schema, Number.MAX_SAFE_INTEGER) };
    case "numeric(12,2)":
      return { type: "decimal", ...bounds(schema, 9_999_999_999.99) };
    case "boolean":
    case "date":
      return { type };
    case "jsonb":
      return schema.type === undefined && !schema.properties ? { type: "json" } : null;
    case "text[]":
      return { type: "string[]" };
    default:
      return null;
  }
}

/** A text with a pattern of its own can only be made by whoever knows what it means. */
function textOf(schema: JsonSchema, length: number | null): Kind | null {
  if (schema.enum) {
    const values = schema.enum.filter((value) => typeof value === "string");
    return values.length === schema.enum.length && values.length > 0 ? { type: "enum", values } : null;
  }
  if (schema.const !== undefined) return null;
  const maxLength = Math.min(schema.maxLength ?? Infinity, length ?? Infinity);
  const limits = {
    ...(maxLength < Infinity && { maxLength }),
    ...(schema.minLength && { minLength: schema.minLength }),
  };
  if (schema.format === "email") return { type: "email", ...limits };
  if (schema.format === "uri" || schema.format === "url") return { type: "url", ...limits };
  if (schema.format !== undefined || schema.pattern !== undefined) return null;
  return { type: maxLength < Infinity ? "string" : "text", ...limits };
}

/** Bounds that say more than the column's own type does. */
function bounds(schema: JsonSchema, largest: number): Pick<Kind, "minimum" | "maximum"> {
  const step = Number.isInteger(largest) ? 1 : 0.01;
  const minimum =
    schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + step);
  const maximum =
    schema.maximum ?? (schema.exclusiveMaximum === undefined ? undefined : schema.exclusiveMaximum - step);
  return {
    ...(minimum !== undefined && minimum > -largest && { minimum }),
    ...(maximum !== undefined && maximum < largest && { maximum }),
  };
}

/** null without a reference, "unknown" for one that a plan cannot say. */
function referenceOf(
  table: string,
  name: string,
  facts: SchemaFacts,
  owner: string | undefined,
): Column["references"] | "unknown" {
  const own = ({ columns }: { columns: string[] }) => columns.filter((one) => one === name || one !== owner);
  const keys = facts.constraints.filter(
    (one) =>
      one.table === table &&
      one.kind === "foreign key" &&
      one.columns.includes(name) &&
      (name !== owner || one.columns.length === 1) &&
      !one.columns.includes(NOT_DELETED),
  );
  if (keys.length === 0) return null;
  const [key] = keys;
  if (keys.length > 1 || !key?.references || own(key).length > 1) return "unknown";
  const { onDelete, table: target } = key.references;
  if (onDelete === "set default") return "unknown";
  return { table: target, onDelete: onDelete === "no action" ? "restrict" : onDelete };
}

/** What the column is when a client does not send it; undefined when that cannot be known. */
function defaultOf(type: Column["type"], schema: JsonSchema, expression: string | null): Column["default"] | undefined {
  if (isPlain(schema.default) || schema.default === null) return schema.default;
  if (schema.default !== undefined) return undefined;
  if (expression === null || /^NULL(::|$)/i.test(expression)) return null;
  if (isNow(expression)) return type === "timestamp" ? "now" : undefined;
  const [, quoted, bare] =
    /^(?:'((?:[^']|'')*)'|(-?[\d.]+|true|false))(?:::[a-z ]+(?:\([\d,]+\))?)?$/.exec(expression) ?? [];
  const text = quoted?.replaceAll("''", "'") ?? bare;
  if (text === undefined) return undefined;
  if (type === "boolean") return text === "true";
  return ["integer", "bigint", "decimal", "timestamp"].includes(type) ? Number(text) : text;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function isNow(expression: string | null): boolean {
  return expression !== null && /now\(\)|CURRENT_TIMESTAMP/i.test(expression);
}
