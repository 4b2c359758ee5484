// Values inside attributes: numbers, lists of enum values, and what stands in parentheses after a name.
import { spoken } from "../../../../plan/endpoints.ts";
import { isDashed, OPEN_ENDED, parseBounds, TO } from "./attribute-phrases.ts";
import { type Attributes, parseDefault, parseModifier } from "./attributes.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { MODIFIERS, NULLABLE, OR, SEARCHABLE, TYPES, UNIQUE, words } from "./vocabulary.ts";

/** What an address, a contact or a period is made of. */
const PARTS = words(
  "street house number city town zip postcode district region state country name phone email first last from to start end width height " +
    "length depth latitude longitude lat lng title description body bio sku make model website address expiry expiry_date start_date " +
    "end_date min max home away currency price amount given family line1 line2 iban bic number cvv avatar username nickname brand year " +
    "airport time date origin destination day building room minutes seconds hours days prep cook x y l w h weight size method provider " +
    "color theme language bedrooms bathrooms version plan company",
);
export const BOOLEANS = words("true false yes no");
/** Say that it is none of the others, and are none themselves. */
export const NO_VALUES = words("not neither so null empty nothing");
/** Say something about the values, as "such as rock", "usually rock" or "and so on" do. */
const ABOUT_VALUES =
  /^(?:such_as|must_be|can_be|may_be|should_be|for_example|only|like|usually|often|mostly|mainly)_|^(?:etc|more|similar|so_on|read_only|string)$/;
const DEFAULTS = words("default defaults defaulting");
const BETWEEN_SETTINGS = words(", and");
const BEFORE_NUMBERS = words(
  "at up more less fewer greater over above under below no from between max maximum min minimum a of exactly",
);

/** Uses the next token when it is a number. */
export function parseNumber(reader: Reader): number | null {
  return reader.peek()?.kind === "number" ? Number(reader.take("number").text) : null;
}

/** `{low,high}` or `(pending, paid or shipped)`, from the opening bracket. Several words are one value, joined by _. */
export function parseEnumValues(reader: Reader, close: "}" | ")", attributes: Attributes): string[] {
  const open = reader.take("values");
  const values: string[] = [];
  let words: Token[] = [];
  const flush = () => {
    if (words.length === 0) return;
    const named = close === ")" ? settingOf(reader, words, values, attributes) : words;
    const value = joined(named);
    if (named.length === 0 || (named.length < words.length && values.includes(value))) {
      words = [];
      return;
    }
    if (words.length > 1 && value.includes("_"))
      attributes.assumed.push(`the value "${words.map((word) => word.text).join(" ")}" is written ${value}`);
    if (values.includes(value))
      reader.reportTokens(words, `The value ${value} is there twice.`, "Name each value once.");
    values.push(value);
    words = [];
  };
  if (close === ")" && reader.at("one") && reader.at("of", 1)) reader.take("noise", 2);
  else if (close === ")") reader.accept("either", "noise");
  for (let token = reader.peek(); token && token.text !== close; token = reader.peek()) {
    if (token.text === "," || (close === ")" && words.length > 0 && OR.has(token.lower))) {
      reader.take("separator");
      flush();
      if (close === ")") reader.accept(OR, "separator");
    } else if (close === ")" && token.kind === "path" && words.length === 1 && words[0]!.kind !== "number") {
      reader.take("value"); // "(open/closed)"
      flush();
      values.push(...token.text.split("/").filter(Boolean));
    } else if (token.kind === "word" || token.kind === "text" || token.kind === "number" || token.kind === "date") {
      words.push(reader.take("value"));
    } else {
      reader.take("reported");
      reader.reportTokens([token], "Values are words, separated by commas.", "Write enum{low,high}");
    }
  }
  flush();
  if (!reader.accept(close, "values")) reader.reportTokens([open], `The bracket is never closed with ${close}.`);
  else if (values.length < 2) {
    reader.reportTokens([open, reader.peek(-1)!], "A choice needs at least two values.", "Write enum{low,high}");
  }
  for (const value of close === ")" ? values : []) reportNoValue(reader, value, open);
  const zeros = values.find((value) => /^0\d/.test(value));
  if (zeros)
    reader.reportTokens([open, reader.peek(-1)!], `"${zeros}" is part of a number.`, "Write numbers without commas.");
  const vague = values.find((value) => /^(?:both|each|all)_/.test(value)); // "(both optional)"
  if (vague)
    reader.reportTokens([open], `"${spoken(vague)}" does not say which columns are meant.`, "Say it of each of them.");
  return values;
}

/** "2D" comes as two tokens without a space. */
function joined(words: readonly Token[]): string {
  return words.map((word, n) => (n > 0 && words[n - 1]!.end < word.start ? "_" : "") + valueOf(word)).join("");
}

/** "street", "zip code", "start time" */
function isPart(value: string): boolean {
  return PARTS.has(value) || /_(?:name|number|code|date|time|address)$/.test(value);
}

/** "(free, pro, unique)", "(free, pro, max 10)", "(open or not)": what cannot be meant as one of the values. */
function reportNoValue(reader: Reader, value: string, open: Token): void {
  const odd =
    NO_VALUES.has(value) ||
    UNIQUE.has(value) ||
    SEARCHABLE.has(value) ||
    ABOUT_VALUES.test(value) ||
    /^(?:default|.+_default|choice_of_.+|not_null|(?:max|min|maximum|minimum|at_most|at_least|up_to)_.*\d.*)$/.test(
      value,
    );
  if (!odd) return;
  const reason = `"${spoken(value)}" can be read as one of the values, or as said of the column.`;
  reader.reportTokens([open, reader.peek(-1)!], reason, "Say what is no value before the parentheses.");
}

