// One field, in parentheses or in a sentence: "email:string:unique", "a unique email", "belongs to a user", "many comments".
import { withArticle } from "../../../../plan/endpoints.ts";
import { endOfChoice } from "./choice.ts";
import { noAttributes, parseAttributes, parseModifier } from "./attributes.ts";
import { makeColumn, referenceTo } from "./column.ts";
import { isDescribed, isUnclearCompound, reportUnclearCompound } from "./described.ts";
import type { ColumnDraft } from "./draft.ts";
import { pluralOf, singularOf } from "./inflect.ts";
import { judgementOf } from "./judgement.ts";
import { columnWordProblem, columnWords, isName, mentionedCompoundAt, type Noun, nounAt } from "./names.ts";
import { nearMiss } from "./near-miss.ts";
import { parseBelongsTo } from "./owner.ts";
import { isPluralNoun, parsePlural } from "./plural-field.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import {
  BELONG,
  HAVE,
  KEYWORDS,
  LEADING_TYPES,
  MODIFIERS,
  POSSESSIVES,
  QUALIFIED,
  RELATIVE,
  SENTENCE_ENDS,
  SEPARATORS,
  SEVERAL,
  TYPES,
  words,
} from "./vocabulary.ts";
import { isPluralColumn, shapeByName, unsafeColumn } from "./well-known-columns.ts";

/** Words that say which of two: "a start and end date". */
const PAIRED = words(
  "first last middle given family start end due billing shipping minimum maximum gross net arrival departure check-in check-out " +
    "hourly daily weekly monthly yearly short long full display home work office purchase sale selling buying list second old new primary " +
    "secondary away delivery mobile previous next current",
);
/** None of them can be asked for when the first is made, so that this is "many". */
const MANY_OF = ["one or more", "one or many", "zero or more", "any number of", "a list of"].map((phrase) =>
  phrase.split(" "),
);
/** Which of two, and never what it is. */
const WHICH = words("first second last middle given primary secondary old new gross net minimum maximum");
const HEADS_TOO = words("score phone email team");
const ONE = words("one single");
const NUMBERS = words("two three four five six seven eight nine ten");
const OWNERS = words("their its his her the");

/** Where the field stands: `group` = in parentheses; `relative` = in a list of tables ("with products that have …"). */
export type Place = "group" | "sentence" | "relative";

export type Field =
  | ({ kind: "column" } & ColumnDraft)
  /** "many comments", "one profile". `conventional`: without "many", and described nowhere. */
  | { kind: "many" | "one"; noun: string; tokens: Token[]; conventional?: true };

/** The field at the cursor, or null after a problem was reported; either way the cursor stands behind it.
 * @param all What a verb says of every field behind it: "users may have …". */
export function parseField(
  reader: Reader,
  place: Place,
  endOfBadSpan: (reader: Reader) => number,
  all: "optional" | "required" | null = null,
): Field | null {
  const start = reader.index;
  const problems = reader.problems.length;
  const optionally = place !== "group" && reader.atWord(1) ? reader.accept("optionally", "modifier") : null;
  const article = reader.atWord(1) ? reader.accept(POSSESSIVES, "article") !== null : false;
  const nullable = optionally ? true : all === null ? null : all === "optional";
  const field = parseRelation(reader, place) ?? parseColumn(reader, place, { article, nullable }, start);
  const ends = endsField(reader, place) || (field !== null && field.kind !== "column" && describesLink(reader));
  if (field !== null && ends) return reader.problems.length === problems ? field : null;
  if (field === null && endsField(reader, place) && reader.problems.length > problems) return null;
  reportRest(reader, field === null ? start : reader.index, start, place, endOfBadSpan);
  return null;
}

/** What may follow "many products": "through order items", "with a quantity", "(quantity integer)". */
function describesLink(reader: Reader): boolean {
  return reader.at("with") || reader.at("through") || reader.at("(");
}

function endsField(reader: Reader, place: Place): boolean {
  const next = reader.peek();
  if (!next) return true;
  if (place === "group") return next.text === "," || next.text === ")" || next.lower === "and";
  if (reader.atPlease()) return true;
  return next.newline || SEPARATORS.has(next.lower) || SENTENCE_ENDS.has(next.text);
}

