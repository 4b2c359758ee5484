// server/schemas/<singular>.ts: the contract of a table's rows, of a new one and of a change.
import { LONGEST_TEXT } from "../../../../plan/example-value.ts";
import { hasOperation, isRequired, ownColumns } from "./plan-tables.ts";
import type { Column, ColumnType, Plan, Table } from "../../../../plan/plan.ts";
import { importLine, listCall, quote, WIDTH, width } from "./source.ts";
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
  return `import * as z from "zod";\n${importLine(shared, "./fields.ts")}`;
}

function enumeration(table: Table, { name, values = [] }: Column): string {
  return listCall("", `export const ${enumName(table, name)} = z.enum(`, values.map(quote), ");");
}

function row(table: Table): string {
  const type = typeName(table);
  const lines = table.columns.map(
    (column) => `    ${column.name}: ${outputType(table, column)}${column.nullable ? ".nullable()" : ""},\n`,
  );
  return [
    `export const ${type} = z\n  .object({\n${lines.join("")}  })\n  .meta({ id: "${type}" });`,
    `export type ${type} = z.output<typeof ${type}>;`,
  ].join("\n");
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
  const lines = ownColumns(table).map(
    (column) => `  ${column.name}: ${inputType(table, column)}${column.nullable ? ".nullable()" : ""},\n`,
  );
  return `/** What a client may send. */\nconst fields = {${lines.length > 0 ? "\n" : ""}${lines.join("")}};`;
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
  const type = typeName(table);
  const optional = ownColumns(table).filter((column) => !isRequired(column));
  const meta = `.meta({ id: "New${type}" })`;
  const types = `export type New${type} = z.input<typeof New${type}>;`;
  if (optional.length === 0) return `export const New${type} = z.strictObject(fields)${meta};\n${types}`;
  const lines = optional.map((column) => `    ${withDefault(column)}\n`);
  return `export const New${type} = z\n  .strictObject({\n    ...fields,\n${lines.join("")}  })\n  ${meta};\n${types}`;
}

/** A default that the database computes is left to it. */
function withDefault({ name, type, default: value }: Column): string {
  if (type === "timestamp" && value === "now") return `${name}: fields.${name}.optional(),`;
  const text = typeof value === "string" ? quote(value) : String(value);
  const line = `${name}: fields.${name}.default(${text}),`;
  return width(`    ${line}`) <= WIDTH ? line : `${name}: fields.${name}.default(\n      ${text},\n    ),`;
}

function change(type: string): string {
  return `export const ${type}Patch = patchOf(fields).meta({ id: "${type}Patch", minProperties: 1 });`;
}
