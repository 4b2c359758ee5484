// What relates tables in a sentence: "many products with a quantity", "one profile", "many-to-many". Collected here, resolved in
// relations.ts.
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { parseChoice } from "./choice.ts";
import { noAttributes } from "./attributes.ts";
import { ABOUT, clauseAt, endOfClause, groupAt, separatorsAhead } from "./clause-ahead.ts";
import { namedTable, parseFields } from "./clauses.ts";
import { makeColumn, referenceTo } from "./column.ts";
import { isDescribed, isUnclearCompound, reportUnclearCompound } from "./described.ts";
import {
  addColumn,
  belongingOf,
  type Draft,
  emptyDraft,
  findTable,
  type Relation,
  type TableDraft,
  tableFor,
} from "./draft.ts";
import type { Field } from "./field.ts";
import { isPlural, pluralOf, singularOf } from "./inflect.ts";
import { nounAt, tableWordProblem } from "./names.ts";
import type { Reader } from "./reader.ts";
import { isPerson } from "./resolve-accounts.ts";
import { parseGroup } from "./table-group.ts";
import type { Token } from "./tokens.ts";
import { reportUnusual, reportUnclearOne } from "./unclear.ts";
import { BEFORE_OBJECT, BOOKINGS, MAY, type VerbPhrase, verbPhraseAt } from "./verbs.ts";
import { POSSESSIVES } from "./vocabulary.ts";
import { isPluralColumn } from "./well-known-columns.ts";
import { linkBetween, wellKnownColumns } from "./well-known-tables.ts";

/** "posts and tags are many-to-many", from the verb. */
export function addManyToMany(reader: Reader, draft: Draft, tables: TableDraft[], count: number): void {
  const first = reader.take("many-to-many", count);
  const [owner, member, more] = tables;
  if (owner && member && !more) {
    const { through, attributes } = parseLink(reader, draft, member);
    draft.relations.push({ kind: "mutual", owner, member, through, attributes, tokens: [first] });
  } else reader.reportTokens([first], "Two tables must stand before this.", 'Write "posts and tags are many-to-many"');
}

/** "posts have many comments", "orders have many products with a quantity": resolved when all tables are known. */
export function addRelation(
  reader: Reader,
  draft: Draft,
  owners: TableDraft[],
  field: Exclude<Field, { kind: "column" }>,
): void {
  const { kind, noun, tokens } = field;
  const problem = tableWordProblem(noun);
  if (problem) {
    reader.reportTokens(tokens, problem.reason, problem.suggestion);
    return;
  }
  const member = tableFor(draft, noun, tokens);
  const { through, attributes } = parseLink(reader, draft, member);
  if (field.conventional && reportUnusual(reader, owners, member, tokens)) return;
  for (const owner of owners) {
    if (kind === "one" && reportUnclearOne(reader, owner, member, tokens)) continue;
    draft.relations.push({ kind, owner, member, through, attributes, tokens });
  }
}