/** What follows a field and belongs to nothing. A continuation ("that must be …") is quoted alone, otherwise all of it. */
function reportRest(
  reader: Reader,
  from: number,
  start: number,
  place: Place,
  endOfBadSpan: (reader: Reader) => number,
): void {
  const continues = from > start && continuesAt(reader, from, start, place);
  const first = continues ? from : start;
  reader.index = Math.max(from, start);
  const end = Math.max(endOfBadSpan(reader), first + 1);
  const words = reader.tokens.slice(reader.tokens[first]?.use === "article" ? first + 1 : first, end);
  const head = continues ? null : headOfChoice(reader, first, end);
  if (head) {
    const choice = reader.request.slice(head.end, reader.tokens[end - 1]!.end).replace(/^,\s*/, "");
    const suggestion = `Write "${withArticle(head.text)} (${choice})"`;
    reader.reportExactly(first, end, `It may say what the ${head.text} can be, which is not clear.`, suggestion);
  } else if (
    !continues &&
    words.length === 2 &&
    words.every(isName) &&
    !judgementOf(words[0]!.lower) &&
    words[1]!.lower !== "search"
  ) {
    const name = words.map((word) => word.lower).join("_");
    reader.reportExactly(first, end, "The name of a column is one word.", `Write ${name}, or ${words[0]!.lower}:TYPE`);
  } else {
    const suggestion = "Write a column as name:type, for example price:decimal>=0";
    reader.report(first, end, "This is not a column as the offline model knows them.", suggestion);
  }
  reader.index = Math.min(end, reader.tokens.length);
}

/** The column that "a, b or c" from `first` to `end` may be the values of: the last one with an article before it. */
function headOfChoice(reader: Reader, first: number, end: number): Token | null {
  if (endOfChoice(reader, first - reader.index) !== end - reader.index) return null;
  for (let at = first; reader.tokens[at - 1]?.text === "," && isName(reader.tokens[at - 2]!); at -= 2) {
    if (reader.tokens[at - 3] && POSSESSIVES.has(reader.tokens[at - 3]!.lower)) return reader.tokens[at - 2]!;
  }
  return null;
}

/** Does the token at `from` only add something wrong to the field from `start`, which is right by itself? */
function continuesAt(reader: Reader, from: number, start: number, place: Place): boolean {
  const next = reader.tokens[from];
  const before = reader.tokens[from - 1]!;
  if (!next || next.start === before.end) return false;
  if (place === "group") return from - start > 1;
  return next.kind !== "word" || (RELATIVE.has(next.lower) && !reader.at(HAVE, 1) && !reader.at(BELONG, 1));
}

function parseRelation(reader: Reader, place: Place): Field | null {
  const start = reader.index;
  const problems = reader.problems.length;
  const related = parseRelated(reader);
  if (related || reader.problems.length > problems) return related;
  reader.rewind(start);
  if (!reader.at(BELONG) || !reader.at("to", 1)) return null;
  const reference = parseBelongsTo(reader, place !== "group");
  if (reference) return { kind: "column", ...reference };
  reader.rewind(start);
  return null;
}

/** `[has] many NOUN`, `[has] [exactly] one NOUN`. What "one" is followed by may as well be a column: "one name". */
function parseRelated(reader: Reader): Field | null {
  const start = reader.index;
  if (reader.at("one", -1)) reader.index--; // taken for an article
  reader.accept(HAVE, "has-many");
  if (reader.at("exactly") && reader.at("one", 1)) reader.take("has-one");
  const counted = reader.at(NUMBERS) || reader.peek()?.kind === "number" ? nounAt(reader, 1, 1) : null;
  if (counted?.plural) {
    const tokens = reader.tokens.slice(reader.index, reader.index + 2);
    reader.take("reported", 2);
    const suggestion = `Write "many ${counted.name}", or name each: "belong to a first ${singularOf(counted.name)} and a second ${singularOf(counted.name)}"`;
    reader.reportTokens(tokens, "How many there are is a rule, which the offline model does not write.", suggestion);
    return null;
  }
  const several = MANY_OF.find((phrase) => phrase.every((word, n) => reader.at(word, n)));
  if (several) reader.take("has-many", several.length - 1);
  const kind = several || reader.at(SEVERAL) ? "many" : reader.at(ONE) ? "one" : null;
  if (!kind) return null;
  // Where the records are described, "have rooms" says the same.
  reader.take(kind === "one" ? "has-one" : isDescribed(reader, 1) ? "noise" : "has-many");
  if (isUnclearCompound(reader, 0)) {
    reportUnclearCompound(reader);
    return null;
  }
  const compound = kind === "one" ? mentionedCompoundAt(reader) : null;
  const noun = compound ?? nounAt(reader);
  if (!noun || (kind === "one" && !compound && !isRecord(reader, noun))) return null;
  if (kind === "many" && isPluralColumn(noun.name) && !isDescribed(reader, 0)) return null; // "several tags"
  reader.take("table", noun.count);
  return {
    kind,
    noun: noun.name,
    tokens: reader.tokens.slice(Math.min(start, reader.index - noun.count - 1), reader.index),
  };
}

