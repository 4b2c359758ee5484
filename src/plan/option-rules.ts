// What a table may say beyond its columns: options that are only there when they were asked for.
import { SEARCHED_TYPES } from "./listing.ts";
import type { Table } from "./plan.ts";

/** Every problem of the table's options as `.option: message`. */
export function optionProblems(table: Table): string[] {
  return searchProblems(table);
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
