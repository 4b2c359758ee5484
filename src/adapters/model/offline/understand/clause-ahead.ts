// Where sentences about tables begin and end, and which verb they have: looked at without using anything.
import { stateAt } from "./features.ts";
import { pluralOf, singularOf } from "./inflect.ts";
import { isName, type Noun, nounAt, singularCompoundAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import { MAY, verbPhraseAt } from "./verbs.ts";
import {
  EACH,
  HAVE,
  HEADS,
  MODIFIERS,
  OR,
  RELATIVE,
  SENTENCE_ENDS,
  SEPARATORS,
  TABLE_WORDS,
  words,
} from "./vocabulary.ts";

export const ABOUT = words("on about for");
const OURS = words("the this my our");
const PLURAL_VERBS = words("have belong");
export const MUST = words("must should shall");
/** Looking further would make long lists slow to read. */
const MAX_SUBJECTS = 20;

interface Subject {
  nouns: { noun: Noun; offset: number }[];
  /** Offset of the verb. */
  verb: number;
  /** "users, teams have a name": said of both, or of the last alone? */
  unclear: boolean;
}

/** `[each] NOUN have|belong` or `NOUN {, NOUN} and NOUN have|belong` at `offset`, without using anything. */
export function subjectAt(reader: Reader, offset = 0): Subject | null {
  const nouns: Subject["nouns"] = [];
  let at = reader.at(EACH, offset) ? offset + 1 : offset;
  let joined = false;
  while (nouns.length < MAX_SUBJECTS) {
    const noun = subjectNoun(reader, at);
    if (noun && reader.at(OURS, at - 1) && isWhole(reader, noun)) return null;
    // A noun that comes twice ends a list and starts a sentence: "with users and tasks, tasks have …".
    if (!noun || nouns.some((other) => singularOf(other.noun.name) === singularOf(noun.name))) return null;
    nouns.push({ noun, offset: at });
    at += noun.count;
    if (verbAt(reader, at, nouns.length > 1 || noun.plural))
      return { nouns, verb: at, unclear: nouns.length > 1 && !joined };
    if (!reader.at(SEPARATORS, at) || joined) return null;
    for (; reader.at(SEPARATORS, at); at++) joined ||= !reader.at(",", at);
    if (reader.at("the", at)) at++;
  }
  return null;
}

/** "the app has users": what is asked for, and no table of it, unless applications are. */
function isWhole(reader: Reader, { name }: Noun): boolean {
  return Object.hasOwn(HEADS, name) && !reader.tokens.some(({ lower }) => lower === pluralOf(name));
}

/** "each customer places orders" has the subject customer, not "customer places"; "each blog post has a title" a blog post. */
function subjectNoun(reader: Reader, at: number): Noun | null {
  const noun = nounAt(reader, at);
  if (noun?.count === 1 && reader.at(EACH, at - 1) && !verbAt(reader, at + 1, noun.plural)) {
    const compound = singularCompoundAt(reader, at);
    if (compound && verbAt(reader, at + 2, false)) return compound;
  }
  if (noun?.count !== 2 || verbAt(reader, at + 2, noun.plural)) return noun;
  const short = nounAt(reader, at, 1)!;
  return verbPhraseAt(reader, at + 1, short.plural) ? short : noun;
}

/** Does a verb stand at `offset` that says something about tables? */
export function verbAt(reader: Reader, offset: number, plural: boolean): boolean {
  if (reader.at(HAVE, offset) || manyToManyAt(reader, offset) > 0 || modalHaveAt(reader, offset)) return true;
  if (stateAt(reader, offset) > 0 || verbPhraseAt(reader, offset, plural) !== null) return true;
  return (plural || offset === 1) && colonAt(reader, offset);
}

/** "Users: name, email" at the start of a sentence; a column of several values has its noun behind "have". */
function colonAt(reader: Reader, offset: number): boolean {
  const colon = reader.peek(offset);
  const next = reader.peek(offset + 1);
  const noun = offset > 0 ? nounAt(reader, offset - 1, 1) : null; // "User: name" is well known, "status: open" is not
  if ((!noun?.known && !noun?.plural) || TABLE_WORDS.has(noun.name)) return false;
  return colon?.text === ":" && next !== undefined && !next.newline && next.start > colon.end && isName(next);
}

/** Behind separators; only "and" makes "and lead teams" what the subject does: "a name, lead teams" is a list. */
export function furtherVerbAt(reader: Reader, offset: number, plural: boolean): boolean {
  const phrase = verbPhraseAt(reader, offset, plural);
  if (phrase && phrase.kind !== "belongs" && !reader.at("and", offset - 1)) return false;
  return verbAt(reader, offset, plural);
}

/** "users may have a phone", "every task must have a title" */
export function modalHaveAt(reader: Reader, offset: number): boolean {
  const modal = reader.at(MAY, offset) || reader.at(MUST, offset) || reader.at("optionally", offset);
  return modal && reader.at(HAVE, offset + 1);
}

/** How many tokens say `are many-to-many` or `are many to many`; 0 when these do not. */
export function manyToManyAt(reader: Reader, offset: number): number {
  if (!reader.at("are", offset)) return 0;
  if (reader.at("many-to-many", offset + 1)) return 2;
  return ["many", "to", "many"].every((word, n) => reader.at(word, offset + 1 + n)) ? 4 : 0;
}

/** Does a sentence with a subject start at the cursor? */
export function sentenceAt(reader: Reader): boolean {
  return subjectAt(reader) !== null;
}

/** Inside a list or a sentence a new clause is seen only by a subject of one noun: "…, tasks have a title", or after
 * "where". What stands before it belongs to the list. */
export function clauseAt(reader: Reader, offset: number): boolean {
  if (reader.at("where", offset)) return subjectAt(reader, offset + 1) !== null;
  if (reader.at("they", offset)) return verbAt(reader, offset + 1, true);
  const subject = subjectAt(reader, offset);
  const only = subject?.nouns.length === 1 ? subject.nouns[0]! : null;
  // "products with a price belong to a category": a price is not what belongs
  return only !== null && (only.noun.plural || !reader.at(PLURAL_VERBS, subject!.verb));
}

/** Does an exactly written table, `name(`, start at `offset`? */
export function groupAt(reader: Reader, offset = 0): boolean {
  const word = reader.peek(offset);
  if (word === undefined || !isName(word) || reader.peek(offset + 1)?.text !== "(") return false;
  // "email (unique)" is a column.
  return !(reader.at(MODIFIERS, offset + 2) && (reader.at(")", offset + 3) || reader.at(OR, offset + 3)));
}

/** The index where what cannot be understood ends: the next sentence, table or clause that can be. */
export function endOfClause(reader: Reader): number {
  for (let offset = 0; ; offset++) {
    const token = reader.peek(offset);
    if (!token) return reader.tokens.length;
    const index = reader.index + offset;
    if (SENTENCE_ENDS.has(token.text) || (offset > 0 && token.newline)) return index;
    if (!SEPARATORS.has(token.lower)) continue;
    let next = offset;
    while (reader.at(SEPARATORS, next)) next++;
    if (clauseAt(reader, next) || groupAt(reader, next)) return index;
  }
}

/** How many separators stand at the cursor. */
export function separatorsAhead(reader: Reader): number {
  let count = 0;
  while (reader.at(SEPARATORS, count)) count++;
  return count;
}

/** In a list of tables: a noun that is described itself ("comments that have …") is the next item. */
export function startsListItem(reader: Reader, offset: number): boolean {
  const noun = nounAt(reader, offset);
  if (!noun?.plural) return false;
  const after = offset + noun.count;
  return (
    reader.at(RELATIVE, after) ||
    reader.at("with", after) ||
    reader.at(ABOUT, after) ||
    reader.peek(after)?.text === "("
  );
}
