// Is this value a plan that is safe to build? Plans come from files and models: names end up in SQL and in file names.
import type * as z from "zod";
import { TbError } from "../errors.ts";
import { columnProblems } from "./column-rules.ts";
import { endpointProblems } from "./endpoint-rules.ts";
import { optionProblems } from "./option-rules.ts";
import { BUILT_IN_COLUMNS } from "./names.ts";
import { planSchema } from "./plan-schema.ts";
import type { Plan, Table } from "./plan.ts";

const MAX_DEPTH = 40;
const MAX_PROBLEMS = 50;

/** The value as a Plan. Throws TbError "usage" whose details name every problem by its JSON path. */
export function validatePlan(value: unknown): Plan {
  const { plan, problems } = checkPlan(value);
  if (plan && problems.length === 0) return plan;
  const shown = problems.slice(0, MAX_PROBLEMS);
  if (problems.length > shown.length) shown.push(`… and ${problems.length - shown.length} more`);
  throw new TbError("usage", `The plan is not valid: ${problems.length} problem${problems.length === 1 ? "" : "s"}.`, {
    details: shown,
    suggestion: "Correct the plan, or write a new one with: tb create --plan-out FILE",
  });
}

/** Every problem of a would-be plan, as `path: message`; none when it is valid. */
export function planProblems(value: unknown): string[] {
  return checkPlan(value).problems;
}

function checkPlan(value: unknown): { plan?: Plan; problems: string[] } {
  if (deeperThan(value, MAX_DEPTH)) return { problems: [`plan: is nested more than ${MAX_DEPTH} levels deep`] };
  const shape = planSchema.safeParse(value);
  if (!shape.success) return { problems: shape.error.issues.flatMap(issueLines) };
  const plan: Plan = shape.data;
  return {
    plan,
    problems: [
      ...tableProblems(plan.tables),
      ...endpointProblems(plan),
      ...databaseProblems(plan),
      ...corsProblems(plan),
    ],
  };
}

/** Iterative, because the depth is an attacker's choice. */
function deeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}

function issueLines(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.reduce<string>((text, key) => {
    return typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
  return [`${path === "" ? "plan" : path}: ${issue.message}`];
}

function tableProblems(tables: Table[]): string[] {
  const problems: string[] = [];
  const earlier = new Set<string>();
  for (const [index, table] of tables.entries()) {
    const at = `tables[${index}]`;
    if (tables.findIndex((other) => other.name === table.name) !== index)
      problems.push(`${at}.name: "${table.name}" is there twice`);
    if (tables.findIndex((other) => other.singular === table.singular) !== index) {
      problems.push(`${at}.singular: "${table.singular}" is there twice`);
    }
    problems.push(...builtInProblems(table, at), ...columnsProblems(table, at, tables, earlier));
    problems.push(...optionProblems(table, tables).map((problem) => `${at}${problem}`));
    earlier.add(table.name);
  }
  return problems;
}

function builtInProblems(table: Table, at: string): string[] {
  const problems: string[] = [];
  const count = table.columns.length;
  const places = [0, count - 2, count - 1];
  for (const [n, name] of BUILT_IN_COLUMNS.entries()) {
    const place = places[n]!;
    const column = table.columns[place];
    if (column?.name !== name) {
      problems.push(
        `${at}.columns[${place}].name: must be "${name}" (id comes first; created_at and updated_at come last)`,
      );
      continue;
    }
    const type = name === "id" ? "id" : "timestamp";
    const standard = name === "id" ? null : "now";
    if (column.type !== type || column.nullable || column.unique || column.default !== standard) {
      problems.push(
        `${at}.columns[${place}]: "${name}" must be a required ${type} with default ${JSON.stringify(standard)}`,
      );
    }
  }
  return problems;
}

function columnsProblems(table: Table, at: string, tables: Table[], earlier: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  for (const [index, column] of table.columns.entries()) {
    const here = `${at}.columns[${index}]`;
    if (table.columns.findIndex((other) => other.name === column.name) !== index) {
      problems.push(`${here}.name: "${column.name}" is there twice`);
    }
    if (column.type === "id" && index !== 0) problems.push(`${here}.type: only the column id has the type id`);
    problems.push(...columnProblems(column).map((problem) => `${here}${problem}`));
    const target = column.references?.table;
    if (target === table.name && !column.nullable) {
      problems.push(
        `${here}.nullable: a reference to its own table must be nullable, or no first row could be created`,
      );
    }
    if (target === undefined || target === table.name || earlier.has(target)) continue;
    const exists = tables.some((other) => other.name === target);
    problems.push(
      exists
        ? `${here}.references.table: "${target}" must come before "${table.name}" (tables that refer to each other cannot be created)`
        : `${here}.references.table: there is no table "${target}"`,
    );
  }
  return problems;
}

function corsProblems({ cors = [] }: Plan): string[] {
  return cors.flatMap((origin, index) =>
    cors.indexOf(origin) === index ? [] : [`cors[${index}]: ${origin} is there twice`],
  );
}

function databaseProblems(plan: Plan): string[] {
  if (plan.database.needed || plan.tables.length === 0) return [];
  return ["database.needed: must be true when there are tables"];
}
