// A plan's tables in one line each, so that expectations stay readable.
import type { Column, Plan } from "../../../src/plan/plan.ts";

/** `tasks(title:string{200}, done:boolean=false, owner_id->users?)`; built-in columns and default lengths are left out. */
export function tableSignatures(plan: Plan): string[] {
  return plan.tables.map((table) => `${table.name}(${table.columns.slice(1, -2).map(columnSignature).join(", ")})`);
}

function columnSignature(column: Column): string {
  const standard = { string: 200, email: 320, url: 2000 }[column.type as string];
  const length =
    column.minLength !== undefined
      ? `{${column.minLength},${column.maxLength}}`
      : column.maxLength !== standard
        ? `{${column.maxLength}}`
        : "";
  const values = column.values ? `{${column.values.join(",")}}` : "";
  return [
    column.references
      ? `${column.name}->${column.references.table}`
      : `${column.name}:${column.type}${length}${values}`,
    column.unique ? ":unique" : "",
    column.nullable ? "?" : "",
    column.minimum !== undefined ? `>=${column.minimum}` : "",
    column.maximum !== undefined ? `<=${column.maximum}` : "",
    column.default !== null ? `=${String(column.default)}` : "",
  ].join("");
}
