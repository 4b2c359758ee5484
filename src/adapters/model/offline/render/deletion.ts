// The SQL of deletions: rows go, or stay in their table and are marked.
import { accountColumn } from "../../../../plan/accounts.ts";
import type { Plan, Table } from "../../../../plan/plan.ts";
import { DELETED_AT } from "../../../../plan/soft-delete.ts";
import { identifier } from "../../../../plan/sql-identifiers.ts";
import { referrers } from "./plan-tables.ts";

const NOW = "extract(epoch from now())::bigint";

/** `deleted_at is null and ` for a table whose deleted rows stay in it. */
function kept({ softDelete }: Table): string {
  return softDelete ? `${DELETED_AT} is null and ` : "";
}

/** What every query for rows of the table begins with: those that are there, and those of the account that asks. */
export function there(table: Table): string {
  const column = accountColumn(table);
  return `${column === null ? "" : `${identifier(column)} = \${account} and `}${kept(table)}`;
}

/** `where id = ${params.id}`, of a row that is there. */
export function byId(table: Table, id = "${params.id}"): string {
  return `where ${there(table)}id = ${id}`;
}

/** Deletes what the condition matches; a line each. `naming` what was deleted. */
export function deletion(plan: Plan, table: Table, condition: string, naming = true): string[] {
  const name = identifier(table.name);
  const returning = naming ? ["returning id"] : [];
  const conditions = `${there(table)}${condition}`.replace(/ and $/, "");
  const rows = `where ${conditions}`;
  if (!table.softDelete) return [[`delete from ${name}`, ...(conditions ? [rows] : []), ...returning].join(" ")];
  const mark = [`update ${name}`, `set ${DELETED_AT} = ${NOW}`, rows];
  const deleted = withName(plan, "deleted");
  const released = releases(plan, table, deleted);
  if (released.length === 0) return [...mark, ...returning];
  const parts = released.map((lines, index) => [
    `), ${withName(plan, index === 0 ? "released" : `released_${index + 1}`)} as (`,
    ...lines.map((line) => `  ${line}`),
  ]);
  return [
    `with ${deleted} as (`,
    ...[...mark, "returning id"].map((line) => `  ${line}`),
    ...parts.flat(),
    ")",
    `select ${naming ? "id" : "count(*)"} from ${deleted}`,
  ];
}

/** A name for a part of a statement that is no table's: those never end in _. */
export function withName({ tables }: Plan, name: string): string {
  return tables.some((table) => table.name === name) ? `${name}_` : name;
}

/** Optional references to what is deleted become null: one update for each table, because each may change a row once. */
function releases(plan: Plan, table: Table, deleted: string): string[][] {
  const given = referrers(plan, table).filter(({ column }) => column.references?.onDelete === "set null");
  return [...Map.groupBy(given, (one) => one.table)].map(([child, list]) => {
    const columns = list.map(({ column }) => identifier(column.name));
    const gone = columns.map((column) => `${column} in (select id from ${deleted})`);
    const set = columns.map((column, n) =>
      columns.length === 1 ? `${column} = null` : `${column} = case when ${gone[n]!} then null else ${column} end`,
    );
    const others = child === table ? ` and id not in (select id from ${deleted})` : "";
    const any = columns.length === 1 ? gone[0]! : `(${gone.join(" or ")})`;
    return [
      `update ${identifier(child.name)}`,
      ...set.map((text, n) => `${n === 0 ? "set " : "    "}${text}${n < set.length - 1 ? "," : ""}`),
      `where ${kept(child)}${any}${others}`,
    ];
  });
}
