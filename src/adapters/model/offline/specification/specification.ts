// What a specification file (schema.sql, openapi.yaml) becomes: the same plan as words. What a plan cannot say is listed.
import { completePlan, type PlanParts } from "../../../../plan/build-plan.ts";
import { BUILT_IN_COLUMNS, columnNameProblem, tableNameProblem } from "../../../../plan/names.ts";
import type { Column, Plan, Table } from "../../../../plan/plan.ts";
import { planProblems } from "../../../../plan/validate-plan.ts";
import { singularOf } from "../understand/inflect.ts";

/** What a reader collects; sentences in `leftOut` begin with what they are about. */
export interface Specification {
  tables: Table[];
  constants: PlanParts["constants"];
  assumptions: string[];
  leftOut: string[];
  /** Columns that the file makes unique together, by its own names. */
  together: { table: Table; keys: string[]; primary: boolean }[];
}

export function emptySpecification(): Specification {
  return { tables: [], constants: [], assumptions: [], leftOut: [], together: [] };
}

/** The plan of a specification, with all that it leaves out; `request` says where it is from. The plan is null when nothing
 * is left, or when the rest is no valid plan, whose problems are then among what is left out. */
export function planOf(request: string, specification: Specification): { plan: Plan | null; leftOut: string[] } {
  dropInvalidNames(specification);
  dropDanglingReferences(specification);
  settleTogether(specification);
  const { tables, constants, leftOut } = specification;
  if (tables.length + constants.length === 0) return { plan: null, leftOut };
  const assumptions = [...new Set(specification.assumptions)];
  const plan = completePlan({ request, tables, constants, assumptions, notUnderstood: leftOut });
  const problems = planProblems(plan);
  return problems.length > 0 ? { plan: null, leftOut: [...leftOut, ...problems] } : { plan, leftOut };
}

/** A table of the name, which is taken as it is when it can be one. */
export function newTable(name: string): Table {
  return { name, singular: singularOf(name), columns: [] };
}

/** The column that a file calls so: a reference may have got its ending. */
export function findColumn(table: Table, name: string | undefined): Column | undefined {
  return table.columns.find((column) => column.name === name || (column.references && column.name === `${name}_id`));
}

/** A plan knows links: references that are unique together. Of other columns it has no such rule, nor a second one. */
function settleTogether({ assumptions, leftOut, together }: Specification): void {
  for (const { table, keys, primary } of together) {
    const told = `${table.name}.${keys.join(", ")}`;
    const columns = keys.flatMap((key) => findColumn(table, key) ?? []);
    const links = columns.length === keys.length && columns.every((column) => isLink(table, column));
    const required = primary || columns.every(({ nullable }) => !nullable);
    if (!links || !required || table.uniqueTogether) {
      leftOut.push(`${told}: the constraint ${primary ? "primary" : "unique"} on several columns is not in a plan`);
      continue;
    }
    for (const column of columns) column.nullable = false;
    table.uniqueTogether = columns.map(({ name }) => name);
    if (primary) assumptions.push(`${told}: are unique together and required; the key of every table is its id`);
  }
}

/** A reference that may become a required one, and is not unique by itself. */
function isLink({ name }: Table, { references, unique }: Column): boolean {
  return references !== null && references.table !== name && references.onDelete !== "set null" && !unique;
}

/** Adds a column, unless every table has it anyway. */
export function addColumn(specification: Specification, table: Table, column: Column): void {
  if (BUILT_IN_COLUMNS.some((name) => name === column.name)) {
    const kept = column.name === "id" ? "a text of 21 characters" : "a time in unix seconds";
    specification.assumptions.push(
      `${table.name}.${column.name}: every table has this column, ${kept} that the service keeps`,
    );
  } else table.columns.push(column);
}

function dropInvalidNames(specification: Specification): void {
  const { leftOut } = specification;
  specification.tables = specification.tables.filter(({ name }) => {
    const problem = tableNameProblem(name);
    if (problem) leftOut.push(`${name}: the name of the table ${problem}`);
    return problem === null;
  });
  for (const table of specification.tables) {
    table.columns = table.columns.filter(({ name }) => {
      const problem = columnNameProblem(name);
      if (problem) leftOut.push(`${table.name}.${name}: the name of the column ${problem}`);
      return problem === null;
    });
  }
}

function dropDanglingReferences({ tables, leftOut }: Specification): void {
  for (const table of tables) {
    table.columns = table.columns.filter(({ name, references, nullable }) => {
      if (!references) return true;
      const known = tables.some((other) => other.name === references.table);
      if (!known) leftOut.push(`${table.name}.${name}: there is no table ${references.table}`);
      const stuck = references.table === table.name && !nullable;
      if (stuck) leftOut.push(`${table.name}.${name}: a required reference to its own table lets no first row exist`);
      return known && !stuck;
    });
  }
}
