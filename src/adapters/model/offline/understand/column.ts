// From a name and what was said about it to a column; what was not said is decided by the name, and stated.
import { DEFAULT_MAX_LENGTH, MAX_UNIQUE_LENGTH, newColumn } from "../../../../plan/build-plan.ts";
import { columnProblems } from "../../../../plan/column-rules.ts";
import { spoken } from "../../../../plan/endpoints.ts";
import type { Column } from "../../../../plan/plan.ts";
import { valueOf } from "./attribute-values.ts";
import type { Attributes } from "./attributes.ts";
import type { ColumnDraft } from "./draft.ts";
import { singularOf } from "./inflect.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { shapeByName } from "./well-known-columns.ts";

const NO_CHOICE: ReadonlySet<string> = new Set(["date", "timestamp", "email", "url"]);
const MONEY = /(?:^|_)(?:price|amount|total|cost|fee|salary|subtotal)$/;
/** Numbers by their names that are named as often: a priority (low, high), a position (goalkeeper, striker). */
const LEVELS = /(?:^|_)(?:priority|level|rating|grade|rank|position|floor|rate|size|length|income)$/;
const NUMBERS: ReadonlySet<string> = new Set(["integer", "bigint", "decimal"]);
const TEXTS: ReadonlySet<string> = new Set(["string", "text", "email", "url"]);
const TEXT_NAMES = /(?:^|_)(?:name|username|nickname|title|code|sku|label|slug|address|surname)$/;

/** The column, or null when what was said about it contradicts itself (which is reported on `tokens`). */
export function makeColumn(reader: Reader, name: string, said: Attributes, tokens: Token[]): ColumnDraft | null {
  const assumed = said.assumed.map((text) => `${name}: ${text}`);
  if (said.target) return makeReference(reader, name, said, tokens, assumed);
  const misfit = misfitOf(name, said);
  if (misfit) {
    reader.reportTokens(tokens, misfit.reason, misfit.suggestion);
    return null;
  }
  if (said.type === null && (said.minimum ?? said.maximum) && tokens.some(isDecimal)) {
    said.type = "decimal"; // "a rating from 0.0 to 5.0"
    assumed.push(`${name}: no type given, taken as a decimal, as its bounds are`);
  }
  const column = typedColumn(name, said, assumed);
  if (said.unique) column.unique = true;
  if (said.nullable !== null) column.nullable = said.nullable;
  applyBounds(column, said);
  if (said.literal) column.default = literalFor(column, said.literal);
  if (column.type === "boolean" && column.default === null && !column.nullable && !said.exact) {
    column.default = false;
    assumed.push(`${name}: defaults to false`);
  }
  const longest = DEFAULT_MAX_LENGTH[column.type];
  if (longest !== undefined) column.maxLength ??= column.unique ? Math.min(longest, MAX_UNIQUE_LENGTH) : longest;
  if (reportContradiction(reader, column, tokens)) return null;
  const saidNullable = said.nullable !== null && { saidNullable: true as const };
  return { column, target: null, tokens, assumed, ...(said.searchable && { searchable: true }), ...saidNullable };
}

function isDecimal({ kind, text }: Token): boolean {
  return kind === "number" && text.includes(".");
}

/** Reports what cannot be true of one column, on `tokens`; false when all of it can. */
export function reportContradiction(reader: Reader, column: Column, tokens: Token[]): boolean {
  const problems = columnProblems(column);
  if (problems.length === 0) return false;
  reader.reportTokens(tokens, `The column ${column.name} cannot be like this: ${problems.map(readable).join("; ")}.`);
  return true;
}

/** What the name says, against what is said of it without a type: a choice of prices, a name between 3 and 20. */
function misfitOf(name: string, { type, values, exact, minimum, maximum }: Attributes) {
  const shape = shapeByName(name);
  const number = shape && NUMBERS.has(shape.type) && (MONEY.test(name) || !LEVELS.test(name));
  const phone = shape?.type === "string"; // the only one
  if (values && values.length > 1 && !exact && shape && (NO_CHOICE.has(shape.type) || number || phone)) {
    const reason = `${spoken(name)} reads as ${describeColumn(newColumn(name, shape.type, shape))}, not as a choice.`;
    return { reason, suggestion: `A choice all the same? Write ${name}:enum{${values.join(",")}}` };
  }
  const limit = minimum ?? maximum;
  const text = shape ? TEXTS.has(shape.type) : TEXT_NAMES.test(name);
  if (type !== null || !limit || !text) return null;
  const bounds = [minimum?.value, maximum?.value].filter((value) => value !== undefined);
  const length =
    bounds.length === 2
      ? `of ${bounds.join(" to ")} characters`
      : `of at ${minimum ? "least" : "most"} ${bounds[0]} characters`;
  return { reason: `${spoken(name)} is a text: only its length has bounds.`, suggestion: `Write "${length}"` };
}

