// migrations/0001 of a project, from its plan: plain SQL that a person would write and review.
import { accountTable, isReferredToByOwn, PASSWORDS, refersToOwn, SESSIONS } from "./accounts.ts";
import { filterColumns, sortColumns } from "./listing.ts";
import type { Column, ColumnType, Plan, Table } from "./plan.ts";
import { searchExpression } from "./search-expression.ts";
import {
  DELETED_AT,
  isReferredTo,
  needsNotDeleted,
  NOT_DELETED,
  refersToKept,
  reservedColumns,
} from "./soft-delete.ts";
import { identifier, uniqueName, literal } from "./sql-identifiers.ts";

const NOW = "extract(epoch from now())::bigint";
const LONGEST_FILE_NAME = 60;

/** The first migration, or null when the plan has no tables. `file` is its path in the project. */
export function renderMigration(plan: Plan): { file: string; sql: string } | null {
  if (plan.tables.length === 0) return null;
  const tables = inCreationOrder(plan.tables);
  const later = tables.flatMap((table, index) =>
    deferredReferences(table, new Set(tables.slice(0, index + 1).map(({ name }) => name))),
  );
  const taken = new Set(tables.map(({ name }) => name)); // tables and indexes share one namespace
  const deferred = new Set(later.map(({ column }) => column));
  const parts = tables.map((table) => [createTable(table, tables, deferred), ...indexes(table, taken)].join("\n"));
  if (tables.some((table) => needsNotDeleted(tables, table))) parts.unshift(NOT_DELETED_NOTE);
  const accounts = accountTable(tables);
  if (accounts) parts.push(sessionTables(accounts));
  if (later.length > 0) parts.push(later.map(({ table, column }) => addReference(table, column, taken)).join("\n"));
  return { file: fileName(plan), sql: `${parts.join("\n\n")}\n` };
}

const NOT_DELETED_NOTE = `-- Deleted rows stay in their tables. not_deleted is null for them and true for the others, so that a foreign key with it
-- lets no row refer to a deleted one, nor keeps a deleted row what it refers to from being deleted.`;

/** What the API shows of an account is in its table; what it logs in with is not. */
function sessionTables({ name }: Table): string {
  const account = `references ${identifier(name)} (id) on delete cascade`;
  return `-- Passwords and tokens are only kept as hashes, and apart from what the API shows.
create table ${PASSWORDS} (
  account_id varchar(21) primary key ${account},
  hash       text not null
);
create table ${SESSIONS} (
  token_hash text primary key,
  account_id varchar(21) not null ${account},
  expires_at bigint not null
);
create index ${SESSIONS}_account_id_idx on ${SESSIONS} (account_id);`;
}

/** Parents before children; tables that refer to each other keep their order. */
function inCreationOrder(tables: Table[]): Table[] {
  const waiting = [...tables];
  const ordered: Table[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex((table) =>
      table.columns.every(
        ({ references }) => !waiting.some((other) => other !== table && other.name === references?.table),
      ),
    );
    ordered.push(...waiting.splice(Math.max(ready, 0), 1));
  }
  return ordered;
}

/** References to tables that do not exist yet when this one is created. */
function deferredReferences(table: Table, created: ReadonlySet<string>): { table: Table; column: Column }[] {
  return table.columns
    .filter(({ references }) => references && !created.has(references.table))
    .map((column) => ({ table, column }));
}

function fileName({ tables }: Plan): string {
  const names = tables.map(({ name }) => name);
  const all = names.length > 1 ? `${names.slice(0, -1).join("_")}_and_${names.at(-1)!}` : names[0]!;
  return `migrations/0001_${all.length <= LONGEST_FILE_NAME ? all : "create_tables"}.sql`;
}

function createTable(table: Table, tables: Table[], deferred: ReadonlySet<Column>): string {
  const reserved = reservedColumns(tables, table);
  const names = [...table.columns.map(({ name }) => name), ...reserved];
  const width = Math.max(...names.map((name) => identifier(name).length));
  const lines = table.columns.map((column) => {
    const later = deferred.has(column) || refersToOwn(tables, table, column);
    const rest = [sqlType(column), ...constraints(column), ...(later ? [] : references(column))];
    return `  ${identifier(column.name).padEnd(width)} ${rest.join(" ")}`;
  });
  for (const name of reserved) lines.push(`  ${name.padEnd(width)} ${reservedType(table, name)}`);
  lines.push(...[...keysWithOwner(table, tables), ...keysWithNotDeleted(table, tables)].map((key) => `  ${key}`));
  return `create table ${identifier(table.name)} (\n${lines.join(",\n")}\n);`;
}

function reservedType({ softDelete }: Table, name: string): string {
  if (name === DELETED_AT) return "bigint";
  const value = softDelete ? `case when ${DELETED_AT} is null then true end` : "true";
  return `boolean generated always as (${value}) stored`;
}

/** Keys by which rows refer to rows of the same owner. A restriction is "no action", which waits for the end of the statement:
 * the deletion of an account takes all its rows. */
function keysWithOwner(table: Table, tables: Table[]): string[] {
  const owner = table.owner === undefined ? "" : identifier(table.owner);
  return [
    ...(isReferredToByOwn(tables, table) ? [`unique (id, ${owner})`] : []),
    ...table.columns
      .filter((column) => refersToOwn(tables, table, column))
      .map(({ name, references: target }) => {
        const parent = tables.find((one) => one.name === target!.table)!;
        const action = {
          restrict: "",
          cascade: " on delete cascade",
          "set null": ` on delete set null (${identifier(name)})`,
        };
        const to = `${identifier(parent.name)} (id, ${identifier(parent.owner!)})`;
        return `foreign key (${identifier(name)}, ${owner}) references ${to}${action[target!.onDelete]}`;
      }),
  ];
}