/** "authors write posts", "students enroll in courses with a grade", "categories can be nested", from the verb. */
export function addVerb(
  reader: Reader,
  draft: Draft,
  owners: TableDraft[],
  phrase: Exclude<VerbPhrase, { kind: "belongs" }>,
): void {
  const start = reader.index;
  const tokens = reader.tokens.slice(start, start + phrase.count);
  if (phrase.kind === "nested") {
    reader.take("nested", phrase.count);
    for (const owner of owners) addParent(reader, draft, owner, tokens);
    return;
  }
  if (phrase.kind === "flag") {
    reader.take("flag", phrase.count);
    const column = makeColumn(reader, phrase.name, { ...noAttributes(), type: "boolean" }, tokens);
    if (column) column.state = true;
    for (const owner of column ? owners : []) addColumn(reader, draft, owner, column!);
    return;
  }
  if (phrase.kind === "choice") {
    addStatus(reader, draft, owners, phrase.count);
    return;
  }
  if (owners.length > 1 && phrase.kind === "has") {
    const names = owners.map(({ name }) => name).join(" and ");
    const suggestion = `Write a sentence for each of them, with "optionally belong to"`;
    reader.report(start, endOfClause(reader), `Each of these would need all of the ${names}.`, suggestion);
    reader.index = endOfClause(reader);
    return;
  }
  const can = reader.accept(MAY, "noise") ? 1 : 0; // "users can write posts"
  reader.take(phrase.kind === "has" ? "has-many" : "many-to-many", phrase.count - can);
  if (phrase.kind === "has" && parseNested(reader, draft, owners)) return;
  for (;;) {
    const object = parseObject(reader, draft);
    if (!object) return;
    const used = reader.tokens.slice(start, reader.index);
    const about = phrase.kind === "has" && parseAbout(reader, draft, object, phrase.meets);
    const link = parseLink(reader, draft, object);
    for (const owner of owners) {
      if (phrase.kind === "links") addLinkOf(reader, draft, { owner, object, phrase, tokens: used, ...link });
      else {
        const { verb: by, owns } = phrase;
        draft.relations.push({ kind: "many", owner, member: object, ...link, tokens: used, by, ...(owns && { owns }) });
      }
    }
    const next = separatorsAhead(reader);
    if (next === 0 || verbPhraseAt(reader, next, true) || !objectAt(reader, next)) return;
    reader.take("separator", next);
    if (phrase.kind === "links" || about) {
      const noun = reader.take("table", nounAt(reader)!.count);
      reader.reportTokens(
        [...reader.tokens.slice(start, start + 1), noun],
        about
          ? `"${noun.text}" can be read as more of what they are on, or of what they are.`
          : "A verb like this takes one table.",
        `Write a sentence of its own for the ${noun.text}.`,
      );
      return;
    }
  }
}

/** What a verb is about: `[a|their|many …] NOUN`; null, with a report, when its name cannot be one. */
function parseObject(reader: Reader, draft: Draft): TableDraft | null {
  if (reader.at("one") || (reader.at("exactly") && reader.at("one", 1))) {
    const one = reader.take("reported", reader.at("one") ? 1 : 2);
    reader.reportTokens(
      reader.tokens.slice(reader.tokens.indexOf(one), reader.index),
      "A verb like this is of any number of them.",
      'Leave it out, or say it the other way: "each … belongs to a …"',
    );
  }
  while (reader.at(POSSESSIVES) || reader.at(BEFORE_OBJECT)) reader.take(reader.at(POSSESSIVES) ? "article" : "noise");
  if (isUnclearCompound(reader, 0)) {
    reportUnclearCompound(reader);
    return null;
  }
  const noun = nounAt(reader)!;
  const tokens = reader.tokens.slice(reader.index, reader.index + noun.count);
  reader.take("table", noun.count);
  return namedTable(reader, draft, noun, tokens)[0] ?? null;
}

/** Another plural noun, with no sentence of its own: "authors write posts and comments". */
function objectAt(reader: Reader, offset: number): boolean {
  const noun = nounAt(reader, offset);
  // "sell products and offer discounts": two words may as well be a verb and its object.
  const one = noun !== null && (noun.count === 1 || noun.known || isDescribed(reader, offset));
  return one && noun.plural && !clauseAt(reader, offset) && !groupAt(reader, offset);
}

/** "readers leave comments on posts", "patients make appointments with doctors" */
function parseAbout(reader: Reader, draft: Draft, object: TableDraft, meets: boolean): boolean {
  const article = reader.at(POSSESSIVES, 1) ? 1 : 0;
  const noun = reader.at(ABOUT) || (meets && reader.at("with")) ? nounAt(reader, 1 + article) : null;
  // "with a doctor" would be a column of what is made
  const column = noun && !noun.known && (article === 1 || !noun.plural || isPluralColumn(noun.name));
  if (!noun || (reader.at("with") && column)) return false;
  const start = reader.index;
  reader.take("belongs-to");
  if (article === 1) reader.take("article");
  reader.take("target", noun.count);
  const tokens = reader.tokens.slice(start, reader.index);
  const reference = { ...referenceTo(noun.name, null, false, tokens, true), by: "about" };
  const other = object.columns.find(
    ({ by, target }) => by === "about" && singularOf(target!.noun) !== singularOf(noun.name),
  );
  if (other) {
    const both = `a ${spoken(singularOf(other.target!.noun))} and a ${spoken(singularOf(noun.name))}`;
    const suggestion = `Write "${object.name} optionally belong to …" for both of them`;
    reader.reportTokens(tokens, `Each of the ${object.name} would need ${both}.`, suggestion);
    return true;
  }
  if (noun.plural && linkBetween(object.name, noun.name)) {
    const member = tableFor(draft, noun.name, tokens); // "place orders for products": several of them
    draft.relations.push({ kind: "mutual", owner: object, member, through: null, attributes: [], tokens });
    return true;
  }
  addColumn(reader, draft, object, reference);
  draft.assumptions.push(belongingOf(object, reference.column, singularOf(noun.name)));
  return true;
}