/** Does the request, or convention, know a table of this singular noun? */
function isRecord(reader: Reader, noun: Noun): boolean {
  if (noun.plural || shapeByName(noun.name)) return false;
  const plural = pluralOf(noun.name);
  return noun.known || reader.tokens.some(({ lower }) => lower === plural);
}

function parseColumn(
  reader: Reader,
  place: Place,
  { article, nullable }: { article: boolean; nullable: boolean | null },
  start: number,
): Field | null {
  const said = { ...noAttributes(), nullable };
  const sentence = place !== "group";
  while (reader.at(MODIFIERS) && !endsAfter(reader, place)) parseModifier(reader, said);
  parseSigned(reader, said);
  const leading = reader.peek();
  const after = reader.peek(1);
  if (
    leading &&
    LEADING_TYPES.has(leading.lower) &&
    after &&
    isName(after) &&
    !after.newline &&
    !Object.hasOwn(TYPES, after.lower)
  ) {
    said.type = TYPES[reader.take("type").lower]!;
  }
  if (after && isName(after) && !after.newline) reportMistypedModifier(reader);
  const word = reader.peek();
  if (word?.kind !== "word" || !canBeName(reader, place)) return null;
  const mine = said.unique || said.searchable || said.type !== null || said.nullable !== nullable;
  const described = article || mine;
  const count = columnWords(reader, sentence && described);
  const shared = count === 1 ? sharedHead(reader) : null;
  const name = [...reader.tokens.slice(reader.index, reader.index + count), ...(shared ? [shared] : [])]
    .map((token) => token.lower)
    .join("_")
    .replaceAll("-", count > 1 || shared ? "_" : "-"); // "check-in date"
  const problem = count === 1 && !shared ? columnWordProblem(/^e-mail$/i.test(word.text) ? "email" : word.text) : null;
  if (problem) {
    reader.take("reported");
    reader.reportTokens([word], problem.reason, problem.suggestion);
    parseAttributes(reader, noAttributes(), sentence);
    return null;
  }
  const typed = (after?.text === ":" && after.start === word.end) || isTypedColumn(reader, 0); // "hobbies:string[]"
  // "unique usernames" are not one, "optional notes" are
  const one = (article && !reader.at(OWNERS, -1)) || said.type !== null || (described && shapeByName(name) !== null);
  if (sentence && !typed && !one && isPluralNoun(reader)) return parsePlural(reader, place, start);
  const unfinished = sentence && count === 1 && reader.at(WHICH) && endsAfter(reader, place);
  if (shared ? mine : unfinished) {
    reportHeadless(reader, shared !== null);
    return null;
  }
  reader.take("name", count);
  if (shared) said.assumed.push(`"${word.text} … ${shared.text}" is one column`);
  if (said.unique && name.includes("_per_")) {
    const reason = "Unique among those of one parent is a rule, which the offline model does not write.";
    reader.reportTokens(reader.tokens.slice(start, reader.index), reason, "Leave it out, or make it unique among all.");
    parseAttributes(reader, noAttributes(), sentence);
    return null;
  }
  if (count > 1) said.assumed.push(`"${reader.request.slice(word.start, reader.peek(-1)!.end)}" is one column`);
  parseAttributes(reader, said, sentence);
  if (!endsField(reader, place)) return count > 1 ? null : { kind: "column", ...placeholder(said, name) };
  const tokens = reader.tokens.slice(start, reader.index);
  const unsafe = unsafeColumn(name);
  if (unsafe && (said.type === null || /password|passwd|pwd/.test(name))) {
    reader.reportTokens(tokens, unsafe.reason, unsafe.suggestion);
    return null;
  }
  const column = makeColumn(reader, name, said, tokens);
  return column ? { kind: "column", ...column } : null;
}

