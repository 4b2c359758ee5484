// server/schemas/<singular>.ts: the contract of a table's rows, of a new one and of a change.
import { LONGEST_TEXT } from "../../../../plan/example-value.ts";
import { hasOperation, isRequired, ownColumns } from "./plan-tables.ts";
import type { Column, ColumnType, Plan, Table } from "../../../../plan/plan.ts";
import { importLine, inlineLiteral, listCall, property, quote, WIDTH, width } from "./source.ts";
import { enumName, typeName } from "./type-names.ts";

export function renderSchema(plan: Plan, table: Table): string {
  const type = typeName(table);
  const [create, update] = [hasOperation(plan, table, "create"), hasOperation(plan, table, "update")];
  const parts = [
    imports(table, create || update, update),
    ...table.columns.filter((column) => column.type === "enum").map((column) => enumeration(table, column)),
    row(table),
    ...(create || update ? [fields(table)] : []),
    ...(create ? [newRow(table)] : []),
    ...(update ? [change(type)] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function imports(table: Table, input: boolean, update: boolean): string {
  const text = [row(table), ...(input ? [fields(table)] : [])].join("\n");
  const shared = ["CalendarDate", "Decimal", "HttpUrl", "Id", "Json", "UnixSeconds"].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(text),
  );
  if (update) shared.splice(shared.indexOf("UnixSeconds"), 0, "patchOf");
  const password = table.account ? `${importLine(["Password"], "../utils/accounts.ts")}\n` : "";
  return `import * as z from "zod";\n${password}${importLine(shared, "./fields.ts")}`;
}

function enumeration(table: Table, { name, values = [] }: Column): string {
  return listCall("", `export const ${enumName(table, name)} = z.enum(`, values.map(quote), ");");
}

function row(table: Table): string {
  const type = typeName(table);
  const lines = table.columns.map((column) => property("    ", column.name, orNull(column, outputType(table, column))));
  if (table.url) lines.push("    url: z.url(),");
  const contract = `export const ${type} = z\n  .object({\n${lines.join("\n")}\n  })\n  .meta({ id: "${type}" });`;
  return `${contract}\n${inferredType(type, "output")}`;
}

function orNull({ nullable }: Column, type: string): string {
  return nullable ? `${type}.nullable()` : type;
}

function inferredType(name: string, io: "input" | "output"): string {
  const line = `export type ${name} = z.${io}<typeof ${name}>;`;
  return width(line) <= WIDTH ? line : `export type ${name} = z.${io}<\n  typeof ${name}\n>;`;
}

const OUTPUT_TYPES: Record<Exclude<ColumnType, "enum">, string> = {
  id: "Id",
  reference: "Id",
  string: "z.string()",
  text: "z.string()",
  email: "z.string()",
  url: "z.string()",
  integer: "z.int()",
  bigint: "z.int()",
  decimal: "z.number()",
  boolean: "z.boolean()",
  timestamp: "UnixSeconds",
  date: "CalendarDate",
  json: "Json",
  "string[]": "z.array(z.string())",
};

function outputType(table: Table, column: Column): string {
  return column.type === "enum" ? enumName(table, column.name) : OUTPUT_TYPES[column.type];
}

function fields(table: Table): string {
  const lines = ownColumns(table).map((column) =>
    property("  ", column.name, orNull(column, inputType(table, column))),
  );
  const body = lines.length > 0 ? `\n${lines.join("\n")}\n` : "";
  return `/** What a client may send. */\nconst fields = {${body}};`;
}

/** Types that a client's value has to pass beyond those of the output. */
const INPUT_TYPES: Partial<Record<ColumnType, (column: Column) => string>> = {
  string: (column) => `z.string().trim()${atLeast(column.minLength ?? 1)}.max(${column.maxLength ?? 200})`,
  text: () => `z.string().trim().min(1).max(${LONGEST_TEXT})`,
  email: (column) => `z.email().max(${column.maxLength ?? 320})${atLeast(column.minLength)}`,
  url: (column) => `HttpUrl.max(${column.maxLength ?? 2000})${atLeast(column.minLength)}`,
  integer: (column) => `z.int32()${bounds(column)}`,
  bigint: (column) => `z.int()${bounds(column)}`,
  decimal: (column) => `Decimal${bounds(column)}`,
  "string[]": () => "z.array(z.string().trim().min(1).max(200)).max(100)",
};

function inputType(table: Table, column: Column): string {
  return INPUT_TYPES[column.type]?.(column) ?? outputType(table, column);
}

function atLeast(minLength = 0): string {
  return minLength > 0 ? `.min(${minLength})` : "";
}

function bounds({ minimum, maximum }: Column): string {
  return `${minimum === undefined ? "" : `.min(${minimum})`}${maximum === undefined ? "" : `.max(${maximum})`}`;
}

function newRow(table: Table): string {
  const name = `New${typeName(table)}`;
  const optional = ownColumns(table).filter((column) => !isRequired(column));
  const types = inferredType(name, "input");
  const line = `export const ${name} = z.strictObject(fields).meta({ id: "${name}" });`;
  if (optional.length === 0 && !table.account && width(line) <= WIDTH) return `${line}\n${types}`;
  const lines = [...optional.map(withDefault), ...(table.account ? ["    password: Password,"] : [])]
    .map((text) => `${text}\n`)
    .join("");
  const shape = lines === "" ? "fields" : `{\n    ...fields,\n${lines}  }`;
  return `export const ${name} = z\n  .strictObject(${shape})\n  .meta({ id: "${name}" });\n${types}`;
}

/** Arguments up to this width stay with the call that takes them. */
const SHORT_ARGUMENT = WIDTH / 4;

/** A default that the database computes is left to it. */
function withDefault({ name, type, default: value }: Column): string {
  if (type === "timestamp" && value === "now") return property("    ", name, `fields.${name}.optional()`);
  const text = inlineLiteral(value);
  const line = property("    ", name, `fields.${name}.default(${text})`);
  if (!line.includes("\n") || text.length <= SHORT_ARGUMENT) return line;
  return `    ${name}: fields.${name}.default(\n      ${text},\n    ),`;
}

function change(type: string): string {
  const line = `export const ${type}Patch = patchOf(fields).meta({ id: "${type}Patch", minProperties: 1 });`;
  if (width(line) <= WIDTH) return line;
  return `export const ${type}Patch = patchOf(fields).meta({\n  id: "${type}Patch",\n  minProperties: 1,\n});`;
}