/** "appointments with doctors" in a list */
export function parseMeeting(reader: Reader, draft: Draft, table: TableDraft): boolean {
  const noun =
    BOOKINGS.has(table.singular) && reader.at("with") ? nounAt(reader, reader.at(POSSESSIVES, 1) ? 2 : 1) : null;
  return (
    noun !== null &&
    noun.known &&
    isPerson(noun.plural ? noun.name : pluralOf(noun.name)) &&
    parseAbout(reader, draft, table, true)
  );
}

/** "comments on posts", "invoices for customers" in a list: only of tables that are known, because "for" may say anything. */
export function parseAboutKnown(reader: Reader, draft: Draft, table: TableDraft): boolean {
  const noun = reader.at(ABOUT) ? nounAt(reader, reader.at(POSSESSIVES, 1) ? 2 : 1) : null;
  if (!noun || !(noun.known || isDescribed(reader, 1) || findTable(draft, noun.name))) return false;
  return parseAbout(reader, draft, table, false);
}

interface LinkOf extends Pick<Relation, "through" | "attributes"> {
  owner: TableDraft;
  object: TableDraft;
  phrase: Extract<VerbPhrase, { kind: "links" }>;
  tokens: Token[];
}

/** The table that a verb stands for, between its subject and its object. */
function addLinkOf(reader: Reader, draft: Draft, of: LinkOf): void {
  const { owner, object, phrase, tokens, through, attributes } = of;
  const known = phrase.again || phrase.apart ? null : linkBetween(owner.name, object.name);
  const name = linkName(draft, { owner, object }, known?.name ?? phrase.table);
  if (!through && !findTable(draft, name)) {
    draft.assumptions.push(
      `${name}: added between ${owner.name} and ${object.name}, because ${owner.name} ${phrase.verb} ${object.name}`,
    );
  }
  const link = through ?? tableFor(draft, name, tokens);
  link.links = `${owner.name} ${object.name}`;
  if (phrase.apart) link.apart = true;
  if (!phrase.again) {
    draft.relations.push({ kind: "mutual", owner, member: object, through: link, attributes, tokens });
    return;
  }
  link.usual = phrase.table;
  // A loan or a booking is a thing of its own: the same two may have it again, and it has the columns that are usual for it.
  for (const { name: noun } of [owner, object])
    addColumn(reader, draft, link, referenceTo(noun, null, false, tokens, true));
  for (const attribute of attributes) addColumn(reader, draft, link, attribute);
}

/** "users like posts; users like comments": likes, and comment_likes. */
function linkName(draft: Draft, { owner, object }: Pick<LinkOf, "owner" | "object">, usual: string): string {
  const names = [usual, `${object.singular}_${usual}`, `${owner.singular}_${object.singular}_${usual}`];
  const own = `${owner.name} ${object.name}`;
  const isFree = (name: string) => (findTable(draft, name)?.links ?? own) === own;
  return names.find(isFree) ?? names[2]!;
}

