// From tables to a complete plan: built-in columns, endpoints in a fixed order, a name, the reasoning about the database.
import { BUILT_IN_COLUMNS, kebabCase, projectNameProblem } from "./names.ts";
import {
  constantEndpoint,
  deleteAllEndpoint,
  healthEndpoint,
  nestedListEndpoint,
  tableEndpoints,
} from "./endpoints.ts";
import type { Column, ColumnType, Endpoint, Plan, Table } from "./plan.ts";

interface ConstantDraft {
  /** `/api/ping` */
  path: string;
  /** JSON that is returned as it is. */
  body: unknown;
}

export interface PlanParts {
  request: string;
  /** Tables without their built-in columns (`id`, `created_at`, `updated_at`); parents may come after children. */
  tables: Table[];
  constants: ConstantDraft[];
  /** Names of the tables whose rows can be deleted all at once. */
  deleteAll?: string[];
  /** Origins whose web pages may use the API. */
  cors?: string[];
  assumptions: string[];
  /** Parts of the request that are left out, a sentence each. */
  notUnderstood?: string[];
  /** kebab-case; without it the first tables name the project. */
  name?: string;
}

/** Lengths that a column gets when none was asked for. */
export const DEFAULT_MAX_LENGTH: Partial<Record<ColumnType, number>> = { string: 200, email: 320, url: 2000 };
/** A unique index entry holds at most 2,704 bytes; a character takes up to four. */
export const MAX_UNIQUE_LENGTH = 650;

/** A column with everything unsaid at its default: required, not unique, no default value. */
export function newColumn(name: string, type: ColumnType, rest: Partial<Column> = {}): Column {
  return { name, type, nullable: false, unique: false, default: null, references: null, ...rest };
}

/** The complete plan: built-in columns and lengths written out, tables in dependency order, endpoints for all of them. */
export function completePlan(parts: PlanParts): Plan {
  const tables = inDependencyOrder(parts.tables.map(completeTable));
  return {
    kind: "create",
    name: parts.name ?? nameFromParts(parts),
    request: parts.request,
    database: databaseNeed(tables),
    tables,
    endpoints: endpointsOf(tables, parts),
    ...(parts.cors && parts.cors.length > 0 && { cors: parts.cors }),
    assumptions: parts.assumptions,
    not_understood: parts.notUnderstood ?? [],
  };
}

function completeTable(table: Table): Table {
  const own = table.columns.filter((column) => !BUILT_IN_COLUMNS.some((name) => name === column.name));
  return {
    ...table,
    columns: [
      newColumn("id", "id"),
      ...own.map(withMaxLength),
      newColumn("created_at", "timestamp", { default: "now" }),
      newColumn("updated_at", "timestamp", { default: "now" }),
    ],
  };
}

function withMaxLength(column: Column): Column {
  const standard = DEFAULT_MAX_LENGTH[column.type];
  if (standard === undefined || column.maxLength !== undefined) return column;
  return { ...column, maxLength: column.unique ? Math.min(standard, MAX_UNIQUE_LENGTH) : standard };
}

/** Parents before children, otherwise in the given order. Tables in a cycle keep their order (the validator reports them). */
export function inDependencyOrder(tables: Table[]): Table[] {
  const waiting = [...tables];
  const ordered: Table[] = [];
  while (waiting.length > 0) {
    const names = new Set(waiting.map((table) => table.name));
    const ready = waiting.findIndex((table) => !parentsOf(table).some((parent) => names.has(parent)));
    ordered.push(...waiting.splice(ready === -1 ? 0 : ready, ready === -1 ? waiting.length : 1));
  }
  return ordered;
}

/** Names of the other tables that `table` refers to. */
export function parentsOf(table: Table): string[] {
  return table.columns.flatMap((column) =>
    column.references && column.references.table !== table.name ? [column.references.table] : [],
  );
}

function endpointsOf(tables: Table[], { constants, deleteAll = [] }: PlanParts): Endpoint[] {
  const endpoints = [
    healthEndpoint(),
    ...constants.map((constant) => constantEndpoint(constant.path, constant.body)),
    ...tables.flatMap((table) => [
      ...tableEndpoints(table),
      ...(deleteAll.includes(table.name) ? [deleteAllEndpoint(table)] : []),
    ]),
  ];
  for (const table of tables) {
    for (const column of table.columns) {
      const parent = tables.find((other) => other.name === column.references?.table);
      if (parent && !parent.account && !table.account)
        endpoints.push(nestedListEndpoint(table, parent, column.name, endpoints));
    }
  }
  return endpoints;
}

function databaseNeed(tables: Table[]): Plan["database"] {
  if (tables.length === 0)
    return { needed: false, reasoning: "Nothing in the request is stored: every answer is constant." };
  const names = tables.map((table) => table.name).join(", ");
  return { needed: true, reasoning: `The request names records that are kept and related: ${names}.` };
}

function nameFromParts(parts: PlanParts): string {
  const words =
    parts.tables.length > 0
      ? parts.tables.slice(0, 2).map((table) => kebabCase(table.name))
      : parts.constants.slice(0, 1).map((constant) => kebabCase(constant.path.split("/").at(-1) ?? ""));
  const name = [...words, "api"].join("-");
  return projectNameProblem(name) ? "api" : name;
}
