// What a table may say beyond its columns: options that are only there when they were asked for.
import { accountProblems } from "./accounts.ts";
import { SEARCHED_TYPES } from "./listing.ts";
import type { Table } from "./plan.ts";
import { reservedColumns } from "./soft-delete.ts";

/** Every problem of the table's options as `.option: message`. */
export function optionProblems(table: Table, tables: Table[]): string[] {
  return [
    ...searchProblems(table),
    ...togetherProblems(table),
    ...softDeleteProblems(table, tables),
    ...urlProblems(table),
    ...accountProblems(table, tables),
  ];
}

function searchProblems({ columns, search = [] }: Table): string[] {
  return search.flatMap((name, index) => {
    const column = columns.find((one) => one.name === name);
    if (!column) return [`.search[${index}]: there is no column "${name}"`];
    if (search.indexOf(name) !== index) return [`.search[${index}]: "${name}" is there twice`];
    return SEARCHED_TYPES.has(column.type)
      ? []
      : [`.search[${index}]: the type ${column.type} has no words to search for`];
  });
}

function togetherProblems({ columns, uniqueTogether = [] }: Table): string[] {
  return uniqueTogether.flatMap((name, index) => {
    const column = columns.find((one) => one.name === name);
    if (!column) return [`.uniqueTogether[${index}]: there is no column "${name}"`];
    if (uniqueTogether.indexOf(name) !== index) return [`.uniqueTogether[${index}]: "${name}" is there twice`];
    return column.references && !column.nullable && !column.unique
      ? []
      : [`.uniqueTogether[${index}]: "${name}" must be a required reference that is not unique by itself`];
  });
}

function urlProblems({ columns, url }: Table): string[] {
  const index = columns.findIndex(({ name }) => name === "url");
  return url && index !== -1 ? [`.columns[${index}].name: "url" is made by the service, because of url`] : [];
}

/** A row that is kept goes on to refer to others, and others may not go on to refer to it. */
function softDeleteProblems(table: Table, tables: Table[]): string[] {
  const reserved = reservedColumns(tables, table);
  const problems = table.columns.flatMap(({ name }, index) =>
    reserved.includes(name) ? [`.columns[${index}].name: "${name}" is kept by the service, because of softDelete`] : [],
  );
  if (!table.softDelete) return problems;
  for (const { references } of table.columns) {
    const parent = tables.find(({ name }) => name === references?.table);
    if (references?.onDelete === "restrict" && parent && !parent.softDelete)
      problems.push(`.softDelete: "${parent.name}" needs it too, because deleted ${table.name} keep referring to them`);
  }
  const cascade = tables.find(({ columns }) =>
    columns.some(({ references }) => references?.table === table.name && references.onDelete === "cascade"),
  );
  if (cascade) problems.push(`.softDelete: "${cascade.name}" would not be deleted with their row (on delete cascade)`);
  return problems;
}
