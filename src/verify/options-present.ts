// What a table's options need in the database: the index of a search, the mark of deleted rows and what keeps references to them out.
import { refersToOwn } from "../plan/accounts.ts";
import { searchColumns } from "../plan/listing.ts";
import type { Plan, Table } from "../plan/plan.ts";
import { DELETED_AT, NOT_DELETED, refersToKept } from "../plan/soft-delete.ts";
import type { SchemaFacts } from "./introspect.ts";

/** Every difference as a sentence that names the table. */
export function optionProblems({ tables }: Plan, table: Table, facts: SchemaFacts): string[] {
  const problems: string[] = [];
  if (table.search && !hasSearchIndex(table, facts)) {
    const columns = table.search.join(", ");
    problems.push(`${table.name} has no index for the search of the plan: a gin index of the words in ${columns}.`);
  }
  if (table.uniqueTogether && !isUniqueTogether(table, table.uniqueTogether, facts))
    problems.push(
      `${table.name}: ${table.uniqueTogether.join(" and ")} are unique together in the plan, but not in the database.`,
    );
  problems.push(...ownerProblems(tables, table, facts));
  if (table.softDelete && !hasDeletedAt(table, facts))
    problems.push(`${table.name} has no column ${DELETED_AT} bigint, which says when a row was deleted.`);
  for (const column of table.columns.filter((one) => refersToKept(tables, one))) {
    const key = `${column.name},${NOT_DELETED}`;
    if (
      !facts.constraints.some(
        (one) => one.table === table.name && one.kind === "foreign key" && one.columns.join() === key,
      )
    )
      problems.push(
        `${table.name}.${column.name} may refer to deleted ${column.references!.table}: no foreign key is on (${key}).`,
      );
  }
  return problems;
}

/** References between rows that each belong to one account: the database itself keeps them within it. */
function ownerProblems(tables: Table[], table: Table, { constraints }: SchemaFacts): string[] {
  return table.columns
    .filter((column) => refersToOwn(tables, table, column))
    .flatMap(({ name, references }) => {
      const key = `${name},${table.owner}`;
      const found = constraints.some(
        (one) => one.table === table.name && one.kind === "foreign key" && one.columns.join() === key,
      );
      const problem = `${table.name}.${name} may refer to ${references!.table} of another owner: no foreign key is on (${key}).`;
      return found ? [] : [problem];
    });
}

/** One index of the words of all searched columns. */
function hasSearchIndex(table: Table, { indexes }: SchemaFacts): boolean {
  return indexes.some(
    ({ table: of, definition }) =>
      of === table.name &&
      /using gin .*to_tsvector/i.test(definition) &&
      searchColumns(table).every(({ name }) => new RegExp(`\\W${name}\\W`).test(definition)),
  );
}

/** Among the rows that are not deleted, where deleted ones stay. */
function isUniqueTogether(table: Table, names: readonly string[], { indexes }: SchemaFacts): boolean {
  return indexes.some(
    ({ table: of, unique, uniqueAmongKept, columns }) =>
      of === table.name &&
      (table.softDelete ? uniqueAmongKept : unique) &&
      columns.length === names.length + (table.owner === undefined ? 0 : 1) &&
      [...names, ...(table.owner === undefined ? [] : [table.owner])].every((name) => columns.includes(name)),
  );
}

function hasDeletedAt(table: Table, { columns }: SchemaFacts): boolean {
  return columns.some(
    (column) =>
      column.table === table.name && column.name === DELETED_AT && column.type === "bigint" && column.nullable,
  );
}
