// By what the rows of a table are listed: columns to filter and to sort by, each with an index, and relations to bring along.
import { BUILT_IN_COLUMNS } from "./names.ts";
import type { Column, ColumnType, Table } from "./plan.ts";

/** Parameters that every list has of its own. */
const TAKEN = new Set(["limit", "cursor", "sort", "include"]);
/** Types whose words can be searched for; Postgres takes an http address apart, and only in a text, not in what is asked for. */
export const SEARCHED_TYPES: ReadonlySet<ColumnType> = new Set(["string", "text", "email"]);
const SORTED_TYPES: ReadonlySet<ColumnType> = new Set(["integer", "bigint", "decimal", "timestamp", "date"]);
const SORTED_NAMES = new Set(["name", "title"]);
/** An index entry holds at most 2,704 bytes; a character takes up to four. */
const LONGEST_SORTED = 650;

function ownColumns(table: Table): Column[] {
  return table.columns.filter(
    ({ name }) => name !== table.owner && !BUILT_IN_COLUMNS.some((builtIn) => builtIn === name),
  );
}

/** Columns by which a list can be filtered: those with few values, and those that find one row. */
export function filterColumns(table: Table): Column[] {
  return ownColumns(table).filter(
    ({ name, type, unique }) =>
      !TAKEN.has(name) &&
      !(table.search && name === "q") &&
      (type === "reference" || type === "enum" || type === "boolean" || unique),
  );
}

/** Columns by which a list can be sorted besides `created_at`: numbers, times, days and names that are never missing. */
export function sortColumns(table: Table): Column[] {
  return ownColumns(table).filter(
    ({ name, type, nullable, maxLength = 0 }) =>
      !nullable &&
      (SORTED_TYPES.has(type) || (type === "string" && SORTED_NAMES.has(name) && maxLength <= LONGEST_SORTED)),
  );
}

/** The columns that `?q=` looks into. */
export function searchColumns({ columns, search = [] }: Table): Column[] {
  return search.flatMap((name) => columns.find((column) => column.name === name) ?? []);
}

/** References whose rows can be brought along with a row, by the name under which they are: `owner` for `owner_id`. */
export function relationsOf(table: Table): { name: string; column: Column; table: string }[] {
  return table.columns.flatMap((column) => {
    const name = column.name.replace(/_id$/, "");
    if (!column.references || table.columns.some((other) => other.name === name)) return [];
    return [{ name, column, table: column.references.table }];
  });
}
