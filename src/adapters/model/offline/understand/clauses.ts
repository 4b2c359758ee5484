// Sentences about tables: "users have a name and an email", "each product belongs to a supplier", "posts have many comments".
import { spoken } from "../../../../plan/endpoints.ts";
import {
  clauseAt,
  endOfClause,
  furtherVerbAt,
  groupAt,
  manyToManyAt,
  modalHaveAt,
  MUST,
  separatorsAhead,
  startsListItem,
  subjectAt,
  verbAt,
} from "./clause-ahead.ts";
import { isDescribed } from "./described.ts";
import type { Column } from "../../../../plan/plan.ts";
import { addColumn, belongingOf, type ColumnDraft, type Draft, findTable, type TableDraft, tableFor } from "./draft.ts";
import { parseFeature, parseState, stateAt } from "./features.ts";
import { addManyToMany, addRelation, addVerb, parseAboutKnown, parseMeeting, parseNested } from "./links.ts";
import { isTypedColumn, type Place, parseField } from "./field.ts";
import { parseBelongsTo, parseOwner } from "./owner.ts";
import {
  isExactGroup,
  isUnclearGroup,
  reportGroup,
  reportSharedBound,
  reportSharedModifier,
  reportUnclearOwner,
  reportVerbOrTable,
} from "./unclear.ts";
import { isPlural, singularOf } from "./inflect.ts";
import { nounAt, type Noun, tableWordProblem } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { participleAt, type VerbPhrase, verbPhraseAt } from "./verbs.ts";
import { shapeByName } from "./well-known-columns.ts";
import { BELONG, EACH, HAVE, POSSESSIVES, RELATIVE, SENTENCE_ENDS, SEPARATORS, words } from "./vocabulary.ts";

const FIELDS = words("fields columns attributes properties");
const NUMBERS: ReadonlySet<string> = new Set(["integer", "bigint", "decimal"]);
const MAY_BELONG = words("optionally may can could");

/** A whole clause with its subject. False, with nothing used, when none starts here. */
export function parseClause(reader: Reader, draft: Draft): boolean {
  const subject = subjectAt(reader);
  if (!subject) return false;
  const start = reader.index;
  if (subject.unclear) {
    const last = subject.nouns.at(-1)!;
    const end = start + last.offset + last.noun.count;
    const names = reader.request.slice(reader.tokens[start]!.start, reader.tokens[end - 1]!.end);
    const reason = `It can be read as said of "${names}", or of the ${spoken(last.noun.name)} alone.`;
    reader.reportExactly(start, end, reason, 'Write "and" between them, or a sentence for each.');
    reader.index = endOfClause(reader);
    return true;
  }
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

/** "Customers have a name. They have a phone, too": the table that the sentence before names, when it is one. */
export function parseThey(reader: Reader, draft: Draft): boolean {
  if (!reader.at("they") || !verbAt(reader, 1, true)) return false;
  const [name, ...more] = draft.mentioned;
  const subject = name !== undefined && more.length === 0 ? findTable(draft, name) : undefined;
  if (subject) {
    reader.take("subject");
    subject.described = true;
    parsePredicate(reader, draft, [subject], "sentence", true);
    return true;
  }
  const { text } = reader.peek()!;
  const names = draft.mentioned.map(spoken).join(" or ");
  const reason = names ? `"${text}" can be read as ${names}.` : `Nothing stands before "${text}".`;
  const end = endOfClause(reader);
  reader.reportExactly(reader.index, end, reason, `Write "${spoken(name ?? "users")} have …"`);
  reader.index = end;
  return true;
}

/** The table a noun names; reported and left out when the name cannot be one. */
export function namedTable(reader: Reader, draft: Draft, noun: Noun, tokens: Token[]): TableDraft[] {
  const problem = tableWordProblem(noun.count === 1 ? tokens[0]!.text : noun.name);
  if (!problem) {
    const added = !findTable(draft, noun.name);
    const table = tableFor(draft, noun.name, tokens);
    if (noun.count > 1 && !noun.known && added)
      draft.assumptions.push(`${table.name}: "${tokens.map(({ text }) => text).join(" ")}" is one table`);
    return [table];
  }
  reader.reportTokens(tokens, problem.reason, problem.suggestion);
  return [];
}

/** `have FIELDS`, `are searchable`, `[optionally] belong to OWNERS` or another verb, from the verb; several of them joined by
 * "and". */
function parsePredicate(reader: Reader, draft: Draft, tables: TableDraft[], place: Place, plural: boolean): void {
  let may = false; // "may be assigned to a user and created by a customer"
  for (let again = false; ; again = true) {
    const start = reader.index;
    const both = manyToManyAt(reader, 0);
    const other = again ? (verbPhraseAt(reader, 0, !plural) ?? participleAt(reader)) : null;
    const phrase = verbPhraseAt(reader, 0, plural) ?? other;
    const passive = phrase?.kind === "belongs" && phrase.said;
    const does = phrase !== null || stateAt(reader, 0) > 0;
    if (both > 0) addManyToMany(reader, draft, tables, both);
    else if (phrase && phrase.kind !== "belongs") addVerb(reader, draft, tables, phrase);
    else if (stateAt(reader, 0) > 0) parseState(reader, draft, tables);
    else if (phrase?.kind === "belongs") {
      const participle = again && verbPhraseAt(reader, 0, plural) === null && verbPhraseAt(reader, 0, !plural) === null;
      may = participle ? may : phrase.optional;
      const optionally = !phrase.said && reader.accept(MAY_BELONG, "modifier") !== null;
      if (optionally) reader.take(again ? "noise" : "belongs-to"); // "and optionally to" says the same
      reader.take("belongs-to", phrase.count - (reader.index - start));
      parseOwners(reader, draft, tables, start, { ...phrase, optional: phrase.optional || may }, place);
    } else {
      const modal = modalHaveAt(reader, 0) ? reader.take("modifier") : null;
      reader.take("verb");
      if (reader.at("the") && reader.at("following", 1) && reader.at(FIELDS, 2)) reader.take("noise", 3);
      reader.accept(":", "noise");
      const all = modal && (MUST.has(modal.lower) ? "required" : "optional");
      const matters = parseFields(reader, draft, tables, place, all);
      if (modal && !matters) modal.use = "noise"; // "must have a name" is what "have a name" is
    }
    const next = separatorsAhead(reader);
    // "are assigned to a courier and created by a customer"
    const further = furtherVerbAt(reader, next, plural) || furtherVerbAt(reader, next, !plural);
    if (next === 0) return;
    if (!further && !(passive && participleAt(reader, next))) {
      if (does) reportVerbOrTable(reader, next);
      return;
    }
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
      if (said) draft.assumptions.push(belongingOf(table, owner.column, singularOf(owner.target!.noun)));
    }
    const next = separatorsAhead(reader);
    const again = next === 0 ? 0 : againTo(reader, next);
    if (place === "relative" && again === 0 && reportUnclearOwner(reader, tables[0])) return;
    if (next === 0 || (again === 0 && !anotherOwnerAt(reader, next, place)) || clauseAt(reader, next)) return;
    const each = reader.at(MAY_BELONG, next);
    if (mayBelong && !optional && !each && again === 0) reportSharedOwner(reader, next);
    mayBelong = optional || each;
    reader.take("separator", next + again);
    first = reader.index;
  }
}

