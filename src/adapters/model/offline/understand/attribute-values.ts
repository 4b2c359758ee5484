// Values inside attributes: numbers, lists of enum values, and what stands in parentheses after a name.
import { isDashed, parseBounds, parseByDefault, TO } from "./attribute-phrases.ts";
import { type Attributes, parseDefault, parseModifier } from "./attributes.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { MODIFIERS, OR, TYPES, words } from "./vocabulary.ts";

/** What an address, a contact or a period is made of. */
const PARTS = words(
  "street house number city town zip postcode district region state country name phone email first last from to start end width height " +
    "length depth latitude longitude lat lng",
);
const BOOLEANS = words("true false yes no");
const DEFAULTS = words("default defaults defaulting");
const BEFORE_NUMBERS = words(
  "at up more less fewer greater over above under below no from between max maximum min minimum a",
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
    // "2D" comes as two tokens without a space
    const value = words.map((word, n) => (n > 0 && words[n - 1]!.end < word.start ? "_" : "") + valueOf(word)).join("");
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
    if (close === ")" && words.length === 0 && values.length > 0 && settingWithin(reader)) {
      if (reader.at(MODIFIERS)) parseModifier(reader, attributes);
      else if (reader.at(DEFAULTS)) parseDefault(reader, attributes);
      else parseByDefault(reader, attributes, 0);
      break;
    }
    if (token.text === "," || (close === ")" && words.length > 0 && OR.has(token.lower))) {
      reader.take("separator");
      flush();
      if (close === ")") reader.accept(OR, "separator");
    } else if (close === ")" && token.kind === "path" && /^\/\w+$/.test(token.text)) {
      flush();
      words.push(reader.take("value"));
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
  return values;
}

/** `(unique)`, `(optional integer)` or `(pending, paid or shipped)` after a name. */
export function parseParenthesis(reader: Reader, attributes: Attributes): boolean {
  const first = reader.peek(1);
  const range =
    isDashed(reader, 1) || (first?.kind === "number" && reader.at(TO, 2) && reader.peek(3)?.kind === "number");
  const settings =
    range ||
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
    if (attributes.values.length > 1 && attributes.values.every((value) => PARTS.has(value)))
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
    } else if (reader.accept("of", "noise") || reader.accept(OR, "separator")) {
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

/** The last item of "(low, medium or high, default medium)", "(…, medium by default)" or "(…, optional)". */
function settingWithin(reader: Reader): boolean {
  if (reader.at(MODIFIERS)) return reader.at(")", 1);
  if (reader.at("by", 1) && reader.at("default", 2)) return reader.at(")", 3);
  if (!reader.at(DEFAULTS)) return false;
  const value = reader.at("to", 1) || reader.at("of", 1) ? 2 : 1;
  return reader.peek(value) !== undefined && reader.at(")", value + 1);
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