/** "each task may have subtasks", "categories have subcategories". False, with nothing used, when nothing like it follows. */
export function parseNested(reader: Reader, draft: Draft, tables: TableDraft[]): boolean {
  const [table, more] = tables;
  if (!table || more) return false;
  const before = reader.at(BEFORE_OBJECT) ? 1 : 0;
  const word = reader.peek(before)?.lower.replace("-", "") ?? "";
  if (!word.startsWith("sub") || !isPlural(word) || isDescribed(reader, before)) return false;
  const whole = word.slice("sub".length);
  if (whole !== table.name && !wellKnownColumns(whole)) return false;
  if (before === 1) reader.take("noise");
  const token = reader.take("nested");
  if (whole === table.name) addParent(reader, draft, table, [token]);
  else {
    const suggestion = `Write "${whole} have ${token.text}", or "; ${token.text} have a name" for a table of their own`;
    reader.reportTokens(
      [...table.tokens, token],
      `"${token.text}" are parts of ${whole}, not of ${table.name}.`,
      suggestion,
    );
  }
  return true;
}

/** A tree: each row may be below another one. */
function addParent(reader: Reader, draft: Draft, table: TableDraft, tokens: Token[]): void {
  addColumn(reader, draft, table, referenceTo(table.name, "parent", true, tokens, false));
  draft.assumptions.push(`${table.name}.parent_id: each ${spoken(table.singular)} may be below another one`);
}

/** `[through NOUN] [with FIELDS | ( FIELDS )]` behind a relation. */
function parseLink(reader: Reader, draft: Draft, member: TableDraft): Pick<Relation, "through" | "attributes"> {
  const start = reader.index;
  const noun = reader.at("through") ? nounAt(reader, 1) : null;
  let through: TableDraft | null = null;
  if (noun) {
    const first = reader.take("through", 1 + noun.count);
    [through = null] = namedTable(reader, draft, noun, reader.tokens.slice(reader.index - noun.count, reader.index));
    first.use = "through";
  }
  // Collected in a table of its own, so that a name that comes twice is found.
  const link: TableDraft = { ...member, name: "the relation", columns: [], grouped: false };
  const own = emptyDraft();
  if (reader.accept("with", "relative")) parseFields(reader, own, [link], "sentence");
  else if (reader.at("(")) parseGroup(reader, own, link, link);
  reportCommaAnd(reader, start, link);
  for (const { tokens } of own.relations)
    reader.reportTokens(tokens, "It is not clear which of the tables has these.", "Write it as a sentence of its own.");
  return { through, attributes: link.columns };
}

/** "with a quantity, and a status": the comma may end what belongs to the relation. */
function reportCommaAnd(reader: Reader, start: number, { columns }: TableDraft): void {
  const [first, second, third] = columns;
  if (!first || !second || third || second.target) return;
  const between = reader.tokens.slice(start, reader.index);
  const comma = between.find((token, n) => token.text === "," && between[n + 1]?.lower === "and");
  if (!comma) return;
  columns.pop();
  reader.reportTokens(
    second.tokens,
    `"${second.column.name}" can be read as part of the relation, or as a column of what the sentence is about.`,
    `Leave the comma out for the first, or write a sentence of its own for the second: "; orders have a ${second.column.name}"`,
  );
}

/** "posts are draft or published": a column that has no name. */
function addStatus(reader: Reader, draft: Draft, owners: TableDraft[], count: number): void {
  reader.take("choice", count);
  const start = reader.index;
  const said = noAttributes();
  parseChoice(reader, said, 0);
  const tokens = reader.tokens.slice(start, reader.index);
  const first = reader.tokens.indexOf(tokens[0]!) + (tokens[0]!.lower === "either" ? 1 : 0);
  const words = reader.request.slice(reader.tokens[first]!.start, tokens.at(-1)!.end);
  for (const owner of owners) {
    const named = draft.tables.find(({ columns }) => columns.some(({ column }) => column.name === owner.singular));
    if (named) {
      const reason = `"${words}" can be read as said of ${owner.name}, or of the ${spoken(owner.singular)} of ${named.name}.`;
      reader.reportTokens(
        tokens,
        reason,
        `Write "${named.name} have ${withArticle(spoken(owner.singular))} of ${words}"`,
      );
      return;
    }
  }
  const column = makeColumn(reader, "status", said, tokens);
  if (column) column.state = true;
  column?.assumed.push(`status: no name given for ${words}, taken as this`);
  for (const owner of column ? owners : []) addColumn(reader, draft, owner, column!);
}