/** "optionally a project and a team" */
function reportSharedOwner(reader: Reader, next: number): void {
  const noun = reader.tokens.slice(reader.index + next, reader.index + next + 2);
  reader.reportTokens(noun, "It can be read as optional too, or not.", 'Write "optionally" or "to" before it');
}

/** How many tokens say `[optionally] to` in "belongs to an artist and optionally to a room", or `optionally` alone. */
function againTo(reader: Reader, offset: number): number {
  const at = reader.at(MAY_BELONG, offset) ? 1 : 0;
  if (reader.at("optionally", offset) && reader.at(POSSESSIVES, offset + 1)) return 1;
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
  let before: Column["type"] | null = null; // of what stands before, in a run that has its article at the beginning
  for (let matters = false; ;) {
    const start = reader.index;
    const article = reader.at(POSSESSIVES);
    const first = reader.peek();
    const done = parseFeature(reader, draft, tables) || parseNested(reader, draft, tables);
    const may = all === "optional" && reader.at("many") ? null : all; // "can have many" is "have many"
    const field = done ? null : parseField(reader, place, endOfClause, may);
    matters ||= all !== null && field?.kind === "column" && (all === "optional" || isOptionalByName(field));
    if (field?.kind === "column") for (const table of tables) addColumn(reader, draft, table, field);
    else if (field && all === "required") reportRule(reader, field.tokens);
    else if (field) addRelation(reader, draft, tables, field);
    const column = field?.kind === "column" ? field : null;
    if (column && before !== null && isLike(before, column.column.type) && !article)
      reportSharedBound(reader, start, column);
    const next = separatorsAhead(reader);
    before = column && (article || before !== null) && next === 1 ? column.column.type : null;
    if (column && next === 1) reportSharedModifier(reader, first!, article, column);
    if (next === 0 || reader.peek(next) === undefined) return matters;
    if (furtherVerbAt(reader, next, true) || furtherVerbAt(reader, next, false)) return matters;
    if (
      clauseAt(reader, next) ||
      (place === "relative" && startsListItem(reader, next) && !isUnclearGroup(reader, next))
    )
      return matters;
    if (groupAt(reader, next) && isPlural(reader.peek(next)!.lower) && !isTypedColumn(reader, next)) {
      if (place === "relative" ? !isUnclearGroup(reader, next) : isExactGroup(reader, next)) return matters;
      reader.take("separator", next);
      reportGroup(reader);
      if (separatorsAhead(reader) === 0) return matters;
      continue;
    }
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

/** Could one bound be about columns of both types? */
function isLike(one: Column["type"], other: Column["type"]): boolean {
  return one === other || (NUMBERS.has(one) && NUMBERS.has(other));
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

/** What may follow a table in a list: `that have …`, `with …`, `that belong to …`, `written by …`, `on posts`. */
export function parseRelative(reader: Reader, draft: Draft, table: TableDraft): void {
  if (parseMeeting(reader, draft, table)) return;
  if (reader.accept("with", "relative") || reader.accept("having", "relative")) {
    parseFields(reader, draft, [table], "relative");
    return;
  }
  if ((reader.at("belonging") || (table.grouped && reader.at(BELONG))) && reader.at("to", 1)) {
    const reference = parseBelongsTo(reader, true);
    if (reference) addColumn(reader, draft, table, reference);
    return;
  }
  const participle = participleAt(reader);
  if (participle) {
    const start = reader.index;
    reader.take("belongs-to", participle.count);
    parseOwners(reader, draft, [table], start, participle, "relative");
    return;
  }
  if (parseAboutKnown(reader, draft, table)) {
    reportUnclearOwner(reader, table);
    return;
  }
  if (!reader.at(RELATIVE)) return;
  if (!reader.at(HAVE, 1) && !modalHaveAt(reader, 1) && !verbPhraseAt(reader, 1, true)) return;
  reader.take("relative");
  parsePredicate(reader, draft, [table], "relative", true);
}
