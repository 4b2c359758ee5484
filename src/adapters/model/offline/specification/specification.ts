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
}

export function emptySpecification(): Specification {
  return { tables: [], constants: [], assumptions: [], leftOut: [] };
}

/** The plan of a specification, with all that it leaves out; `request` says where it is from. The plan is null when nothing
 * is left, or when the rest is no valid plan, whose problems are then among what is left out. */
export function planOf(request: string, specification: Specification): { plan: Plan | null; leftOut: string[] } {
  dropInvalidNames(specification);
  dropDanglingReferences(specification);
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
