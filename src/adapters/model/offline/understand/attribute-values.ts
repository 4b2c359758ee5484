// Values inside attributes: numbers, lists of enum values, and what stands in parentheses after a name.
import { type Attributes, parseModifier } from "./attributes.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { MODIFIERS, OR, TYPES } from "./vocabulary.ts";

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
    const value = words.map(valueOf).join("_");
    if (words.length > 1)
      attributes.assumed.push(`the value "${words.map((word) => word.text).join(" ")}" is written ${value}`);
    if (values.includes(value))
      reader.reportTokens(words, `The value ${value} is there twice.`, "Name each value once.");
    values.push(value);
    words = [];
  };
  for (let token = reader.peek(); token && token.text !== close; token = reader.peek()) {
    if (token.text === "," || (close === ")" && words.length > 0 && OR.has(token.lower))) {
      reader.take("separator");
      flush();
      if (close === ")") reader.accept(OR, "separator");
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
  const settings =
    first?.kind === "word" &&
    (MODIFIERS.has(first.lower) || (Object.hasOwn(TYPES, first.lower) && first.lower !== "email"));
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
    attributes.values = parseEnumValues(reader, ")", attributes);
    attributes.type = "enum";
    return true;
  }
  reader.take("parenthesis");
  while (!reader.done && !reader.at(")")) {
    if (reader.at(MODIFIERS)) parseModifier(reader, attributes);
    else if (reader.atWord() && Object.hasOwn(TYPES, reader.peek()!.lower) && attributes.type === null) {
      attributes.type = TYPES[reader.take("type").lower]!;
    } else if (!reader.accept(OR, "separator")) {
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

/** The text of a value or a literal, without its quotes. */
export function valueOf(token: Token): string {
  return token.kind === "text" ? token.text.slice(1, -1) : token.text;
}
