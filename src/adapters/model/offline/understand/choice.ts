// A choice in words: "open, pending or closed", behind "of", "that is", a colon, or a comma.
import { BOOLEANS, valueOf } from "./attribute-values.ts";
import type { Attributes } from "./attributes.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { CHOSEN, KEYWORDS, words } from "./vocabulary.ts";
import { shapeByName } from "./well-known-columns.ts";

/** `a status, open or closed`, of what usually is a choice. With more commas it might be columns. */
export function parseApposition(reader: Reader, attributes: Attributes): boolean {
  if (!reader.at(",") || !reader.at("or", 2) || !CHOSEN.has(reader.peek(-1)!.lower)) return false;
  if ([1, 3].some((at) => isColumnWord(reader.peek(at)?.lower ?? ""))) return false; // "a color, size or weight"
  return parseChoice(reader, attributes, 1);
}

const COLUMN_WORDS = words("name title code sku label slug address surname username nickname");

function isColumnWord(word: string): boolean {
  const shape = shapeByName(word);
  return (shape !== null && shape.type !== "boolean") || CHOSEN.has(word) || COLUMN_WORDS.has(word); // "paid" is a state as well
}

/** `[either|one of] VALUE {, VALUE} or VALUE`, `offset` tokens ahead. Without "or" it is no choice. */
export function parseChoice(reader: Reader, attributes: Attributes, offset: number): boolean {
  let at = offset;
  if (reader.at("either", at)) at++;
  else if (reader.at("one", at) && reader.at("of", at + 1)) at += 2;
  const end = endOfChoice(reader, at);
  if (end === null || attributes.values || attributes.type !== null) return false;
  const assumed: string[] = [];
  const values: string[] = [];
  let value: Token[] = [];
  const flush = () => {
    if (value.length > 1)
      assumed.push(
        `the value "${value.map((word) => word.text).join(" ")}" is written ${value.map(valueOf).join("_")}`,
      );
    if (value.length > 0) values.push(value.map(valueOf).join("_"));
    value = [];
  };
  reader.take("choice", at);
  for (let left = end - at; left > 0; left--) {
    const token = reader.take("value");
    if (token.text === "," || token.lower === "or") flush();
    else value.push(token);
  }
  flush();
  const boolean = values.length === 2 && values.every((one) => BOOLEANS.has(one));
  if (!boolean) attributes.values = values;
  attributes.type = boolean ? "boolean" : "enum";
  attributes.assumed.push(...assumed);
  return true;
}

/** "usually rock or pop", "rock, pop or similar": not all that it can be, so that it is no choice. */
const NO_CHOICE_WORDS = words("usually often mostly mainly sometimes always never etc similar likely");

/** The offset behind `VALUE {, VALUE} or VALUE`, or null when there is no "or". */
export function endOfChoice(reader: Reader, from: number): number | null {
  const isValue = (at: number): boolean => {
    const token = reader.peek(at);
    if (reader.at(NO_CHOICE_WORDS, at)) return false;
    if (token?.kind === "word") return !KEYWORDS.has(token.lower) || (token.lower === "in" && isValue(at + 1));
    return token?.kind === "text";
  };
  let at = from;
  for (let or = false; isValue(at);) {
    while (isValue(at)) at++;
    if (or) return at;
    if (reader.at(",", at)) at++;
    if (reader.at("or", at)) {
      or = true;
      at++;
    }
  }
  return null;
}
