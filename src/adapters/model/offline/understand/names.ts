// Words of the request as names of tables and columns.
import { columnNameProblem, tableNameProblem } from "../../../../plan/names.ts";
import { endOfChoice } from "./choice.ts";
import { isPlural, pluralOf, singularOf } from "./inflect.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { judgementOf } from "./judgement.ts";
import {
  KEYWORDS,
  LEADING_TYPES,
  OF_NAMES,
  POSSESSIVES,
  QUALIFIED,
  QUALIFIERS,
  QUALITIES,
  UNITS,
  words,
} from "./vocabulary.ts";
import { wellKnownColumns } from "./well-known-tables.ts";

/** A noun found `offset` tokens ahead; nothing is used yet. */
export interface Noun {
  /** snake_case, as written: "order_items" for "order items". */
  name: string;
  /** How many tokens it takes. */
  count: number;
  plural: boolean;
  /** It is one of the nouns with conventional columns. */
  known: boolean;
}

/** The noun that starts at `offset`: one word, or (`most` = 2) two where the first only says which ("order items"). */
export function nounAt(reader: Reader, offset = 0, most: 1 | 2 = 2): Noun | null {
  const first = reader.peek(offset);
  if (!first || !isName(first)) return null;
  const second = most === 2 ? reader.peek(offset + 1) : undefined;
  if (second && isName(second) && !second.newline && !isPlural(first.lower)) {
    const name = `${first.lower}_${second.lower}`;
    const described = wellKnownColumns(pluralOf(first.lower))
      ? isPlural(second.lower)
      : singularOf(second.lower) !== second.lower && isQualifier(first.lower);
    if (described || wellKnownColumns(pluralOf(name))) return noun(name, 2);
  }
  return noun(first.lower, 1);
}

/** Say how something is at the moment, or how many there are, and not which it is. */
const STATES = words("new existing active registered single sole");
/** Behind a name they say nothing of which it is. */
const AFTER = words("only too also one ones");

/** May the word say which of something is meant, as in "guest name"? Not when it asks for a quality or for behaviour. */
function isQualifier(word: string): boolean {
  return (
    !QUALITIES.has(word) &&
    !STATES.has(word) &&
    !POSSESSIVES.has(word) &&
    !judgementOf(word) &&
    !LEADING_TYPES.has(word)
  );
}

/** "blog post": two words, the first of which says which. */
export function singularCompoundAt(reader: Reader, offset: number): Noun | null {
  const [first, second] = [reader.peek(offset), reader.peek(offset + 1)];
  if (!first || !second || second.newline || !isName(first) || !isName(second)) return null;
  if (!isQualifier(first.lower) || isPlural(first.lower) || isPlural(second.lower)) return null;
  return compoundNoun(`${first.lower}_${second.lower}`);
}

/** "blog post" at the cursor, where the request names blog posts too. */
export function mentionedCompoundAt(reader: Reader): Noun | null {
  const [first, second] = [reader.peek(), reader.peek(1)];
  if (!first || !second || !isName(first) || !isName(second) || second.newline || isPlural(second.lower)) return null;
  const name = `${first.lower}_${second.lower}`;
  const plural = pluralOf(second.lower);
  const mentioned = reader.tokens.some(
    ({ lower }, n) => lower === pluralOf(name) || (lower === first.lower && reader.tokens[n + 1]?.lower === plural),
  );
  return mentioned ? compoundNoun(name) : null;
}

/** One noun of two words, as in "blog post". */
export function compoundNoun(name: string): Noun {
  return noun(name, 2);
}

function noun(name: string, count: number): Noun {
  const plural = isPlural(name);
  return { name, count, plural, known: wellKnownColumns(plural ? name : pluralOf(singularOf(name))) !== null };
}

/** Could the token be a name at all: a plain word that is no keyword of the grammar? */
export function isName(token: Token): boolean {
  return token.kind === "word" && !KEYWORDS.has(token.lower) && /^[a-z][a-z0-9_]*$/.test(token.lower);
}

/** How many words from here are one column name: "due date", in a sentence also "guest name", "price per night", "number of
 * seats" and "duration in minutes"; otherwise one. */
export function columnWords(reader: Reader, sentence: boolean): number {
  const [first, second, third] = [reader.peek(), reader.peek(1), reader.peek(2)];
  if (!first || !second || second.newline || second.kind !== "word") return 1;
  if (QUALIFIERS.has(first.lower) && QUALIFIED.has(second.lower)) return 2;
  if (!sentence || !isName(first)) return 1;
  const words = third && isName(third) && !third.newline ? 3 : 0;
  if (words && second.lower === "per") return 3;
  // "a type of room", but not "a type of single or double"
  if (words && second.lower === "of" && OF_NAMES.has(first.lower) && endOfChoice(reader, 2) === null) return 3;
  if (words && second.lower === "in" && UNITS.has(third!.lower)) return 3;
  if (!isName(second) || AFTER.has(second.lower) || LEADING_TYPES.has(second.lower)) return 1;
  return isQualifier(first.lower) ? 2 : 1;
}

/** `dueAt` or `due-at` -> `due_at`. */
function snakeCase(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .toLowerCase();
}

/** Why the word as written cannot name a column, with the name that could; null when it can. */
export function columnWordProblem(text: string): { reason: string; suggestion: string | null } | null {
  return wordProblem(text, columnNameProblem);
}

/** Why the word as written cannot name a table, with the name that could; null when it can. */
export function tableWordProblem(text: string): { reason: string; suggestion: string | null } | null {
  return wordProblem(text, tableNameProblem);
}

function wordProblem(
  text: string,
  problemOf: (name: string) => string | null,
): { reason: string; suggestion: string | null } | null {
  if (/[^\p{ASCII}]/u.test(text))
    return { reason: "Names are written with ASCII letters, digits and _.", suggestion: null };
  const camel = /[a-z0-9][A-Z]/.test(text);
  const problem = camel ? "is not snake_case" : problemOf(text.toLowerCase());
  if (!problem) return null;
  const better = snakeCase(text);
  const suggestion = better !== text.toLowerCase() || camel ? (problemOf(better) ? null : `Write ${better}`) : null;
  return { reason: `The name "${text.length > 70 ? `${text.slice(0, 70)}…` : text}" ${problem}.`, suggestion };
}