/** Keys by which rows that are there refer to rows that are there. */
function keysWithNotDeleted(table: Table, tables: Table[]): string[] {
  return [
    ...(isReferredTo(tables, table) ? [`unique (id, ${NOT_DELETED})`] : []),
    ...table.columns
      .filter((column) => refersToKept(tables, column))
      .map(({ name, references: target }) => {
        const key = `${identifier(name)}, ${NOT_DELETED}`;
        return `foreign key (${key}) references ${identifier(target!.table)} (id, ${NOT_DELETED})`;
      }),
  ];
}

const SQL_TYPES: Record<ColumnType, string> = {
  id: "varchar(21)",
  reference: "varchar(21)",
  string: "varchar",
  email: "varchar",
  url: "varchar",
  enum: "varchar",
  text: "text",
  integer: "integer",
  bigint: "bigint",
  timestamp: "bigint",
  decimal: "numeric(12, 2)",
  boolean: "boolean",
  date: "date",
  json: "jsonb",
  "string[]": "text[]",
};

function sqlType({ type, maxLength, values }: Column): string {
  const longest = values ? Math.max(...values.map((value) => Array.from(value).length)) : maxLength;
  return `${SQL_TYPES[type]}${longest === undefined ? "" : `(${longest})`}`;
}

function constraints(column: Column): string[] {
  if (column.type === "id") return ["primary key"];
  const check = condition(column);
  return [
    ...(column.nullable ? [] : ["not null"]),
    ...(column.default === null ? [] : [`default ${defaultValue(column, column.default)}`]),
    ...(check ? [`check (${check})`] : []),
  ];
}

function defaultValue(column: Column, value: string | number | boolean): string {
  if (column.type === "timestamp" && value === "now") return NOW;
  return typeof value === "string" ? literal(value) : String(value);
}

function condition({ name, type, values, minimum, maximum }: Column): string | null {
  const column = identifier(name);
  if (type === "enum") return `${column} in (${(values ?? []).map(literal).join(", ")})`;
  if (minimum !== undefined && maximum !== undefined) return `${column} between ${minimum} and ${maximum}`;
  if (minimum !== undefined) return `${column} >= ${minimum}`;
  return maximum === undefined ? null : `${column} <= ${maximum}`;
}

function references({ references: target }: Column): string[] {
  if (!target) return [];
  return [`references ${identifier(target.table)} (id) on delete ${target.onDelete}`];
}

function addReference(table: Table, column: Column, taken: Set<string>): string {
  const name = identifier(uniqueName([table.name, column.name, "fkey"], taken));
  const key = identifier(column.name);
  return `alter table ${identifier(table.name)}\n  add constraint ${name} foreign key (${key}) ${references(column)[0]!};`;
}

/** One index per way a table is read: pages of all rows in each order, pages of the rows of a parent or with one value of
 * a filter, one row by a unique value. */
function indexes(table: Table, taken: Set<string>): string[] {
  const on = identifier(table.name);
  const owned = table.owner === undefined ? "" : `${identifier(table.owner)}, `; // by which every query looks
  const page = "created_at desc, id desc";
  const index = (parts: string[], key: string, rows = there(table)) =>
    `create index ${identifier(uniqueName([table.name, ...parts], taken))} on ${on} (${key})${rows};`;
  const unique = table.columns.filter((column) => column.unique).map((column) => uniqueIndex(table, column, taken));
  const targets = table.columns.filter((column) => column.references);
  // Of accounts there is no list.
  if (table.account) return [...unique, ...targets.map(({ name }) => index([name, "idx"], identifier(name)))];
  return [
    ...unique,
    ...(table.uniqueTogether ? [togetherIndex(table, table.uniqueTogether, taken)] : []),
    index(["page_idx"], `${owned}${page}`, owned ? "" : there(table)),
    ...filterColumns(table)
      .filter(({ unique, references: target }) => !unique || (target && owned))
      .map(({ name, references: target }) =>
        // A foreign key looks for deleted rows, too, and not always by the owner.
        index([name, "page_idx"], `${target ? "" : owned}${identifier(name)}, ${page}`, target ? "" : there(table)),
      ),
    ...sortColumns(table)
      .filter(({ unique }) => !unique)
      .map(({ name }) => index([name, "sort_idx"], `${owned}${identifier(name)}, id`)),
    ...(table.search ? [searchIndex(table, taken)] : []),
  ];
}

function searchIndex(table: Table, taken: Set<string>): string {
  const name = identifier(uniqueName([table.name, "search_idx"], taken));
  return `create index ${name} on ${identifier(table.name)} using gin (${searchExpression(table)})${there(table)};`;
}

/** What the API sees of the table. */
function there({ softDelete }: Table): string {
  return softDelete ? ` where ${DELETED_AT} is null` : "";
}

function togetherIndex(table: Table, columns: string[], taken: Set<string>): string {
  const name = identifier(uniqueName([table.name, ...columns, "key"], taken));
  const all = [...(table.owner === undefined ? [] : [table.owner]), ...columns];
  return `create unique index ${name} on ${identifier(table.name)} (${all.map(identifier).join(", ")})${there(table)};`;
}

/** What is unique is so among the rows of one owner. Addresses of one mailbox differ in case only by mistake. */
function uniqueIndex(table: Table, { name, type }: Column, taken: Set<string>): string {
  const owner = table.owner === undefined ? "" : `${identifier(table.owner)}, `;
  const key = owner + (type === "email" ? `lower(${identifier(name)})` : identifier(name));
  const index = identifier(uniqueName([table.name, name, "key"], taken));
  return `create unique index ${index} on ${identifier(table.name)} (${key})${there(table)};`;
}
