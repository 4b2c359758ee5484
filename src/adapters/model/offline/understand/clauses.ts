// Sentences about tables: "users have a name and an email", "each product belongs to a supplier", "posts have many comments".
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { addColumn, type ColumnDraft, type Draft, type TableDraft, tableFor } from "./draft.ts";
import { type Field, type Place, parseBelongsTo, parseField, parseOwner } from "./field.ts";
import { referenceTo } from "./column.ts";
import { singularOf } from "./inflect.ts";
import { isName, nounAt, type Noun, tableWordProblem } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { BELONG, EACH, HAVE, RELATIVE, SENTENCE_ENDS, SEPARATORS } from "./vocabulary.ts";
import { linkTableFor } from "./well-known-tables.ts";

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
    const noun = nounAt(reader, at);
    // A noun that comes twice ends a list and starts a sentence: "with users and tasks, tasks have …".
    if (!noun || nouns.some((other) => singularOf(other.noun.name) === singularOf(noun.name))) return null;
    nouns.push({ noun, offset: at });
    at += noun.count;
    if (verbAt(reader, at)) return nouns.length === 1 || joined ? { nouns, verb: at } : null;
    if (!reader.at(SEPARATORS, at) || joined) return null;
    for (; reader.at(SEPARATORS, at); at++) joined ||= !reader.at(",", at);
    if (reader.at("the", at)) at++;
  }
  return null;
}

function verbAt(reader: Reader, offset: number): boolean {
  const at = reader.at("optionally", offset) || reader.at("may", offset) ? offset + 1 : offset;
  return (at === offset && reader.at(HAVE, at)) || (reader.at(BELONG, at) && reader.at("to", at + 1));
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
  return word !== undefined && isName(word) && reader.peek(offset + 1)?.text === "(";
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
  const tables = subject.nouns.map(({ noun, offset }) => {
    const index = reader.index + offset;
    return { noun, tokens: reader.tokens.slice(index, index + noun.count) };
  });
  reader.take("subject", subject.verb);
  const owners = tables.flatMap(({ noun, tokens }) => namedTable(reader, draft, noun, tokens));
  parsePredicate(reader, draft, owners, "sentence");
  return true;
}

/** The table a noun names; reported and left out when the name cannot be one. */
export function namedTable(reader: Reader, draft: Draft, noun: Noun, tokens: Token[]): TableDraft[] {
  const problem = tableWordProblem(noun.count === 1 ? tokens[0]!.text : noun.name);
  if (!problem) return [tableFor(draft, noun.name, tokens)];
  reader.reportTokens(tokens, problem.reason, problem.suggestion);
  return [];
}

/** `have FIELDS` or `[optionally] belong to OWNERS`, from the verb. */
function parsePredicate(reader: Reader, draft: Draft, tables: TableDraft[], place: Place): void {
  if (reader.accept(HAVE, "verb")) {
    parseFields(reader, draft, tables, place);
    return;
  }
  const start = reader.index;
  const optional = reader.at("optionally") || reader.at("may");
  if (optional) reader.take("modifier");
  reader.take("belongs-to", 2);
  parseOwners(reader, draft, tables, start, optional, place);
}

function parseOwners(
  reader: Reader,
  draft: Draft,
  tables: TableDraft[],
  start: number,
  optional: boolean,
  place: Place,
): void {
  for (let first = start; ;) {
    const owner = parseOwner(reader, first, true, optional);
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
    for (const table of tables) addColumn(reader, draft, table, owner);
    const next = separatorsAhead(reader);
    if (next === 0 || !anotherOwnerAt(reader, next, place) || clauseAt(reader, next)) return;
    reader.take("separator", next);
    first = reader.index;
  }
}

/** "and a user", "and an optional user as reviewer"; a bare plural only where no list of tables can go on. */
function anotherOwnerAt(reader: Reader, offset: number, place: Place): boolean {
  const article = reader.at(EACH, offset);
  let at = article ? offset + 1 : offset;
  if (reader.at("optional", at)) at++;
  const noun = nounAt(reader, at);
  if (!noun || (!article && !(noun.plural && place === "sentence"))) return false;
  at += noun.count;
  const token = reader.peek(at);
  return (
    !token || token.newline || token.lower === "as" || SEPARATORS.has(token.lower) || SENTENCE_ENDS.has(token.text)
  );
}

/** Fields separated by commas and "and", until a sentence ends or the next clause or table starts. */
function parseFields(reader: Reader, draft: Draft, tables: TableDraft[], place: Place): void {
  for (;;) {
    const field = parseField(reader, place, endOfClause);
    if (field) for (const table of tables) addField(reader, draft, table, field);
    const next = separatorsAhead(reader);
    if (next === 0 || reader.peek(next) === undefined) return;
    if (clauseAt(reader, next) || groupAt(reader, next) || (place === "relative" && startsListItem(reader, next)))
      return;
    if (
      reader.atPlease(next) ||
      SENTENCE_ENDS.has(reader.peek(next)!.text) ||
      reader.peek(next)!.newline ||
      reader.peek(next)!.kind === "path"
    )
      return;
    reader.take("separator", next);
  }
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

function addField(reader: Reader, draft: Draft, table: TableDraft, field: Field): void {
  if (field.kind === "column") addColumn(reader, draft, table, field);
  else addMany(reader, draft, table, field.noun, field.tokens);
}

/** "posts have many comments": every comment belongs to a post. */
function addMany(reader: Reader, draft: Draft, owner: TableDraft, noun: string, tokens: Token[]): void {
  const problem = tableWordProblem(noun);
  if (problem) {
    reader.reportTokens(tokens, problem.reason, problem.suggestion);
    return;
  }
  const member = tableFor(draft, noun, tokens);
  const link = linkTableFor(owner.name, member.name);
  const mutual = owner.columns.some((column) => column.target && singularOf(column.target.noun) === member.singular);
  if (link || (mutual && member !== owner)) {
    reader.reportTokens(
      tokens,
      `${owner.name} and ${member.name} relate many to many, which needs a table between them.`,
      `Write ${link ?? `${owner.singular}_${member.name}(${owner.singular}:references:${owner.name}, ${member.singular}:references:${member.name})`}`,
    );
    return;
  }
  const reference: ColumnDraft = referenceTo(owner.name, null, member === owner, tokens, false);
  if (!member.columns.some((column) => column.column.name === reference.column.name)) {
    draft.assumptions.push(
      `${member.name}.${reference.column.name}: each ${spoken(member.singular)} belongs to ${withArticle(spoken(owner.singular))}`,
    );
  }
  addColumn(reader, draft, member, reference);
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
  const verb = reader.at(HAVE, 1) || (reader.at(BELONG, 1) && reader.at("to", 2));
  if (!verb) return;
  reader.take("relative");
  parsePredicate(reader, draft, [table], "relative");
}
