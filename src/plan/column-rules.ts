// What a column may say, by its type: which attributes belong to it, and that its default is a value it can hold.
import { MAX_UNIQUE_LENGTH } from "./build-plan.ts";
import type { Column, ColumnType } from "./plan.ts";

const WITH_LENGTH: readonly ColumnType[] = ["string", "email", "url"];
const WITH_BOUNDS: readonly ColumnType[] = ["integer", "bigint", "decimal"];
const NEVER_UNIQUE: readonly ColumnType[] = ["text", "json", "string[]", "boolean"];
const LARGEST: Partial<Record<ColumnType, number>> = {
  integer: 2_147_483_647,
  bigint: Number.MAX_SAFE_INTEGER,
  decimal: 9_999_999_999.99,
};

/** Every problem of one column as `.attribute: message`. */
export function columnProblems(column: Column): string[] {
  return [
    ...attributeProblems(column),
    ...boundProblems(column),
    ...referenceProblems(column),
    ...defaultProblems(column),
  ];
}

function attributeProblems(column: Column): string[] {
  const problems: string[] = [];
  const misplaced = (attribute: keyof Column, types: readonly ColumnType[]) => {
    if (column[attribute] !== undefined && !types.includes(column.type)) {
      problems.push(`.${attribute}: does not belong to the type ${column.type}`);
    }
  };
  misplaced("maxLength", WITH_LENGTH);
  misplaced("minLength", WITH_LENGTH);
  misplaced("minimum", WITH_BOUNDS);
  misplaced("maximum", WITH_BOUNDS);
  misplaced("values", ["enum"]);
  if (WITH_LENGTH.includes(column.type) && column.maxLength === undefined) problems.push(".maxLength: is missing");
  if (column.type === "enum") problems.push(...valuesProblems(column.values));
  if (column.unique && NEVER_UNIQUE.includes(column.type)) problems.push(`.unique: a ${column.type} cannot be unique`);
  if (column.unique && (column.maxLength ?? 0) > MAX_UNIQUE_LENGTH) {
    problems.push(`.maxLength: a unique column holds at most ${MAX_UNIQUE_LENGTH} characters`);
  }
  return problems;
}

function valuesProblems(values: string[] | undefined): string[] {
  if (!values) return [".values: is missing"];
  if (new Set(values).size !== values.length) return [".values: names a value twice"];
  return values.some((value) => /[\p{Cc}\p{Cs}]/u.test(value)) ? [".values: must not contain control characters"] : [];
}

function boundProblems(column: Column): string[] {
  const problems: string[] = [];
  for (const attribute of ["minimum", "maximum"] as const) {
    const bound = column[attribute];
    if (bound !== undefined && !fitsNumber(column.type, bound))
      problems.push(`.${attribute}: ${String(bound)} is not ${kindOfNumber(column.type)}`);
  }
  if ((column.minimum ?? -Infinity) > (column.maximum ?? Infinity)) problems.push(".minimum: is larger than maximum");
  if ((column.minLength ?? 0) > (column.maxLength ?? Infinity)) problems.push(".minLength: is larger than maxLength");
  return problems;
}

function referenceProblems(column: Column): string[] {
  if (column.type !== "reference")
    return column.references ? [`.references: does not belong to the type ${column.type}`] : [];
  if (!column.references) return [".references: is missing"];
  const problems: string[] = [];
  if (!/._id$/.test(column.name)) problems.push(".name: a reference ends in _id");
  if (column.references.onDelete === "set null" && !column.nullable)
    problems.push(".references.onDelete: set null needs a nullable column");
  return problems;
}

function defaultProblems(column: Column): string[] {
  const value = column.default;
  if (value === null) return [];
  const problem = defaultProblem(column, value);
  if (problem) return [`.default: ${problem}`];
  return column.unique ? [".default: a unique column cannot have a default, which only one row could use"] : [];
}

/** Why `value` cannot be the default of the column, or null. */
export function defaultProblem(column: Column, value: string | number | boolean): string | null {
  const shown = JSON.stringify(value);
  switch (column.type) {
    case "boolean":
      return typeof value === "boolean" ? null : `${shown} is not true or false`;
    case "integer":
    case "bigint":
    case "decimal":
      if (!fitsNumber(column.type, value)) return `${shown} is not ${kindOfNumber(column.type)}`;
      return value < (column.minimum ?? -Infinity) || value > (column.maximum ?? Infinity)
        ? `${shown} is outside the bounds`
        : null;
    case "timestamp":
      return value === "now" || (fitsNumber("bigint", value) && value >= 0)
        ? null
        : `${shown} is not now or a number of unix seconds`;
    case "date":
      return isDate(value) ? null : `${shown} is not a date like 2026-01-31`;
    case "enum":
      return column.values?.some((allowed) => allowed === value) ? null : `${shown} is not one of the allowed values`;
    case "string":
    case "text":
      return textProblem(column, value);
    case "email":
      return typeof value === "string" && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
        ? textProblem(column, value)
        : `${shown} is not an e-mail address`;
    case "url":
      return typeof value === "string" && /^https?:\/\/[^\s"'<>]+$/.test(value)
        ? textProblem(column, value)
        : `${shown} is not an http address`;
    case "id":
    case "json":
    case "string[]":
    case "reference":
      break;
  }
  return `a ${column.type} has no default`;
}

function textProblem(column: Column, value: string | number | boolean): string | null {
  if (typeof value !== "string") return `${JSON.stringify(value)} is not a text`;
  if (/[\p{Cc}\p{Cs}]/u.test(value)) return "must not contain control characters";
  const length = Array.from(value).length; // code points, as Postgres counts
  if (length > (column.maxLength ?? 10_000)) return "is longer than the column";
  return length < (column.minLength ?? 0) ? "is shorter than the column allows" : null;
}

/** A number the SQL type keeps exactly. */
function fitsNumber(type: ColumnType, value: unknown): value is number {
  if (typeof value !== "number" || Math.abs(value) > (LARGEST[type] ?? 0)) return false;
  return type === "decimal" ? Number(value.toFixed(2)) === value : Number.isInteger(value);
}

function kindOfNumber(type: ColumnType): string {
  if (type === "decimal") return "a decimal with at most two places";
  return type === "integer" ? "a whole number of 32 bits" : "a whole number that JSON keeps exactly";
}

function isDate(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) && !value.startsWith("0000");
}
