// Properties of a schema in OpenAPI as columns of a plan.
import { DEFAULT_MAX_LENGTH, newColumn } from "../../../../plan/build-plan.ts";
import { defaultProblem } from "../../../../plan/column-rules.ts";
import type { Column, ColumnType } from "../../../../plan/plan.ts";
import { isNode, list, type Node } from "./sql-nodes.ts";

/** Follows local references; what else stands there is no schema that is known. */
export type Resolve = (schema: unknown) => Node;

/** What a property becomes, and what is told about it, each without the table's name. */
export interface ReadProperty {
  column: Column | null;
  assumptions: string[];
  leftOut: string[];
}

const FORMATS: Readonly<Record<string, ColumnType>> = {
  email: "email",
  uri: "url",
  url: "url",
  date: "date",
  "date-time": "timestamp",
};
/** Formats that say no more than the type does. */
const PLAIN = new Set(["uuid", "int32", "int64", "float", "double", "decimal"]);
const KEYWORDS = new Set(
  "type format enum default nullable minLength maxLength minimum maximum description title example examples readOnly items anyOf oneOf allOf properties required additionalProperties deprecated $ref".split(
    " ",
  ),
);

/** `createdAt` -> `created_at` */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

export function readProperty(property: string, given: unknown, required: boolean, resolve: Resolve): ReadProperty {
  const name = snakeCase(property);
  const { schema, nullable } = withoutNull(resolve(given), resolve);
  const read: ReadProperty = { column: null, assumptions: [], leftOut: [] };
  if (name !== property) read.assumptions.push(`${name}: columns are snake_case, so ${property} became ${name}`);
  const column = typed(name, schema, resolve, read);
  if (!column) return read;
  column.nullable = nullable || (!required && schema["default"] === undefined);
  for (const keyword of Object.keys(schema).filter((key) => !KEYWORDS.has(key) && !key.startsWith("x-")))
    read.leftOut.push(`${name}: ${keyword} is not in a plan`);
  const standard = schema["default"];
  if (typeof standard === "string" || typeof standard === "number" || typeof standard === "boolean") {
    const problem = defaultProblem(column, standard);
    if (problem) read.leftOut.push(`${name}: its default cannot be one of a plan: ${problem}`);
    else column.default = standard;
  } else if (standard !== undefined && standard !== null) read.leftOut.push(`${name}: its default is not in a plan`);
  return { ...read, column };
}

/** `nullable: true`, `type: [string, "null"]`, `anyOf: [{…}, {type: "null"}]`, and an `allOf` of one. */
function withoutNull(schema: Node, resolve: Resolve): { schema: Node; nullable: boolean } {
  const types = list(schema["type"]);
  if (types.length > 0) {
    const rest = types.filter((type) => type !== "null");
    return { schema: { ...schema, type: rest.length === 1 ? rest[0] : rest }, nullable: rest.length < types.length };
  }
  const choices = [...list(schema["anyOf"]), ...list(schema["oneOf"]), ...list(schema["allOf"])].map(resolve);
  const rest = choices.filter((choice) => choice["type"] !== "null");
  const [only] = rest;
  if (only && rest.length === 1)
    return { schema: only, nullable: rest.length < choices.length || schema["nullable"] === true };
  return { schema, nullable: schema["nullable"] === true };
}

function typed(name: string, schema: Node, resolve: Resolve, read: ReadProperty): Column | null {
  const values = list(schema["enum"]).filter((value) => value !== null);
  if (values.length > 0 && values.every((value) => typeof value === "string"))
    return newColumn(name, "enum", { values });
  if (schema["type"] === "string") return textual(name, schema, read);
  if (schema["type"] === "integer")
    return newColumn(name, schema["format"] === "int64" ? "bigint" : "integer", bounds(schema));
  if (schema["type"] === "number") {
    read.assumptions.push(`${name}: a number is a decimal with two places`);
    return newColumn(name, "decimal", bounds(schema));
  }
  if (schema["type"] === "boolean") return newColumn(name, "boolean");
  if (schema["type"] === "array" && resolve(schema["items"])["type"] === "string") return newColumn(name, "string[]");
  if (schema["type"] === "object") {
    if (isNode(schema["properties"])) read.assumptions.push(`${name}: is kept as JSON, whose inside is not checked`);
    return newColumn(name, "json");
  }
  read.leftOut.push(`${name}: its type has no counterpart in a plan`);
  return null;
}

function textual(name: string, schema: Node, read: ReadProperty): Column {
  const format = typeof schema["format"] === "string" ? schema["format"] : "";
  const type = FORMATS[format] ?? "string";
  if (format && !FORMATS[format] && !PLAIN.has(format))
    read.leftOut.push(`${name}: the format ${format} is not checked`);
  if (type === "timestamp") read.assumptions.push(`${name}: a time is a number of unix seconds`);
  if (type === "timestamp" || type === "date") return newColumn(name, type);
  const { minLength, maxLength } = schema;
  if (typeof maxLength !== "number")
    read.assumptions.push(
      `${name}: has no length in the specification, and at most ${DEFAULT_MAX_LENGTH[type]} characters here`,
    );
  return newColumn(name, type, {
    ...(typeof maxLength === "number" && { maxLength }),
    ...(typeof minLength === "number" && { minLength }),
  });
}

function bounds({ minimum, maximum }: Node): Partial<Column> {
  return {
    ...(typeof minimum === "number" && { minimum }),
    ...(typeof maximum === "number" && { maximum }),
  };
}
