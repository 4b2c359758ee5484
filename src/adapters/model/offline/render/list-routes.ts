// Routes that list rows: of a table, and of one parent.
import type { Column, ColumnType, Table } from "../../../../plan/plan.ts";
import { identifier } from "../../../../plan/sql-identifiers.ts";
import { filterColumns } from "./plan-tables.ts";
import { notFound, type Route, schemaModule, statement } from "./route-source.ts";
import { property } from "./source.ts";
import { enumName, typeName } from "./type-names.ts";

export function list(table: Table): Route {
  const type = typeName(table);
  const filters = filterColumns(table);
  const ignoreCase = filters.filter((column) => column.type === "email").map(({ name }) => `"${name}"`);
  const enums = filters.filter((column) => column.type === "enum").map(({ name }) => enumName(table, name));
  const fields = new Set(filters.flatMap((column) => fieldOf(column) ?? []));
  const filtered = filters.length > 0;
  const condition = `matches(filters${ignoreCase.length > 0 ? `, [${ignoreCase.join(", ")}]` : ""})`;
  const query = filtered ? "Query" : "PageQuery";
  return {
    ...(filters.some(needsZod) && { packages: ['import * as z from "zod";'] }),
    imports: {
      ...(fields.size > 0 && { "schemas/fields.ts": [...fields] }),
      [schemaModule(table)]: [type, ...enums],
      "utils/db.ts": ["many"],
      "utils/page.ts": ["after", "page", "pageOf", "PageQuery"],
      "utils/route.ts": ["route"],
      "utils/sql.ts": ["sql", ...(filtered ? ["matches"] : [])],
    },
    ...(filtered && { before: queryContract(table, filters) }),
    contract: [`query: ${query}`, `returns: pageOf(${type})`],
    input: "{ query }",
    body: [
      `const { limit, cursor${filtered ? ", ...filters" : ""} } = query;`,
      ...pageQuery(type, table, filtered ? `\${${condition}} and ` : ""),
      "return page(rows, limit);",
    ],
  };
}

function queryContract(table: Table, filters: Column[]): string {
  const lines = filters.map((column) => property("  ", column.name, `${filterType(table, column)}.optional()`));
  return `const Query = PageQuery.extend({\n${lines.join("\n")}\n});`;
}

/** Types that are read from a query, which is text. */
const QUERY_TYPES: Partial<Record<ColumnType, string>> = {
  integer: "z.coerce.number().pipe(z.int32())",
  bigint: "z.coerce.number().int()",
  timestamp: "z.coerce.number().int()",
  decimal: "z.coerce.number()",
};

function filterType(table: Table, column: Column): string {
  if (column.type === "enum") return enumName(table, column.name);
  return fieldOf(column) ?? QUERY_TYPES[column.type] ?? `z.string().max(${column.maxLength ?? 200})`;
}

/** The shared type of a filter, from schemas/fields.ts. */
function fieldOf({ type }: Column): string | null {
  if (type === "reference") return "Id";
  if (type === "boolean") return "QueryBoolean";
  return type === "date" ? "CalendarDate" : null;
}

function needsZod(column: Column): boolean {
  return column.type !== "enum" && fieldOf(column) === null;
}

function pageQuery(type: string, table: Table, condition: string): string[] {
  return [
    `const rows = await many<${type}>(sql\``,
    `  select * from ${identifier(table.name)}`,
    `  where ${condition}\${after(cursor)}`,
    "  order by created_at desc, id desc",
    "  limit ${limit + 1}`);",
  ];
}

export function nestedList(table: Table, parent: Table, column: string): Route {
  const type = typeName(table);
  return {
    imports: {
      "schemas/fields.ts": ["IdParams"],
      [schemaModule(table)]: [type],
      "utils/db.ts": ["many", "maybeOne"],
      "utils/page.ts": ["after", "page", "pageOf", "PageQuery"],
      "utils/problem.ts": ["problem"],
      "utils/route.ts": ["route"],
      "utils/sql.ts": ["sql"],
    },
    contract: ["params: IdParams", "query: PageQuery", `returns: pageOf(${type})`, "errors: [404]"],
    input: "{ params, query: { limit, cursor } }",
    body: [
      ...statement("parent", "maybeOne", [`select id from ${identifier(parent.name)} where id = \${params.id}`]),
      notFound(parent, "parent"),
      ...pageQuery(type, table, `${identifier(column)} = \${params.id} and `),
      "return page(rows, limit);",
    ],
  };
}