/** The words of an item that name a value: all of them, or those left of "default medium", "medium by default"; none of
 * "optional", "not required" and "can be empty". What is not left is used for what it says. */
function settingOf(reader: Reader, words: Token[], values: readonly string[], attributes: Attributes): Token[] {
  const said = words.map(({ lower }) => lower);
  const text = said.join(" ");
  if (values.length > 0 && words.length === 1 && MODIFIERS.has(text) && !UNIQUE.has(text) && !SEARCHABLE.has(text))
    return setNullable(reader, words, attributes, NULLABLE.has(text));
  if (/^(?:not (?:required|mandatory)|(?:can|may|could) be empty)$/.test(text))
    return setNullable(reader, words, attributes, true);
  if (/^(?:not (?:optional|empty)|never empty)$/.test(text)) return setNullable(reader, words, attributes, false);
  const by = said.length > 2 && text.endsWith(" by default");
  const first = by ? 0 : DEFAULTS.has(said[0]!) ? (words.length > 2 && /^(?:to|of|is)$/.test(said[1]!) ? 2 : 1) : -1;
  const value = first < 0 ? [] : words.slice(first, by ? -2 : undefined);
  if (value.length === 0) return words;
  if (attributes.literal) reader.reportTokens(words, "The column has a default already.", "Say it once.");
  for (const word of words) if (!value.includes(word)) word.use = "default";
  attributes.literal = { ...value[0]!, kind: "text", text: `"${joined(value)}"` };
  return by ? value : [];
}

function setNullable(reader: Reader, words: readonly Token[], attributes: Attributes, nullable: boolean): Token[] {
  for (const word of words) word.use = "modifier";
  const said = attributes.nullable ? "optional" : "required";
  if (attributes.nullable !== null) reader.reportTokens(words, `The column is ${said} already.`, "Say it once.");
  attributes.nullable = nullable;
  return [];
}

/** `(unique)`, `(optional integer)` or `(pending, paid or shipped)` after a name. */
export function parseParenthesis(reader: Reader, attributes: Attributes): boolean {
  const first = reader.peek(1);
  const range =
    isDashed(reader, 1) || (first?.kind === "number" && reader.at(TO, 2) && reader.peek(3)?.kind === "number");
  const settings =
    range ||
    (first?.kind === "number" && reader.at("or", 2) && reader.at(OPEN_ENDED, 3)) ||
    (first?.kind === "word" &&
      (MODIFIERS.has(first.lower) ||
        first.lower === "default" ||
        (BEFORE_NUMBERS.has(first.lower) && numberWithin(reader)) ||
        (Object.hasOwn(TYPES, first.lower) && first.lower !== "email")));
  if (!settings) {
    if (attributes.type !== null && attributes.type !== "enum" && attributes.type !== "string") {
      const open = reader.take("reported");
      reader.reportTokens(
        [open],
        `Values in parentheses do not fit the type ${attributes.type}.`,
        "Write enum{low,high}",
      );
      return true;
    }
    if (attributes.values) return false;
    const open = reader.peek()!;
    attributes.values = parseEnumValues(reader, ")", attributes);
    attributes.type = "enum";
    if (attributes.values.length === 2 && attributes.values.every((value) => BOOLEANS.has(value))) {
      attributes.type = "boolean";
      delete attributes.values;
      return true;
    }
    if (attributes.values.length > 1 && attributes.values.every(isPart))
      reader.reportTokens(
        [open, reader.peek(-1)!],
        "These read as parts of it, not as a choice.",
        "Make each a column of its own.",
      );
    return true;
  }
  reader.take("parenthesis");
  while (!reader.done && !reader.at(")")) {
    if (reader.at(MODIFIERS)) parseModifier(reader, attributes);
    else if (reader.atWord() && Object.hasOwn(TYPES, reader.peek()!.lower) && attributes.type === null) {
      attributes.type = TYPES[reader.take("type").lower]!;
    } else if (reader.accept("of", "noise") || reader.accept(BETWEEN_SETTINGS, "separator")) {
      // goes on
    } else if (!(reader.at("default") ? parseDefault(reader, attributes) : parseBounds(reader, attributes))) {
      const token = reader.take("reported");
      reader.reportTokens(
        [token],
        `"${token.text}" is neither a type nor a modifier.`,
        "Modifiers: unique, optional, required.",
      );
    }
  }
  if (!reader.accept(")", "parenthesis")) reader.reportTokens([reader.peek(-1)!], "The parenthesis is never closed.");
  return true;
}

/** Does a number follow before the parenthesis ends: "(at least 0)", "(from 1 to 5)"? */
function numberWithin(reader: Reader): boolean {
  for (let offset = 2; offset < 6; offset++) {
    if (reader.at(")", offset)) return false;
    if (reader.peek(offset)?.kind === "number") return true;
  }
  return false;
}

/** The text of a value or a literal, without its quotes. */
export function valueOf(token: Token): string {
  if (token.kind === "path") return token.text.slice(1); // the second of "(open/closed)"
  return token.kind === "text" ? token.text.slice(1, -1) : token.text;
}
