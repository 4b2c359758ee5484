// Sentences about tables: "users have a name and an email", "each product belongs to a supplier", "posts have many comments".
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { addColumn, type ColumnDraft, type Draft, findTable, type TableDraft, tableFor } from "./draft.ts";
import { parseFeature, parseState, stateAt } from "./features.ts";
import { addManyToMany, addRelation, addVerb, parseNested } from "./links.ts";
import { type Place, parseBelongsTo, parseField, parseOwner } from "./field.ts";
import { isDescribed } from "./field.ts";
import { isPlural, singularOf } from "./inflect.ts";
import { isName, nounAt, type Noun, tableWordProblem } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { MAY, type VerbPhrase, verbPhraseAt } from "./verbs.ts";
import { shapeByName } from "./well-known-columns.ts";
import { EACH, HAVE, MODIFIERS, OR, RELATIVE, SENTENCE_ENDS, SEPARATORS, TABLE_WORDS, words } from "./vocabulary.ts";

const FIELDS = words("fields columns attributes properties");
const MUST = words("must should shall");
const MAY_BELONG = words("optionally may can could");
/** Looking further would make long lists slow to read. */
const MAX_SUBJECTS = 20;

interface Subject {
  nouns: { noun: Noun; offset: number }[];
  /** Offset of the verb. */
  verb: number;
}

/** `[each] NOUN have|belong` or `NOUN {, NOUN} and NOUN have|belong` at `offset`, without using anything. */
function subjectAt(reader: Reader, offset = 0): Subject | null {
  const nouns: Subject["nouns"] = [];
  let at = reader.at(EACH, offset) ? offset + 1 : offset;
  let joined = false;
  while (nouns.length < MAX_SUBJECTS) {
    const noun = subjectNoun(reader, at);
    // A noun that comes twice ends a list and starts a sentence: "with users and tasks, tasks have …".
    if (!noun || nouns.some((other) => singularOf(other.noun.name) === singularOf(noun.name))) return null;
    nouns.push({ noun, offset: at });
    at += noun.count;
    if (verbAt(reader, at, nouns.length > 1 || noun.plural))
      return nouns.length === 1 || joined ? { nouns, verb: at } : null;
    if (!reader.at(SEPARATORS, at) || joined) return null;
    for (; reader.at(SEPARATORS, at); at++) joined ||= !reader.at(",", at);
    if (reader.at("the", at)) at++;
  }
  return null;
}

/** "each customer places orders" has the subject customer, not "customer places". */
function subjectNoun(reader: Reader, at: number): Noun | null {
  const noun = nounAt(reader, at);
  if (noun?.count !== 2 || verbAt(reader, at + 2, noun.plural)) return noun;
  const short = nounAt(reader, at, 1)!;
  return verbPhraseAt(reader, at + 1, short.plural) ? short : noun;
}

