// What a table's options need in the database: the index of a search.
import { searchColumns } from "../plan/listing.ts";
import type { Table } from "../plan/plan.ts";
import type { SchemaFacts } from "./introspect.ts";

/** Every difference as a sentence that names the table. */
export function optionProblems(table: Table, facts: SchemaFacts): string[] {
  return table.search && !hasSearchIndex(table, facts)
    ? [`${table.name} has no index for the search of the plan: a gin index of the words in ${table.search.join(", ")}.`]
    : [];
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
