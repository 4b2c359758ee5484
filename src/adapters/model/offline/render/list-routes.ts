// Routes that list rows: of a table, and of one parent.
import { filterColumns, sortColumns } from "../../../../plan/listing.ts";
import type { Column, ColumnType, Plan, Table } from "../../../../plan/plan.ts";
import { searchExpression } from "../../../../plan/search-expression.ts";
import { identifier } from "../../../../plan/sql-identifiers.ts";
import { byId, deletion, there } from "./deletion.ts";
import { mayBeHeld } from "./plan-tables.ts";
import { embeddable, embedEvent, embedsUrls, relationsModule, relationsName } from "./relations-file.ts";
import { notFound, type Route, schemaModule, statement } from "./route-source.ts";
import { callLine, property, width, WIDTH } from "./source.ts";
import { enumName, typeName } from "./type-names.ts";
import { inputWith, selection, urlImports } from "./url-files.ts";

export function list(plan: Plan, table: Table): Route {
  const filters = filterColumns(table);
  const relations = embeddable(plan, table);
  const row = relations.length > 0 ? `${typeName(table)}WithRelations` : typeName(table);
  const conditions = `${filters.length > 0 ? `${matching(filters)} and ` : ""}${table.search ? SEARCHING : ""}`;
  const taken = [
    "limit",
    "cursor",
    "sort",
    ...(relations.length > 0 ? ["include"] : []),
    ...(table.search ? ["q"] : []),
  ];
  return {
    ...((table.search || filters.some(needsZod)) && { packages: ['import * as z from "zod";'] }),
    imports: listImports(table, filters, row),
    before: [...(table.search ? [searched(table)] : []), queryContract(table, filters, relations.length > 0)].join(
      "\n\n",
    ),
    contract: ["query: Query", `returns: pageOf(${row})`],
    input: inputWith(table, ["query"], table.url === true || (relations.length > 0 && embedsUrls(plan))),
    body: [
      `const { ${[...taken, ...(filters.length > 0 ? ["...filters"] : [])].join(", ")} } = query;`,
      ...pageQuery(typeName(table), table, conditions, "sort"),
      ...(relations.length > 0
        ? [
            "const { items, next_cursor } = page(rows, limit, sort);",
            `return { items: await embed(${[...embedEvent(plan), "items"].join(", ")}, ${relationsName(table)}, include), next_cursor };`,
          ]
        : ["return page(rows, limit, sort);"]),
    ],
  };
}

/** Rows that match the filters; mailboxes are told apart without their case. */
function matching(filters: Column[]): string {
  const ignoreCase = filters.filter((column) => column.type === "email").map(({ name }) => `"${name}"`);
  return `\${matches(filters${ignoreCase.length > 0 ? `, [${ignoreCase.join(", ")}]` : ""})}`;
}

const SEARCHED = "  q: z.string().max(200).optional(),";
/** A list passes over an empty search; here that would delete everything. */
const SEARCHED_TO_DELETE = "  q: z.string().min(1).max(200).optional(),";
const SEARCHING = "${contains(searched, q)} and ";

/** What a search looks at: the expression of the index. */
function searched(table: Table): string {
  const why = "/** What `q` looks into; the index for it is on this very expression. */";
  return `${why}\nconst searched = sql\`${searchExpression(table)}\`;`;
}

function listImports(table: Table, filters: Column[], row: string): Route["imports"] {
  const type = typeName(table);
  const enums = filters.filter((column) => column.type === "enum").map(({ name }) => enumName(table, name));
  const fields = [...new Set(filters.flatMap((column) => fieldOf(column) ?? []))];
  return {
    ...(fields.length > 0 && { "schemas/fields.ts": fields }),
    [schemaModule(table)]: [type, ...enums],
    ...(row !== type && {
      [relationsModule(table)]: [relationsName(table), row],
      "utils/include.ts": ["embed", "includeOf"],
    }),
    "utils/db.ts": ["many"],
    "utils/page.ts": ["after", "inOrder", "page", "pageOf", "PageQuery", "sortBy"],
    ...urlImports(table),
    "utils/route.ts": ["route"],
    ...(table.search && { "utils/search.ts": ["contains"] }),
    "utils/sql.ts": ["sql", ...(filters.length > 0 ? ["matches"] : [])],
  };
}

