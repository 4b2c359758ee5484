// What follows a column's name: type, modifiers, default, bounds, values. Used tokens are marked; what does not fit is reported.
import type { ColumnType } from "../../../../plan/plan.ts";
import type { Target } from "./draft.ts";
import { parsePhrase } from "./attribute-phrases.ts";
import { parseChoice } from "./choice.ts";
import { parseEnumValues, parseNumber, parseParenthesis } from "./attribute-values.ts";
import { pluralOf } from "./inflect.ts";
import { nearMiss } from "./near-miss.ts";
import { isName } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import {
  LEADING_TYPES,
  MODIFIERS,
  NULLABLE,
  REFERENCES,
  SEARCHABLE,
  TYPE_NAMES,
  TYPES,
  UNIQUE,
  words,
} from "./vocabulary.ts";

/** What was said about a column so far; null or undefined = nothing. */
export interface Attributes {
  type: ColumnType | null;
  unique: boolean;
  searchable: boolean;
  nullable: boolean | null;
  literal: Token | null;
  minimum?: { value: number; strict: boolean };
  maximum?: { value: number; strict: boolean };
  minLength?: number;
  maxLength?: number;
  values?: string[];
  target: Target | null;
  /** "a manager who is an employee" */
  person?: true;
  /** The type was written in the exact syntax, `name:type`, which leaves nothing to decide. */
  exact: boolean;
  /** Sentences about what was decided. */
  assumed: string[];
}

export function noAttributes(): Attributes {
  return {
    type: null,
    unique: false,
    searchable: false,
    nullable: null,
    literal: null,
    target: null,
    exact: false,
    assumed: [],
  };
}

export const CHARACTERS = words("characters character chars letters");
const WITH_LENGTH: ReadonlySet<ColumnType> = new Set(["string", "email", "url"]);
const AFTER_NAME = [...Object.keys(TYPES), ...MODIFIERS, ...REFERENCES, "default", "between"];

/** Reads attributes until something else comes. */
export function parseAttributes(reader: Reader, attributes: Attributes, sentence: boolean): void {
  while (!reader.done && parseAttribute(reader, attributes, sentence)) {
    // each call uses or reports at least one token
  }
}

function parseAttribute(reader: Reader, attributes: Attributes, sentence: boolean): boolean {
  const token = reader.peek()!;
  if (token.newline && sentence) return false;
  if (token.text === ":") return (sentence && parseListed(reader, attributes)) || parseColon(reader, attributes);
  if (token.text === "?") return setNullable(reader, attributes, true);
  if (token.text === "(") return parseParenthesis(reader, attributes);
  if (token.text === "{")
    return misplaced(reader, "A length in braces follows string, email or url; values in braces follow enum.");
  if (token.text === "[]") return misplaced(reader, "Only a list of strings exists: string[]");
  if (/^[<>]=?$/.test(token.text)) return parseBound(reader, attributes);
  if (token.text === "=" || token.lower === "default" || token.lower === "defaults" || token.lower === "defaulting") {
    return parseDefault(reader, attributes);
  }
  if (token.lower === "between") return parseBetween(reader, attributes);
  if (token.text === "," && sentence) return parsePhrase(reader, attributes);
  if (token.kind !== "word") return false;
  if (MODIFIERS.has(token.lower)) return parseModifier(reader, attributes);
  if (REFERENCES.has(token.lower)) return parseReference(reader, attributes);
  if (Object.hasOwn(TYPES, token.lower) && !(sentence && !LEADING_TYPES.has(token.lower)))
    return parseType(reader, attributes);
  if (sentence && parsePhrase(reader, attributes)) return true;
  const meant = token.text.length < 4 ? null : nearMiss(token.lower, AFTER_NAME); // "red" is no "ref"
  if (!meant || reader.tokens.some(({ lower }) => lower === pluralOf(token.lower))) return false;
  reader.take("reported");
  reader.reportTokens([token], `"${token.text}" is neither a type nor a modifier.`, `Did you mean "${meant}"?`);
  return true;
}

/** `a status: open or done`, with a space behind the colon. */
function parseListed(reader: Reader, attributes: Attributes): boolean {
  return reader.peek(1)?.start !== reader.peek()!.end && parseChoice(reader, attributes, 1);
}

/** `:type`, `:modifier` or `:references:table`. */
function parseColon(reader: Reader, attributes: Attributes): boolean {
  const colon = reader.take("colon");
  const token = reader.peek();
  if (token?.kind === "word" && token.start === colon.end) {
    if (MODIFIERS.has(token.lower)) return parseModifier(reader, attributes);
    if (REFERENCES.has(token.lower)) return parseReference(reader, attributes);
    if (Object.hasOwn(TYPES, token.lower)) {
      attributes.exact = true;
      return parseType(reader, attributes);
    }
    reader.take("reported");
    const meant = nearMiss(token.lower, AFTER_NAME);
    const suggestion = meant
      ? `Did you mean "${meant}"?`
      : `Types: ${TYPE_NAMES}. Modifiers: unique, optional, required, searchable.`;
    reader.reportTokens([token], `"${token.text}" is neither a type nor a modifier.`, suggestion);
    return true;
  }
  reader.reportTokens([colon], "A type or a modifier must follow the colon, without a space.", `Types: ${TYPE_NAMES}`);
  return true;
}