/** Type and shape from what was said, else from the name, else from the literal, else a string. */
function typedColumn(name: string, said: Attributes, assumed: string[]): Column {
  const given = said.type ?? (said.values ? "enum" : null);
  if (given !== null) {
    // "a bio of at most 500 characters" is as optional as a bio
    const optional =
      given === "string" && said.nullable === null && !said.exact && shapeByName(name)?.nullable === true;
    if (optional) assumed.push(`${name}: is optional`);
    return newColumn(name, given, {
      ...(optional && { nullable: true }),
      ...(said.maxLength !== undefined && { maxLength: said.maxLength }),
      ...(said.minLength !== undefined && { minLength: said.minLength }),
      ...(said.values && { values: said.values }),
    });
  }
  const literal =
    said.literal?.kind === "word" && /^(?:true|false)$/.test(said.literal.lower) ? "boolean" : said.literal?.kind;
  const bounds = [
    said.minimum?.value,
    said.maximum?.value,
    literal === "number" ? Number(said.literal?.text) : undefined,
  ];
  const numeric = bounds.some((bound) => bound !== undefined);
  const known = shapeByName(name);
  const fits =
    known &&
    (!numeric || /^(?:integer|bigint|decimal)$/.test(known.type)) &&
    (literal !== "boolean" || known.type === "boolean");
  const shape = fits
    ? known
    : { type: literal === "boolean" ? ("boolean" as const) : numeric ? numberType(bounds) : ("string" as const) };
  const column = newColumn(name, shape.type, shape);
  const decided = { ...column, nullable: column.nullable && said.nullable === null };
  applyBounds(decided, said);
  assumed.push(`${name}: no type given, taken as ${describeColumn(decided)}`);
  return column;
}

function numberType(values: (number | undefined)[]): "integer" | "decimal" {
  return values.every((value) => value === undefined || Number.isInteger(value)) ? "integer" : "decimal";
}

/** `>` and `<` exclude the bound: the next value the type can hold is the inclusive one. */
function applyBounds(column: Column, said: Attributes): void {
  const step = column.type === "decimal" ? 0.01 : 1;
  const inclusive = (value: number, towards: number) => Number((value + towards * step).toFixed(2));
  if (said.minimum) column.minimum = said.minimum.strict ? inclusive(said.minimum.value, 1) : said.minimum.value;
  if (said.maximum) column.maximum = said.maximum.strict ? inclusive(said.maximum.value, -1) : said.maximum.value;
}

function literalFor(column: Column, token: Token): string | number | boolean {
  if (column.type === "boolean" && /^(?:true|false)$/.test(token.lower)) return token.lower === "true";
  if (column.type === "timestamp" && token.lower === "now") return "now";
  const numeric = /^(?:integer|bigint|decimal|timestamp)$/.test(column.type);
  return numeric && token.kind === "number" ? Number(token.text) : valueOf(token);
}

function makeReference(
  reader: Reader,
  name: string,
  said: Attributes,
  tokens: Token[],
  assumed: string[],
): ColumnDraft | null {
  if (said.literal || said.minimum || said.maximum || said.values || said.type) {
    reader.reportTokens(
      tokens,
      "A reference has no default, bounds or values.",
      "Write owner:references:users or owner:references:users?",
    );
    return null;
  }
  const nullable = said.nullable ?? false;
  const column = newColumn(name.endsWith("_id") ? name : `${name}_id`, "reference", {
    nullable,
    unique: said.unique,
    references: { table: said.target!.noun, onDelete: nullable ? "set null" : "restrict" },
  });
  const person = said.person && said.nullable === null;
  return {
    column,
    target: said.target,
    tokens,
    assumed,
    ...(said.searchable && { searchable: true }),
    ...(person && { person }),
  };
}

/** "belongs to a user": a reference named after its target, or after its role. */
export function referenceTo(
  noun: string,
  role: string | null,
  nullable: boolean,
  tokens: Token[],
  brings: boolean,
): ColumnDraft {
  const column = newColumn(`${role ?? singularOf(noun)}_id`, "reference", {
    nullable,
    references: { table: noun, onDelete: nullable ? "set null" : "restrict" },
  });
  return { column, target: { noun, tokens, brings }, tokens, assumed: [] };
}

function readable(problem: string): string {
  const [, attribute, text] = /^\.(\w+)[^:]*: (.*)$/s.exec(problem) ?? [];
  return attribute ? `${attribute} ${text}` : problem;
}

/** The column in words, for assumptions: "an optional text", "a decimal of at least 0", "a boolean, false by default". */
export function describeColumn(column: Column): string {
  const NAMES: Partial<Record<Column["type"], string>> = {
    email: "e-mail address",
    url: "http address",
    timestamp: "time in unix seconds",
    "string[]": "list of strings",
    json: "JSON value",
  };
  const bounds = [
    column.minimum !== undefined && column.maximum !== undefined
      ? ` from ${column.minimum} to ${column.maximum}`
      : column.minimum !== undefined
        ? ` of at least ${column.minimum}`
        : "",
    column.type === "string" ? ` of at most ${column.maxLength ?? DEFAULT_MAX_LENGTH.string} characters` : "",
    column.values ? ` (${column.values.join(", ")})` : "",
    column.default !== null ? `, ${String(column.default)} by default` : "",
  ].join("");
  const text = [column.nullable ? "optional" : "", column.unique ? "unique" : "", NAMES[column.type] ?? column.type]
    .filter(Boolean)
    .join(" ");
  return `${/^(?:[aeio]|http)/.test(text) && !text.startsWith("e-mail-") ? "an" : "a"} ${text}${bounds}`;
}
