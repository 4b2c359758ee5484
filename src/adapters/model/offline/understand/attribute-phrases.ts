// Attributes in words: "of at least 0", "of at most 80 characters", "that is one of low, normal or high", "that defaults to 5".
import { parseNumber } from "./attribute-values.ts";
import { type Attributes, CHARACTERS, parseBetween, parseDefault, parseModifier } from "./attributes.ts";
import { parseApposition, parseChoice } from "./choice.ts";
import { isPlural } from "./inflect.ts";
import { isName, nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { MODIFIERS, RELATIVE, SENTENCE_ENDS, SEPARATORS, words } from "./vocabulary.ts";

const IS = words("is are");
const MAY = words("can may must could");
const LIMITS = words("a max maximum min minimum");
const UPWARDS = words("more older above greater higher over");
export const OPEN_ENDED = new Set([...UPWARDS, ...words("less younger below fewer lower under")]);
export const TO = words("to - – —");
const DEFAULTS = words("default defaulting");

/** What each phrase before a number bounds. */
const BOUNDS: { phrase: readonly string[]; key: "minimum" | "maximum"; strict: boolean }[] = [
  { phrase: ["at", "least"], key: "minimum", strict: false },
  { phrase: ["at", "most"], key: "maximum", strict: false },
  { phrase: ["up", "to"], key: "maximum", strict: false },
  { phrase: ["more", "than"], key: "minimum", strict: true },
  { phrase: ["greater", "than", "or", "equal", "to"], key: "minimum", strict: false },
  { phrase: ["less", "than", "or", "equal", "to"], key: "maximum", strict: false },
  { phrase: ["greater", "than"], key: "minimum", strict: true },
  { phrase: ["less", "than"], key: "maximum", strict: true },
  { phrase: ["fewer", "than"], key: "maximum", strict: true },
  { phrase: ["no", "more", "than"], key: "maximum", strict: false },
  { phrase: ["no", "less", "than"], key: "minimum", strict: false },
  { phrase: ["no", "longer", "than"], key: "maximum", strict: false },
  { phrase: ["no", "shorter", "than"], key: "minimum", strict: false },
  { phrase: ["over"], key: "minimum", strict: true },
  { phrase: ["above"], key: "minimum", strict: true },
  { phrase: ["under"], key: "maximum", strict: true },
  { phrase: ["below"], key: "maximum", strict: true },
  ...["a maximum of", "maximum of", "maximum", "max"].map((words) => bound(words, "maximum")),
  ...["a minimum of", "minimum of", "minimum", "min"].map((words) => bound(words, "minimum")),
];

function bound(words: string, key: "minimum" | "maximum"): (typeof BOUNDS)[number] {
  return { phrase: words.split(" "), key, strict: false };
}

/** Reads one phrase; false, with nothing used, when none starts here. */
export function parsePhrase(reader: Reader, attributes: Attributes): boolean {
  return (
    parseBoundPhrase(reader, attributes) ||
    parseRangePhrase(reader, attributes) ||
    parseThat(reader, attributes) ||
    parseApposition(reader, attributes) ||
    (reader.at("of") && parseChoice(reader, attributes, 1)) // "a priority of low or high"
  );
}

function boundAt(reader: Reader, offset: number): (typeof BOUNDS)[number] | undefined {
  return BOUNDS.find(
    ({ phrase }) =>
      phrase.every((word, n) => reader.at(word, offset + n)) && reader.peek(offset + phrase.length)?.kind === "number",
  );
}

/** What stands in parentheses as well: "(at least 0)", "(1 to 5)", "(between 1 and 5)". */
export function parseBounds(reader: Reader, attributes: Attributes): boolean {
  if (reader.at("between")) return parseBetween(reader, attributes);
  if (reader.peek()?.kind === "number" && reader.at("or", 1) && reader.at(OPEN_ENDED, 2))
    return parseOpenEnded(reader, attributes);
  return parseBoundPhrase(reader, attributes) || parseRangePhrase(reader, attributes, true);
}

/** `18 or older` */
function parseOpenEnded(reader: Reader, attributes: Attributes): boolean {
  const value = parseNumber(reader)!;
  reader.take("bound");
  const key = reader.at(UPWARDS) ? "minimum" : "maximum";
  const token = reader.take("bound");
  if (attributes[key]) reader.reportTokens([token], `The ${key} is given already.`, "Give it once.");
  else attributes[key] = { value, strict: false };
  return true;
}

/** `[of] at least 0`, `of up to 80 characters`, `over 18` */
function parseBoundPhrase(reader: Reader, attributes: Attributes): boolean {
  const known = attributes.minimum || attributes.maximum; // "at least 18 and at most 65"
  const named = reader.at(LIMITS, 1); // "a title, max 80 characters", "an age with a minimum of 18"
  const start =
    reader.at("of") || (known && reader.at("and")) || (named && (reader.at(",") || reader.at("with"))) ? 1 : 0;
  const bound = boundAt(reader, start);
  if (!bound) return false;
  const { phrase, key, strict } = bound;
  if (start > 0) reader.take(reader.at("of") ? "noise" : "separator");
  const first = reader.take("bound", phrase.length);
  const value = parseNumber(reader)!;
  if (reader.accept(CHARACTERS, "length")) {
    const length = strict ? value + (key === "minimum" ? 1 : -1) : value;
    const other = key === "maximum" && attributes.type === null ? attributes.minimum : undefined;
    if (other && !other.strict && attributes.minLength === undefined) {
      attributes.minLength = other.value; // "at least 3 and at most 80 characters"
      delete attributes.minimum;
    }
    setLength(reader, attributes, [first], key === "minimum" ? { minLength: length } : { maxLength: length });
  } else if (attributes[key]) reader.reportTokens([first], `The ${key} is given already.`, "Give it once.");
  else attributes[key] = { value, strict };
  return true;
}

/** `from 1 to 5`, `of 1 to 5`, with `bare` also `1 to 5`, `1-5` and `1 – 5`, `of 3 to 30 characters`, `of exactly 8 characters` */
function parseRangePhrase(reader: Reader, attributes: Attributes, bare = false): boolean {
  if (reader.at("of") && reader.peek(1)?.kind === "number" && reader.at(CHARACTERS, 2)) {
    const tokens = reader.tokens.slice(reader.index, reader.index + 3);
    const length = reader.request.slice(tokens[1]!.start, tokens[2]!.end);
    reader.take("reported", 3);
    const suggestion = `Write "of at most ${length}" or "of exactly ${length}"`;
    reader.reportTokens(tokens, "It can be read as exactly so long, or as at most.", suggestion);
    return true;
  }
  if (reader.at("of") && reader.at("exactly", 1) && reader.peek(2)?.kind === "number" && reader.at(CHARACTERS, 3)) {
    const first = reader.take("length", 2);
    const length = parseNumber(reader)!;
    reader.take("length");
    setLength(reader, attributes, [first], { minLength: length, maxLength: length });
    return true;
  }
  if (reader.at("ranging") && reader.at("from", 1)) reader.take("noise");
  const from = reader.at("from") || reader.at("of") ? 1 : 0;
  const dash = isDashed(reader, from);
  const [lowest, highest] = [reader.peek(from), reader.peek(from + (dash ? 1 : 2))];
  const to = dash || (highest?.kind === "number" && reader.at(TO, from + 1));
  if ((from === 0 && !bare) || lowest?.kind !== "number" || !to) return false;
  const first = from === 1 ? reader.take("bound") : lowest;
  const low = parseNumber(reader)!;
  if (!dash) reader.take("bound");
  const high = dash ? -parseNumber(reader)! : parseNumber(reader)!;
  if (reader.accept(CHARACTERS, "length")) setLength(reader, attributes, [first], { minLength: low, maxLength: high });
  else if (attributes.minimum || attributes.maximum)
    reader.reportTokens([first], "The bounds are given already.", "Give them once.");
  else {
    attributes.minimum = { value: low, strict: false };
    attributes.maximum = { value: high, strict: false };
  }
  return true;
}

/** "1-5" is read as the numbers 1 and -5. */
export function isDashed(reader: Reader, offset: number): boolean {
  const [low, high] = [reader.peek(offset), reader.peek(offset + 1)];
  return low?.kind === "number" && high?.kind === "number" && high.start === low.end && high.text.startsWith("-");
}

/** Characters (docs/offline-model.md). */
const LONGEST = 10_000;

function setLength(
  reader: Reader,
  attributes: Attributes,
  tokens: Token[],
  length: Pick<Attributes, "minLength" | "maxLength">,
): void {
  if ((length.maxLength ?? 0) > LONGEST) {
    const suggestion = "Leave the length out, and give the type text: body:text";
    reader.reportTokens(tokens, `A string has at most ${LONGEST.toLocaleString("en")} characters.`, suggestion);
    return;
  }
  const repeated = Object.keys(length).some((key) => attributes[key as keyof typeof length] !== undefined);
  if (repeated || (attributes.type !== null && !["string", "email", "url"].includes(attributes.type)))
    reader.reportTokens(tokens, "Only a string, once, has a length.", "Write a length once: name:string{1,80}");
  else {
    Object.assign(attributes, length);
    attributes.type ??= "string";
  }
}

/** `that is unique`, `that is one of low or high`, `that can be low or high`, `that defaults to 5`. */
function parseThat(reader: Reader, attributes: Attributes): boolean {
  if (reader.at("with") && reader.at("default", reader.at("a", 1) ? 2 : 1)) {
    reader.take("relative", reader.at("a", 1) ? 2 : 1);
    return parseDefault(reader, attributes);
  }
  if (reader.at(",") && reader.at(DEFAULTS, 1) && !attributes.literal && attributes.values) {
    reader.take("separator"); // "a status (open or closed), default open"
    return parseDefault(reader, attributes);
  }
  if (reader.at(",") && attributes.values && reader.at("by", 2) && reader.at("default", 3) && !attributes.literal) {
    reader.take("separator"); // "a status (open or closed), open by default"
    return parseByDefault(reader, attributes, 0);
  }
  if (reader.at(",") && reader.at("which", 1) && (reader.at(IS, 2) || reader.at(MAY, 2))) {
    const start = reader.index; // "a color, which is red or green"
    reader.take("separator");
    if (parseThat(reader, attributes)) return true;
    reader.rewind(start);
    return false;
  }
  if (!reader.at(RELATIVE)) return false;
  if (reader.at("defaults", 1) || (reader.at("is", 1) && reader.at("default", 2) && reader.atWord(3))) {
    reader.take("relative", reader.at("is", 1) ? 2 : 1);
    return parseDefault(reader, attributes);
  }
  const be = reader.at(IS, 1) ? 2 : reader.at(MAY, 1) && reader.at("be", 2) ? 3 : 0;
  if (be === 0) return false;
  if (reader.at("are", 1) && isName(reader.peek(-1)!) && !isPlural(reader.peek(-1)!.lower)) {
    const tokens = reader.tokens.slice(reader.index, reader.index + be);
    reader.take("reported", be);
    reader.reportTokens(
      tokens,
      "It is not clear which of the columns before it this is about.",
      "Say it of each of them.",
    );
    if (reader.at(MODIFIERS)) parseModifier(reader, attributes);
    return true;
  }
  if (reader.at(MODIFIERS, be)) {
    reader.take("relative", be);
    parseModifier(reader, attributes);
    while (reader.at("and") && reader.at(MODIFIERS, 1)) {
      reader.take("separator");
      parseModifier(reader, attributes);
    }
    if (reader.at("and")) parseAlso(reader, attributes);
    return true;
  }
  if (parseEmpty(reader, attributes, be)) return true;
  if (parseSign(reader, attributes, be)) return true;
  if (boundAt(reader, be)) {
    reader.take("relative", be);
    return parseBoundPhrase(reader, attributes);
  }
  if (be === 2 && parsePerson(reader, attributes)) return true;
  return parseByDefault(reader, attributes, be) || parseChoice(reader, attributes, be);
}

/** `[that is] open by default`, `offset` tokens ahead. */
function parseByDefault(reader: Reader, attributes: Attributes, offset: number): boolean {
  const value = reader.atWord(offset) || reader.peek(offset)?.kind === "number";
  if (!value || !reader.at("by", offset + 1) || !reader.at("default", offset + 2) || attributes.literal) return false;
  if (offset > 0) reader.take("relative", offset);
  attributes.literal = reader.take("literal");
  reader.take("default", 2);
  return true;
}

/** "that is optional and positive": more of what it is, and no column called "positive". At the "and". */
function parseAlso(reader: Reader, attributes: Attributes): void {
  if (parseSign(reader, attributes, 1)) return;
  const [word, after] = [reader.peek(1), reader.peek(2)];
  const ends = !after || after.newline || SEPARATORS.has(after.lower) || SENTENCE_ENDS.has(after.text);
  if (!word || !isName(word) || word.newline || !ends) return;
  reader.take("separator");
  reader.take("reported");
  reader.reportTokens(
    [word],
    `"${word.text}" can be read as what it is, or as another column.`,
    `Write "a ${word.text}" for a column; the first is not in the offline model.`,
  );
}

/** `that may be empty`, `that is not required` */
function parseEmpty(reader: Reader, attributes: Attributes, offset: number): boolean {
  const empty = be(reader, offset, "can may could") && reader.at("empty", offset);
  const not = reader.at("not", offset) && reader.at(words("required mandatory"), offset + 1);
  if ((!empty && !not) || attributes.nullable !== null) return false;
  reader.take("modifier", offset + (not ? 2 : 1));
  attributes.nullable = true;
  return true;
}

function be(reader: Reader, offset: number, modals: string): boolean {
  return reader.at("be", offset - 1) && reader.at(words(modals), offset - 2);
}

/** `that must be positive`, `that is never negative` */
function parseSign(reader: Reader, attributes: Attributes, offset: number): boolean {
  const never = (reader.at("never", offset) || reader.at("not", offset)) && reader.at("negative", offset + 1);
  const strict = reader.at("positive", offset);
  if ((!never && !strict && !reader.at("non-negative", offset)) || attributes.minimum) return false;
  reader.take("bound", offset + (never ? 2 : 1));
  attributes.minimum = { value: 0, strict };
  return true;
}

/** `a manager who is an employee`: a reference, with the column's name for its role. */
function parsePerson(reader: Reader, attributes: Attributes): boolean {
  if (!reader.at(words("a an"), 2)) return false;
  const noun = nounAt(reader, 3);
  if (!noun || noun.plural || attributes.type !== null || attributes.target) return false;
  reader.take("relative", 3);
  const tokens = reader.tokens.slice(reader.index, reader.index + noun.count);
  reader.take("target", noun.count);
  attributes.target = { noun: noun.name, tokens, brings: true };
  attributes.person = true;
  return true;
}