function verbAt(reader: Reader, offset: number, plural: boolean): boolean {
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
function furtherVerbAt(reader: Reader, offset: number, plural: boolean): boolean {
  const phrase = verbPhraseAt(reader, offset, plural);
  if (phrase && phrase.kind !== "belongs" && !reader.at("and", offset - 1)) return false;
  return verbAt(reader, offset, plural);
}

/** "users may have a phone", "every task must have a title" */
function modalHaveAt(reader: Reader, offset: number): boolean {
  const modal = reader.at(MAY, offset) || reader.at(MUST, offset) || reader.at("optionally", offset);
  return modal && reader.at(HAVE, offset + 1);
}

/** How many tokens say `are many-to-many` or `are many to many`; 0 when these do not. */
function manyToManyAt(reader: Reader, offset: number): number {
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
  return subjectAt(reader, offset)?.nouns.length === 1;
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

/** A whole clause with its subject. False, with nothing used, when none starts here. */
export function parseClause(reader: Reader, draft: Draft): boolean {
  const subject = subjectAt(reader);
  if (!subject) return false;
  const start = reader.index;
  const tables = subject.nouns.map(({ noun, offset }) => {
    const index = reader.index + offset;
    return { noun, tokens: reader.tokens.slice(index, index + noun.count) };
  });
  reader.accept(EACH, "article");
  while (reader.index < start + subject.verb)
    reader.take(reader.at(SEPARATORS) ? "separator" : reader.at("the") ? "article" : "subject");
  const owners = tables.flatMap(({ noun, tokens }) => namedTable(reader, draft, noun, tokens));
  for (const owner of owners) owner.described = true;
  const plural = owners.length > 1 || (subject.nouns.at(-1)?.noun.plural ?? true);
  parsePredicate(reader, draft, owners, "sentence", plural);
  return true;
}

/** The table a noun names; reported and left out when the name cannot be one. */
export function namedTable(reader: Reader, draft: Draft, noun: Noun, tokens: Token[]): TableDraft[] {
  const problem = tableWordProblem(noun.count === 1 ? tokens[0]!.text : noun.name);
  if (!problem) {
    if (noun.count > 1 && !noun.known && !findTable(draft, noun.name))
      draft.assumptions.push(`${noun.name}: "${tokens.map(({ text }) => text).join(" ")}" is one table`);
    return [tableFor(draft, noun.name, tokens)];
  }
  reader.reportTokens(tokens, problem.reason, problem.suggestion);
  return [];
}

/** `have FIELDS`, `are searchable`, `[optionally] belong to OWNERS` or another verb, from the verb; several of them joined by
 * "and". */
function parsePredicate(reader: Reader, draft: Draft, tables: TableDraft[], place: Place, plural: boolean): void {
  for (let again = false; ; again = true) {
    const start = reader.index;
    const both = manyToManyAt(reader, 0);
    const phrase = verbPhraseAt(reader, 0, plural) ?? (again ? verbPhraseAt(reader, 0, !plural) : null);
    if (both > 0) addManyToMany(reader, draft, tables, both);
    else if (phrase && phrase.kind !== "belongs") addVerb(reader, draft, tables, phrase);
    else if (stateAt(reader, 0) > 0) parseState(reader, draft, tables);
    else if (phrase?.kind === "belongs") {
      const may = !phrase.said && reader.accept(MAY_BELONG, "modifier") !== null;
      if (may) reader.take(again ? "noise" : "belongs-to"); // "and optionally to" says the same
      reader.take("belongs-to", phrase.count - (reader.index - start));
      parseOwners(reader, draft, tables, start, phrase, place);
    } else {
      const modal = modalHaveAt(reader, 0) ? reader.take("modifier") : null;
      reader.take("verb");
      reader.accept(":", "noise");
      if (reader.at("the") && reader.at("following", 1) && reader.at(FIELDS, 2)) reader.take("noise", 3);
      reader.accept(":", "noise");
      const all = modal && (MUST.has(modal.lower) ? "required" : "optional");
      const matters = parseFields(reader, draft, tables, place, all);
      if (modal && !matters) modal.use = "noise"; // "must have a name" is what "have a name" is
    }
    const next = separatorsAhead(reader);
    if (next === 0 || !(furtherVerbAt(reader, next, plural) || furtherVerbAt(reader, next, !plural))) return;
    reader.take("separator", next);
  }
}

function parseOwners(
  reader: Reader,
  draft: Draft,
  tables: TableDraft[],
  start: number,
  { optional, said, verb }: Extract<VerbPhrase, { kind: "belongs" }>,
  place: Place,
): void {
  let mayBelong = optional;
  for (let first = start; ;) {
    const owner = parseOwner(reader, first, true, mayBelong);
    if (!owner) {
      const end = Math.max(endOfClause(reader), reader.index);
      reader.report(
        start,
        Math.max(end, start + 1),
        "The name of a table must follow.",
        'Write "each product belongs to a supplier"',
      );
      reader.index = Math.max(end, reader.index);
      return;
    }
    for (const table of tables) {
      addColumn(reader, draft, table, said ? { ...owner, by: verb } : owner);
      if (said) draft.assumptions.push(belongingOf(table, owner));
    }
    const next = separatorsAhead(reader);
    const again = next === 0 ? 0 : againTo(reader, next);
    if (next === 0 || (again === 0 && !anotherOwnerAt(reader, next, place)) || clauseAt(reader, next)) return;
    mayBelong = reader.at(MAY_BELONG, next);
    reader.take("separator", next + again);
    first = reader.index;
  }
}

function belongingOf(table: TableDraft, { column, target }: ColumnDraft): string {
  const verb = column.nullable ? "may belong" : "belongs";
  const parent = withArticle(spoken(singularOf(target!.noun)));
  return `${table.name}.${column.name}: each ${spoken(table.singular)} ${verb} to ${parent}`;
}

/** How many tokens say `[optionally] to` in "belongs to an artist and optionally to a room". */
function againTo(reader: Reader, offset: number): number {
  const at = reader.at(MAY_BELONG, offset) ? 1 : 0;
  return reader.at("to", offset + at) ? at + 1 : 0;
}

/** "and a user", "and an optional user as reviewer"; a bare plural only where no list of tables can go on. */
function anotherOwnerAt(reader: Reader, offset: number, place: Place): boolean {
  const article = reader.at(EACH, offset);
  let at = article ? offset + 1 : offset;
  if (reader.at("optional", at)) at++;
  const noun = nounAt(reader, at);
  if (!noun || (!article && !(noun.plural && place === "sentence"))) return false;
  if (noun.count > 1 && !article && !noun.known && !isDescribed(reader, at)) return false; // "and lead teams"
  at += noun.count;
  const second = article && noun.count === 1 ? nounAt(reader, at) : null; // "an away team"
  if (second && !reader.peek(at)!.newline) at += second.count;
  const token = reader.peek(at);
  return (
    !token || token.newline || token.lower === "as" || SEPARATORS.has(token.lower) || SENTENCE_ENDS.has(token.text)
  );
}

/** Fields separated by commas and "and", until a sentence ends or the next clause or table starts.
 * @param all What the verb says of each: "may have", "must have".
 * @returns whether that makes a difference to one of them. */
export function parseFields(
  reader: Reader,
  draft: Draft,
  tables: TableDraft[],
  place: Place,
  all: "optional" | "required" | null = null,
): boolean {
  for (let matters = false; ;) {
    const done = parseFeature(reader, draft, tables) || parseNested(reader, draft, tables);
    const field = done ? null : parseField(reader, place, endOfClause, all);
    matters ||= all !== null && field?.kind === "column" && (all === "optional" || isOptionalByName(field));
    if (field?.kind === "column") for (const table of tables) addColumn(reader, draft, table, field);
    else if (field && all === "required") reportRule(reader, field.tokens);
    else if (field) addRelation(reader, draft, tables, field);
    const next = separatorsAhead(reader);
    if (next === 0 || reader.peek(next) === undefined) return matters;
    if (furtherVerbAt(reader, next, true) || furtherVerbAt(reader, next, false)) return matters;
    if (
      clauseAt(reader, next) ||
      (groupAt(reader, next) && isPlural(reader.peek(next)!.lower)) ||
      (place === "relative" && startsListItem(reader, next))
    )
      return matters;
    if (
      reader.atPlease(next) ||
      SENTENCE_ENDS.has(reader.peek(next)!.text) ||
      reader.peek(next)!.newline ||
      reader.peek(next)!.kind === "path"
    )
      return matters;
    reader.take("separator", next);
  }
}

/** "users must have many posts" */
function reportRule(reader: Reader, tokens: Token[]): void {
  const reason = "That there must be some of them is a rule, which the offline model does not write.";
  reader.reportTokens(tokens, reason, 'Write "have many" without "must"');
}

function isOptionalByName({ column, assumed }: ColumnDraft): boolean {
  return (
    shapeByName(column.name)?.nullable === true && assumed.some((text) => text.startsWith(`${column.name}: no type`))
  );
}

/** In a list of tables: a noun that is described itself ("comments that have …") is the next item. */
function startsListItem(reader: Reader, offset: number): boolean {
  const noun = nounAt(reader, offset);
  if (!noun?.plural) return false;
  const after = offset + noun.count;
  return reader.at(RELATIVE, after) || reader.at("with", after) || reader.peek(after)?.text === "(";
}

function separatorsAhead(reader: Reader): number {
  let count = 0;
  while (reader.at(SEPARATORS, count)) count++;
  return count;
}

/** What may follow a table in a list: `that have …`, `with …`, `that belong to …`. */
export function parseRelative(reader: Reader, draft: Draft, table: TableDraft): void {
  if (reader.accept("with", "relative") || reader.accept("having", "relative")) {
    parseFields(reader, draft, [table], "relative");
    return;
  }
  if (reader.at("belonging") && reader.at("to", 1)) {
    const reference = parseBelongsTo(reader, true);
    if (reference) addColumn(reader, draft, table, reference);
    return;
  }
  if (!reader.at(RELATIVE)) return;
  if (!reader.at(HAVE, 1) && !modalHaveAt(reader, 1) && !verbPhraseAt(reader, 1, true)) return;
  reader.take("relative");
  parsePredicate(reader, draft, [table], "relative", true);
}
