// Questions about the tables of a plan that several renderers ask.
import type { Column, Plan, Table } from "../../../../plan/plan.ts";

const BUILT_IN = new Set(["id", "created_at", "updated_at"]);

/** The columns that a client may send. */
export function ownColumns(table: Table): Column[] {
  return table.columns.filter(({ name }) => name !== table.owner && !BUILT_IN.has(name));
}

type RowsKind = "list" | "create" | "get" | "update" | "delete" | "delete-all";

/** Whether the API has the operation on the table. */
export function hasOperation(plan: Plan, table: Table, kind: RowsKind): boolean {
  return plan.endpoints.some(({ operation }) => operation.kind === kind && operation.table === table.name);
}

/** Whether a new row must have the column in the request. */
export function isRequired(column: Column): boolean {
  return !column.nullable && column.default === null;
}

/** The table of a name that the plan itself uses. */
export function tableOf(plan: Plan, name: string): Table {
  const table = plan.tables.find((candidate) => candidate.name === name);
  if (!table) throw new Error(`The plan has no table ${name}`);
  return table;
}

/** Tables with a reference to this one that keeps its rows from being deleted. */
export function holders(plan: Plan, table: Table): { table: Table; column: Column }[] {
  return referrers(plan, table).filter(({ column }) => column.references?.onDelete === "restrict");
}

/** Whether what a client sends may collide with other rows: with a unique value, or by what it refers to. */
export function mayCollide(table: Table): boolean {
  return ownColumns(table).some(({ unique, references }) => unique || references);
}

/** Whether other rows may keep a row from being deleted. */
export function mayBeHeld(plan: Plan, table: Table): boolean {
  return holders(plan, table).length > 0 || (table.softDelete === true && referrers(plan, table).length > 0);
}

/** Every reference to this table. */
export function referrers(plan: Plan, table: Table): { table: Table; column: Column }[] {
  return plan.tables.flatMap((other) =>
    other.columns
      .filter(({ references }) => references?.table === table.name)
      .map((column) => ({ table: other, column })),
  );
}

export function hasJson(table: Table): boolean {
  return ownColumns(table).some(({ type }) => type === "json");
}