/** Types that are no names of columns, so that "wins (integer)" is a column, and "messages (text)" may be a table. */
const MERE_TYPES = words("integer int bigint decimal boolean bool string json timestamp datetime");

/** Does `NAME (TYPE)` stand at `offset`? */
export function isTypedColumn(reader: Reader, offset: number): boolean {
  const [name, open] = [reader.peek(offset), reader.peek(offset + 1)];
  if (!name || !isName(name) || open?.text !== "(" || !reader.at(MERE_TYPES, offset + 2)) return false;
  return reader.at(")", offset + 3) || (reader.at(MODIFIERS, offset + 3) && reader.at(")", offset + 4));
}

/** "a first", or "an optional first and last name", at the word that says which. */
function reportHeadless(reader: Reader, shared: boolean): void {
  const token = reader.take("reported");
  const [reason, suggestion] = shared
    ? ["What stands before it can be read as about this one alone, or about all of them.", "Write each of them out."]
    : ["It says which of something, and not of what.", `Write "${token.lower} name", or whatever it is of`];
  reader.reportTokens([token], `"${token.text}": ${reason}`, suggestion);
}

/** The "name" of "a first and last name", "a first, middle and last name" or "a start and an end date". */
function sharedHead(reader: Reader): Token | null {
  if (!reader.at(PAIRED)) return null;
  let at = 1;
  for (let joined = false; !joined; at++) {
    if (!reader.at(SEPARATORS, at)) return null;
    for (; reader.at(SEPARATORS, at); at++) joined ||= !reader.at(",", at);
    if (reader.at(POSSESSIVES, at)) at++;
    if (reader.at(MODIFIERS, at)) at++; // "a first and an optional last name"
    if (!reader.at(PAIRED, at)) return null;
  }
  return reader.at(QUALIFIED, at) || reader.at(HEADS_TOO, at) ? reader.peek(at)! : null;
}

/** In parentheses `from`, `to` or `on` are names too, where nothing else can be meant: `messages(from, to:string)`. */
function canBeName(reader: Reader, place: Place): boolean {
  const lower = reader.peek()!.lower;
  if (!KEYWORDS.has(lower) || columnWords(reader, false) > 1) return true;
  if (place !== "group" || MODIFIERS.has(lower) || lower === "and") return false;
  const next = reader.peek(1)?.text;
  return next === ":" || next === "?" || next === "=" || next === "," || next === ")";
}

/** "a positive price": of what the name says is a number. */
function parseSigned(reader: Reader, said: ReturnType<typeof noAttributes>): void {
  const strict = reader.at("positive");
  if (!strict && !reader.at("non-negative") && !reader.at("nonnegative")) return;
  const [first, second] = [reader.peek(1), reader.peek(2)];
  const numbers = [first?.lower, `${first?.lower}_${second?.lower}`].map((name) => name && shapeByName(name)?.type);
  const typed = first && LEADING_TYPES.has(first.lower) ? TYPES[first.lower] : undefined;
  if (![...numbers, typed].some((type) => type === "integer" || type === "bigint" || type === "decimal")) return;
  reader.take("bound");
  said.minimum = { value: 0, strict };
}

/** "a uniqe email": a word before another that is nearly a modifier is no name. */
function reportMistypedModifier(reader: Reader): void {
  const word = reader.peek()?.lower ?? "";
  const meant = word.endsWith("ing") ? null : nearMiss(word, [...MODIFIERS, ...LEADING_TYPES]); // "starting price"
  if (!meant || columnWords(reader, false) > 1) return;
  const token = reader.take("reported");
  reader.reportTokens([token], `"${token.text}" is neither a type nor a modifier.`, `Did you mean "${meant}"?`);
}

/** Only carries the parse to the report of what follows it. */
function placeholder(said: ReturnType<typeof noAttributes>, name: string): ColumnDraft {
  return { ...referenceTo(name, null, false, [], false), assumed: said.assumed };
}

function endsAfter(reader: Reader, place: Place): boolean {
  reader.index++;
  const ends = endsField(reader, place);
  reader.index--;
  return ends;
}