function queryContract(table: Table, filters: Column[], related: boolean): string {
  const sorted = sortColumns(table).map(({ name }) => `"${name}"`);
  const lines = [
    callLine("  ", "sort: sortBy", sorted, ","),
    ...(related ? [`  include: includeOf(${relationsName(table)}),`] : []),
    ...(table.search ? [SEARCHED] : []),
    ...filters.map((column) => property("  ", column.name, `${filterType(table, column)}.optional()`)),
  ];
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

/** The rows of a page in SQL; without `sort` in the order that is usual. */
function pageQuery(type: string, table: Table, condition: string, sort: "sort" | null): string[] {
  return [
    `const rows = await many<${type}>(sql\``,
    `  select ${selection(table)} from ${identifier(table.name)}`,
    `  where ${there(table)}${condition}\${after(cursor${sort ? ", sort" : ""})}`,
    `  order by ${sort ? "${inOrder(sort)}" : "created_at desc, id desc"}`,
    "  limit ${limit + 1}`);",
  ];
}

/** DELETE of what the filters of the list match. */
export function removeAll(plan: Plan, table: Table): Route {
  const filters = filterColumns(table);
  const enums = filters.filter((column) => column.type === "enum").map(({ name }) => enumName(table, name));
  const fields = [...new Set(filters.flatMap((column) => fieldOf(column) ?? []))];
  const conflict = mayBeHeld(plan, table);
  const parameters = [
    ...(table.search ? [SEARCHED_TO_DELETE] : []),
    ...filters.map((column) => property("  ", column.name, `${filterType(table, column)}.optional()`)),
  ];
  const conditions = [
    ...(filters.length > 0 ? [matching(filters)] : []),
    ...(table.search ? ["${contains(searched, q)}"] : []),
  ];
  const query = parameters.length > 0 ? `{\n${parameters.join("\n")}\n}` : "{}";
  return {
    packages: ['import * as z from "zod";'],
    imports: {
      ...(fields.length > 0 && { "schemas/fields.ts": fields }),
      ...(enums.length > 0 && { [schemaModule(table)]: enums }),
      "utils/db.ts": ["many"],
      "utils/route.ts": ["route"],
      ...(table.search && { "utils/search.ts": ["contains"] }),
      "utils/sql.ts": ["sql", ...(filters.length > 0 ? ["matches"] : [])],
    },
    before: [
      ...(table.search ? [searched(table)] : []),
      `/** Strict, so that a misspelt filter deletes nothing. */\nconst Query = z.strictObject(${query});`,
    ].join("\n\n"),
    contract: ["query: Query", ...(conflict ? ["errors: [409]"] : [])],
    input: inputWith(table, queryOf(table, filters), false),
    body: statementOf(deletion(plan, table, conditions.join(" and "), false), filters.length > 0 && !table.search),
  };
}

function queryOf({ search }: Table, filters: Column[]): string[] {
  if (search) return [`query: { q${filters.length > 0 ? ", ...filters" : ""} }`];
  return filters.length > 0 ? ["query"] : [];
}

/** `await many(sql`…`);` on one line where it fits; the filters are the query itself where there is nothing else in it. */
function statementOf(text: string[], whole: boolean): string[] {
  const lines = whole ? text.map((line) => line.replace("matches(filters", "matches(query")) : text;
  const line = `await many(sql\`${lines.join(" ")}\`);`;
  if (width(`    ${line}`) <= WIDTH) return [line];
  return ["await many(sql`", ...lines.slice(0, -1).map((part) => `  ${part}`), `  ${lines.at(-1)!}\`);`];
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
      ...urlImports(table),
      "utils/route.ts": ["route"],
      "utils/sql.ts": ["sql"],
    },
    contract: ["params: IdParams", "query: PageQuery", `returns: pageOf(${type})`, "errors: [404]"],
    input: inputWith(table, ["params", "query: { limit, cursor }"]),
    body: [
      ...statement("parent", "maybeOne", [`select id from ${identifier(parent.name)} ${byId(parent)}`]),
      notFound(parent, "parent"),
      ...pageQuery(type, table, `${identifier(column)} = \${params.id} and `, null),
      "return page(rows, limit);",
    ],
  };
}
