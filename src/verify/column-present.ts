// Compares one column of the plan with the catalog: type, nullability, default, unique, reference, check.
import type { Column, Table } from "../plan/plan.ts";
import type { SchemaFacts } from "./introspect.ts";

/** Every difference as a sentence that names the column. */
export function columnProblems(of: Table, column: Column, facts: SchemaFacts): string[] {
  const table = of.name;
  const name = `${table}.${column.name}`;
  const found = facts.columns.find((one) => one.table === table && one.name === column.name);
  if (!found) return [`Column ${name} (${column.type}) is in the plan, but not in the database.`];
  const problems: string[] = [];
  if (!isSqlType(column, found.type))
    problems.push(`${name} is ${found.type} in the database; the plan says ${describe(column)}.`);
  if (found.nullable !== column.nullable) {
    problems.push(
      `${name} ${found.nullable ? "may" : "must not"} be null in the database; the plan says the opposite.`,
    );
  }
  if (!sameDefault(column, found.default)) {
    const planned = column.default === null ? "no default" : `the default ${JSON.stringify(column.default)}`;
    problems.push(
      `${name} has ${found.default === null ? "no default" : `the default ${found.default}`} in the database; the plan says ${planned}.`,
    );
  }
  if (column.unique && !isUnique(table, column.name, facts, of.softDelete, of.owner))
    problems.push(
      `${name} is unique in the plan${of.owner === undefined ? "" : ` for each ${of.owner}`}${of.softDelete ? " among the rows that are not deleted" : ""}, but not in the database.`,
    );
  problems.push(...referenceProblems(of, column, facts), ...checkProblems(table, column, facts));
  return problems;
}

const SQL_TYPES: Record<Column["type"], (column: Column) => string> = {
  id: () => "character varying(21)",
  reference: () => "character varying(21)",
  string: lengthLimited,
  email: lengthLimited,
  url: lengthLimited,
  enum: (column) => `character varying(${Math.max(1, ...(column.values ?? []).map((value) => value.length))})`,
  text: () => "text",
  integer: () => "integer",
  bigint: () => "bigint",
  timestamp: () => "bigint",
  decimal: () => "numeric(12,2)",
  boolean: () => "boolean",
  date: () => "date",
  json: () => "jsonb",
  "string[]": () => "text[]",
};

function lengthLimited(column: Column): string {
  return `character varying(${column.maxLength ?? 0})`;
}

/** An enum may have room for more than its values: the check constraint says which. */
function isSqlType(column: Column, found: string): boolean {
  if (column.type === "enum") return found === "text" || found.startsWith("character varying");
  return found === SQL_TYPES[column.type](column);
}

function describe(column: Column): string {
  return column.maxLength === undefined ? column.type : `${column.type} of at most ${column.maxLength} characters`;
}

/** Postgres writes a default as an expression with casts: `'open'::character varying`, `'-1'::integer`, `9.50`. */
function sameDefault(column: Column, found: string | null): boolean {
  if (column.name === "id") return true; // made by the application, or by the database
  if (column.default === null) return found === null || /^NULL(::|$)/i.test(found);
  if (found === null) return false;
  if (column.default === "now" && column.type === "timestamp") return /now\(\)|CURRENT_TIMESTAMP/i.test(found);
  const plain = found.replace(/::[a-z ]+(\(\d+(,\d+)?\))?(\[\])?/g, "").replace(/^\((.*)\)$/, "$1");
  const value = /^'.*'$/s.test(plain) ? plain.slice(1, -1).replaceAll("''", "'") : plain;
  return typeof column.default === "number" ? Number(value) === column.default : value === String(column.default);
}

/** `amongKept`: deleted rows stay in the table, and their values are free again. `owner`: among the rows with the same value there. */
export function isUnique(
  table: string,
  column: string,
  facts: SchemaFacts,
  amongKept = false,
  owner?: string,
): boolean {
  const before = owner === undefined ? [] : [owner];
  return facts.indexes.some((index) => {
    const unique = amongKept ? index.uniqueAmongKept : index.unique;
    const [own, ...others] = index.columns.toReversed();
    if (index.table !== table || !unique || index.columns.length !== before.length + 1) return false;
    if (others.join() !== before.join()) return false;
    // An expression counts when it is lower(column), the usual way for e-mail addresses.
    const expression = `${before.map((name) => `"?${name}"?, `).join("")}lower\\(\\(?"?${column}"?\\)?(::text)?\\)`;
    return own === column || new RegExp(`\\(${expression}\\)`).test(index.definition);
  });
}

function referenceProblems({ name: table, owner }: Table, column: Column, facts: SchemaFacts): string[] {
  if (!column.references) return [];
  const name = `${table}.${column.name}`;
  const planned = column.references;
  const keys = [column.name, `${column.name},${owner}`]; // the second one where both belong to the same account
  const found = facts.constraints.find(
    (one) => one.table === table && one.kind === "foreign key" && keys.includes(one.columns.join()),
  )?.references;
  if (!found) return [`${name} refers to ${planned.table} in the plan, but there is no foreign key.`];
  const problems: string[] = [];
  if (found.table !== planned.table) problems.push(`${name} refers to ${found.table}; the plan says ${planned.table}.`);
  const onDelete = found.onDelete === "no action" ? "restrict" : found.onDelete; // both refuse the deletion
  if (onDelete !== planned.onDelete)
    problems.push(`${name} has on delete ${found.onDelete}; the plan says ${planned.onDelete}.`);
  return problems;
}

/** Allowed values, bounds and lengths must be in a check constraint of the column. */
function checkProblems(table: string, column: Column, facts: SchemaFacts): string[] {
  const name = `${table}.${column.name}`;
  const checks = facts.constraints
    .filter((one) => one.table === table && one.kind === "check" && one.columns.includes(column.name))
    .map((one) => one.definition)
    .join(" ");
  const problems: string[] = [];
  if (column.type === "enum") {
    const allowed = new Set([...checks.matchAll(/'((?:[^']|'')*)'/g)].map(([, value]) => value!.replaceAll("''", "'")));
    const planned = new Set(column.values);
    if (planned.symmetricDifference(allowed).size > 0) {
      problems.push(`${name} may be ${list(allowed)} in the database; the plan says ${list(planned)}.`);
    }
  }
  for (const bound of ["minimum", "maximum"] as const) {
    const value = column[bound];
    if (value !== undefined && !numbersIn(checks).includes(value)) {
      problems.push(`${name} has the ${bound} ${value} in the plan, but no check constraint holds it.`);
    }
  }
  return problems;
}

function list(values: Iterable<string>): string {
  return [...values].map((value) => `"${value}"`).join(", ") || "anything";
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/-?\d+(?:\.\d+)?/g)].map(([number]) => Number(number));
}
