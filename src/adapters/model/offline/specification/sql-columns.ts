// Columns of a schema in SQL: their types, defaults and checks as a plan says them.
import { DEFAULT_MAX_LENGTH, MAX_UNIQUE_LENGTH, newColumn } from "../../../../plan/build-plan.ts";
import { defaultProblem } from "../../../../plan/column-rules.ts";
import type { Column, ColumnType } from "../../../../plan/plan.ts";
import { columnOf, constantOf, fieldsOf, functionOf, isNode, list, names, type Node } from "./sql-nodes.ts";

/** What a column becomes, and what is told about it. */
export interface ReadColumn {
  column: Column | null;
  assumptions: string[];
  leftOut: string[];
}

const TYPES: Readonly<Record<string, ColumnType>> = {
  varchar: "string",
  bpchar: "string",
  citext: "string",
  text: "text",
  int2: "integer",
  int4: "integer",
  serial: "integer",
  smallserial: "integer",
  int8: "bigint",
  bigserial: "bigint",
  bool: "boolean",
  date: "date",
  timestamp: "timestamp",
  timestamptz: "timestamp",
  json: "json",
  jsonb: "json",
};

/** The column of a definition, without its constraints. `enums` are the types that the schema has made. */
export function readType(name: string, typeName: unknown, enums: ReadonlyMap<string, string[]>): ReadColumn {
  const fields = isNode(typeName) ? typeName : {};
  const type = names(fields["names"]).at(-1) ?? "";
  const modifiers = list(fields["typmods"]).map(constantOf);
  const isList = list(fields["arrayBounds"]).length > 0;
  const leftOut = (why: string): ReadColumn => ({ column: null, assumptions: [], leftOut: [`${name}: ${why}`] });
  const told = (column: Column, ...assumptions: string[]): ReadColumn => ({
    column,
    assumptions: assumptions.map((text) => `${name}: ${text}`),
    leftOut: [],
  });
  if (isList)
    return /^(?:text|varchar)$/.test(type)
      ? told(newColumn(name, "string[]"))
      : leftOut(`a list of ${type} has no type in a plan`);
  const values = enums.get(type);
  if (values) return told(newColumn(name, "enum", { values }));
  if (type === "numeric") {
    const [precision, scale = 0] = modifiers;
    const fits = typeof precision === "number" && precision <= 12 && Number(scale) <= 2;
    if (!fits) return leftOut("a decimal of a plan has at most 12 digits, two of them behind the point");
    return told(newColumn(name, "decimal"), ...(precision === 12 && scale === 2 ? [] : ["becomes numeric(12, 2)"]));
  }
  if (type === "uuid")
    return told(newColumn(name, "string", { maxLength: 36 }), "a uuid is kept as a text of 36 characters");
  const known = TYPES[type];
  if (!known) return leftOut(`the type ${type} has no counterpart in a plan`);
  const [length] = modifiers;
  if (known === "string" && typeof length !== "number")
    return told(
      newColumn(name, "string"),
      `has no length in the schema, and at most ${DEFAULT_MAX_LENGTH.string} characters here`,
    );
  if (known === "string") return told(newColumn(name, "string", { maxLength: Number(length) }));
  if (known === "timestamp") return told(newColumn(name, "timestamp"), "a time is a number of unix seconds");
  return told(newColumn(name, known));
}

/** The default of a column; a sentence when it cannot be one of a plan. */
export function applyDefault(column: Column, expression: unknown): string | null {
  const now = column.type === "timestamp" && functionOf(expression) === "now";
  const value = now ? "now" : constantOf(expression);
  if (value === null) return null;
  if (value === undefined) return "its default is an expression, which a plan cannot say";
  const problem = defaultProblem(column, value);
  if (problem) return `its default cannot be one of a plan: ${problem}`;
  column.default = value;
  return null;
}

/** A text that is unique has a length in a plan. */
export function makeUnique(column: Column): string | null {
  column.unique = true;
  if (column.type === "text") {
    Object.assign(column, { type: "string", maxLength: MAX_UNIQUE_LENGTH });
    return `is unique, so it has at most ${MAX_UNIQUE_LENGTH} characters`;
  }
  if ((column.maxLength ?? 0) <= MAX_UNIQUE_LENGTH) return null;
  column.maxLength = MAX_UNIQUE_LENGTH;
  return `is unique, so it has at most ${MAX_UNIQUE_LENGTH} characters`;
}

/** Which column a check is about, when it is about one. */
export function checkedColumn(expression: unknown): string | undefined {
  const both = fieldsOf(expression, "BoolExpr");
  if (both) {
    const columns = new Set(list(both["args"]).map(checkedColumn));
    return columns.size === 1 ? [...columns][0] : undefined;
  }
  return columnOf(fieldsOf(expression, "A_Expr")?.["lexpr"]);
}

/** Bounds and allowed values of a check; false when a plan cannot say it. Nothing is changed then. */
export function applyCheck(column: Column, expression: unknown): boolean {
  const changed = { ...column };
  if (!readCheck(changed, expression)) return false;
  Object.assign(column, changed);
  if (column.values) delete column.maxLength;
  return true;
}

function readCheck(column: Column, expression: unknown): boolean {
  const both = fieldsOf(expression, "BoolExpr");
  if (both) return both["boolop"] === "AND_EXPR" && list(both["args"]).every((one) => readCheck(column, one));
  const comparison = fieldsOf(expression, "A_Expr");
  if (!comparison || columnOf(comparison["lexpr"]) !== column.name) return false;
  const [operator = ""] = names(comparison["name"]);
  const kind = String(comparison["kind"]);
  if (kind === "AEXPR_IN" || kind === "AEXPR_OP_ANY")
    return operator === "=" && readValues(column, comparison["rexpr"]);
  if (!/^(?:integer|bigint|decimal)$/.test(column.type)) return false;
  if (kind === "AEXPR_BETWEEN") {
    const [low, high] = list(fieldsOf(comparison["rexpr"], "List")?.["items"]).map(constantOf);
    return bound(column, ">=", low) && bound(column, "<=", high);
  }
  return kind === "AEXPR_OP" && bound(column, operator, constantOf(comparison["rexpr"]));
}

function bound(column: Column, operator: string, value: unknown): boolean {
  if (typeof value !== "number") return false;
  const step = column.type === "decimal" ? 0.01 : 1;
  if (operator === ">=") column.minimum = value;
  else if (operator === ">") column.minimum = Number((value + step).toFixed(2));
  else if (operator === "<=") column.maximum = value;
  else if (operator === "<") column.maximum = Number((value - step).toFixed(2));
  else return false;
  return true;
}

/** `in ('a', 'b')` or `= any (array['a', 'b'])` */
function readValues(column: Column, node: unknown): boolean {
  const cast = fieldsOf(node, "TypeCast");
  if (cast) return readValues(column, cast["arg"]);
  const items: Node = fieldsOf(node, "List") ?? fieldsOf(node, "A_ArrayExpr") ?? {};
  const values = list(items["items"] ?? items["elements"]).map(constantOf);
  if (values.length === 0 || !values.every((value) => typeof value === "string")) return false;
  if (column.type !== "string" && column.type !== "text") return false;
  column.type = "enum";
  column.values = values;
  return true;
}