function parseType(reader: Reader, attributes: Attributes): boolean {
  const token = reader.take("type");
  if (attributes.type !== null || attributes.target) {
    reader.reportTokens([token], "The column has a type already.", "Give one type.");
    return true;
  }
  attributes.type = TYPES[token.lower]!;
  const next = reader.peek();
  if (WITH_LENGTH.has(attributes.type) && next?.text === "{") parseLength(reader, attributes);
  else if (attributes.type === "enum" && next?.text === "{")
    attributes.values = parseEnumValues(reader, "}", attributes);
  else if (attributes.type === "string" && next?.text === "[]") {
    reader.take("list");
    attributes.type = "string[]";
  } else if (attributes.type === "enum" && next?.text !== "(") {
    reader.reportTokens([token], "An enum needs its values.", "Write enum{low,high}");
    attributes.values = ["missing"];
  }
  return true;
}

/** `{max}` or `{min,max}` */
function parseLength(reader: Reader, attributes: Attributes): void {
  const open = reader.take("length");
  const first = parseNumber(reader);
  const second = first !== null && reader.accept(",", "length") ? parseNumber(reader) : undefined;
  const close = reader.accept("}", "length");
  const maxLength = second === undefined ? first : second;
  if (
    first === null ||
    second === null ||
    !close ||
    !Number.isInteger(first) ||
    !Number.isInteger(maxLength) ||
    maxLength! < 1
  ) {
    const taken = [open];
    while (!reader.done && taken.at(-1)!.text !== "}" && !reader.at(")")) taken.push(reader.take("reported"));
    reader.reportTokens(
      taken,
      "A length is one or two whole numbers, the last at least 1.",
      "Write string{200} or string{3,200}",
    );
    return;
  }
  if (second !== undefined) attributes.minLength = first;
  attributes.maxLength = maxLength!;
}

export function parseModifier(reader: Reader, attributes: Attributes): boolean {
  const key = reader.at(UNIQUE) ? "unique" : reader.at(SEARCHABLE) ? "searchable" : null;
  if (key === null) return setNullable(reader, attributes, reader.at(NULLABLE));
  const token = reader.take("modifier");
  if (attributes[key]) reader.reportTokens([token], `The column is ${key} already.`, "Say it once.");
  attributes[key] = true;
  return true;
}

function setNullable(reader: Reader, attributes: Attributes, nullable: boolean): boolean {
  const token = reader.take("modifier");
  if (attributes.nullable !== null) {
    const said = attributes.nullable ? "optional" : "required";
    reader.reportTokens([token], `The column is ${said} already.`, "Say it once.");
  }
  attributes.nullable = nullable;
  return true;
}

/** `references:users` or `references users` */
function parseReference(reader: Reader, attributes: Attributes): boolean {
  const word = reader.take("references");
  reader.accept(":", "colon");
  const table = reader.peek();
  if (!table || !isName(table) || attributes.type !== null || attributes.target) {
    const reason = table && isName(table) ? "The column has a type already." : "The name of a table must follow.";
    reader.reportTokens([word], reason, "Write owner:references:users");
    attributes.target ??= null;
    return true;
  }
  reader.take("target");
  attributes.target = { noun: table.lower, tokens: [table], brings: false };
  return true;
}

function parseBound(reader: Reader, attributes: Attributes): boolean {
  const operator = reader.take("bound");
  const value = parseNumber(reader);
  const key = operator.text.startsWith(">") ? "minimum" : "maximum";
  if (value === null || attributes[key]) {
    reader.reportTokens(
      [operator],
      value === null ? "A number must follow." : `The ${key} is given already.`,
      "Write price:decimal>=0",
    );
    return true;
  }
  attributes[key] = { value, strict: !operator.text.endsWith("=") };
  return true;
}

export function parseBetween(reader: Reader, attributes: Attributes): boolean {
  const between = reader.take("bound");
  const low = parseNumber(reader);
  const and = low === null ? null : reader.accept("and", "bound");
  const high = and ? parseNumber(reader) : null;
  if (low === null || high === null || attributes.minimum || attributes.maximum) {
    reader.reportTokens([between], "Two numbers must follow, once.", "Write rating:integer between 1 and 5");
    return true;
  }
  if (reader.accept(CHARACTERS, "length")) {
    attributes.type ??= "string";
    Object.assign(attributes, { minLength: low, maxLength: high });
    return true;
  }
  attributes.minimum = { value: low, strict: false };
  attributes.maximum = { value: high, strict: false };
  return true;
}

/** `=5`, `default 5`, `default of 5`, `defaults to 5`, `defaulting to 5` */
export function parseDefault(reader: Reader, attributes: Attributes): boolean {
  const word = reader.take("default");
  if (word.text !== "=" && !reader.accept("to", "noise")) reader.accept("of", "noise");
  const token = reader.peek();
  const literal =
    token && (token.kind === "word" || token.kind === "number" || token.kind === "text" || token.kind === "date");
  if (!literal || attributes.literal) {
    reader.reportTokens(
      [word],
      literal ? "The column has a default already." : "A value must follow.",
      'Write done:boolean=false or plan:string="free"',
    );
    return true;
  }
  attributes.literal = reader.take("literal");
  return true;
}

function misplaced(reader: Reader, reason: string): boolean {
  const token = reader.take("reported");
  const taken = [token];
  while (token.text === "{" && !reader.done && taken.at(-1)!.text !== "}" && !reader.at(")"))
    taken.push(reader.take("reported"));
  reader.reportTokens(taken, reason);
  return true;
}
