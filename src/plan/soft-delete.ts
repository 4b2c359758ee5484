// Rows that stay in their table when they are deleted: what this takes in the database.
import type { Column, Table } from "./plan.ts";

/** When the row was deleted, in unix seconds; null while it is there. */
export const DELETED_AT = "deleted_at";
/** True while the row is there and null afterwards, so that a foreign key on (user_id, not_deleted) holds for rows that are
 * there, and only for those. */
export const NOT_DELETED = "not_deleted";

/** Whether the column refers to rows that are kept when they are deleted. */
export function refersToKept(tables: Table[], { references }: Column): boolean {
  return references !== null && tables.some(({ name, softDelete }) => softDelete && name === references.table);
}

/** Whether another row, or one of its own, can refer to a row of this table that is kept. */
export function isReferredTo(tables: Table[], { name, softDelete }: Table): boolean {
  return (
    softDelete === true && tables.some(({ columns }) => columns.some(({ references }) => references?.table === name))
  );
}

/** Whether the table needs the column not_deleted, as a referrer or as what is referred to. */
export function needsNotDeleted(tables: Table[], table: Table): boolean {
  return isReferredTo(tables, table) || table.columns.some((column) => refersToKept(tables, column));
}

/** Names of columns that the option needs for itself. */
export function reservedColumns(tables: Table[], table: Table): string[] {
  return [...(table.softDelete ? [DELETED_AT] : []), ...(needsNotDeleted(tables, table) ? [NOT_DELETED] : [])];
}
