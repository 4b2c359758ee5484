// What can be read in two ways, where the words alone cannot tell: reported with its readings.
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { clauseAt, endOfClause, furtherVerbAt, groupAt, separatorsAhead, startsListItem } from "./clause-ahead.ts";
import { isDescribed } from "./described.ts";
import type { ColumnDraft, TableDraft } from "./draft.ts";
import { singularOf } from "./inflect.ts";
import { nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { BEFORE_OBJECT } from "./verbs.ts";
import { HAVE, LEADING_TYPES, MODIFIERS, POSSESSIVES, TYPES, words } from "./vocabulary.ts";
import { shapeByName } from "./well-known-columns.ts";
import { conventionalParents, linkBetween, usuallyHas } from "./well-known-tables.ts";

const BOUNDS: ReadonlySet<string> = new Set(["bound", "number", "length"]);
const MAY_SAY = words("optionally optional");
const SEARCH = words("search full-text soft bulk login");
/** What belongs to one thing alone. */
const PERSONAL = words(
  "profile account passport license licence address card badge locker desk profile preference setting settings avatar logo wallet cart " +
    "contract record file biography cv resume detail details plan key certificate subscription membership seat",
);

/** "with tasks that belong to users and projects": what they belong to as well, or one more of the list? A comma is more likely
 * the list's, unless convention says otherwise. True when that was reported. */
export function reportUnclearOwner(reader: Reader, table: TableDraft | undefined): boolean {
  const next = separatorsAhead(reader);
  const noun = next === 0 ? null : nounAt(reader, next);
  if (!noun?.plural || !table || startsListItem(reader, next) || clauseAt(reader, next)) return false;
  if (furtherVerbAt(reader, next, true) || furtherVerbAt(reader, next, false)) return false;
  if (conventionalParents(noun.name).includes(table.name)) return false;
  if (reader.at(",") && !conventionalParents(table.name).includes(noun.name)) return false;
  reader.take("separator", next);
  const tokens = reader.tokens.slice(reader.index, reader.index + noun.count);
  reader.take("reported", noun.count);
  reader.reportTokens(
    tokens,
    `"${spoken(noun.name)}" can be read as what ${spoken(table.name)} belong to as well, or as one more table of the list.`,
    `Name ${spoken(noun.name)} before ${spoken(table.name)} for one more table, or write a sentence of its own: "; ${spoken(table.name)} belong to ${withArticle(spoken(singularOf(noun.name)))}"`,
  );
  return true;
}

/** "a unique email and username": of both? "a name, optionally an email and a phone": both optional? At the "and". */
export function reportSharedModifier(reader: Reader, first: Token, article: boolean, { column }: ColumnDraft): void {
  const said = article ? reader.tokens[reader.tokens.indexOf(first) + 1]! : first;
  const optionally = first.lower === "optionally";
  const modified = MODIFIERS.has(said.lower) || LEADING_TYPES.has(said.lower) || said.lower === "positive";
  const alone = !article && reader.tokens.indexOf(first) > 0 && beginsFields(reader, reader.tokens.indexOf(first) - 1);
  const shared = optionally
    ? reader.at("and") && !reader.at(MAY_SAY, 1)
    : modified && (article || (alone && reader.at("and"))) && !reader.at(POSSESSIVES, 1);
  const next = reader.peek(1);
  if (!shared || !next || reader.at(MODIFIERS, 1) || clauseAt(reader, 1) || furtherVerbAt(reader, 1, true)) return;
  if (reader.at(",") && nounAt(reader, 1)?.plural) return; // the next of a list of tables
  if (
    LEADING_TYPES.has(next.lower) ||
    next.kind !== "word" ||
    next.newline ||
    reader.at(SEARCH, 1) ||
    startsListItem(reader, 1)
  )
    return;
  reader.reportTokens(
    [said],
    `"${said.text}" can be read as about ${spoken(column.name)} alone, or about what follows as well.`,
    optionally
      ? 'Write "optional" before each that is'
      : `Write "a …" before the next for the first, "${withArticle(said.lower)} …" for the second`,
  );
}

/** Behind "have" or "with". */
function beginsFields(reader: Reader, index: number): boolean {
  const before = reader.tokens[index]!;
  return HAVE.has(before.lower) || before.lower === "with";
}

/** "a width and height between 1 and 10": of both? */
export function reportSharedBound(reader: Reader, start: number, { column }: ColumnDraft): void {
  const bound = reader.tokens.findIndex(({ use }, index) => use !== null && BOUNDS.has(use) && index >= start);
  if (bound < 0 || bound >= reader.index) return;
  reader.reportTokens(
    reader.tokens.slice(bound, reader.index),
    `This can be read as about ${spoken(column.name)} alone, or about what stands before it as well.`,
    "Say it of each of them.",
  );
}

/** "tasks have one status" may as well mean that many tasks have the same. What is kept of a single one is clear. */
export function reportUnclearOne(reader: Reader, owner: TableDraft, member: TableDraft, tokens: Token[]): boolean {
  if (PERSONAL.has(member.singular.replace(/^.*_/, "")) || saysMany(reader, owner, member)) return false;
  const [one, other] = [owner, member].map(({ singular }) => withArticle(spoken(singular)));
  reader.reportTokens(
    tokens,
    `This can be read as: each ${spoken(owner.singular)} belongs to ${other}, or: each ${spoken(member.singular)} belongs to ${one}.`,
    `Write "${spoken(owner.name)} belong to ${other}", or ${member.name}(${owner.singular}:references:${owner.name}:unique)`,
  );
  return true;
}

/** "authors have many books", anywhere: then a book has one author. */
function saysMany(reader: Reader, owner: TableDraft, member: TableDraft): boolean {
  return reader.tokens.some(
    ({ lower }, n) =>
      (lower === member.name || lower === member.singular) &&
      HAVE.has(reader.tokens[n + 1]?.lower ?? "") &&
      BEFORE_OBJECT.has(reader.tokens[n + 2]?.lower ?? "") &&
      reader.tokens[n + 3]?.lower === owner.name,
  );
}

/** Names that say what a group is: the columns of a table. */
const NAMES = words(
  "name title code sku label slug username body content text message email url phone description date price total amount",
);

/** `posts(title)`, without a space, is the exact syntax. */
export function isExactGroup(reader: Reader, offset: number): boolean {
  const [name, open] = [reader.peek(offset)!, reader.peek(offset + 1)!];
  return open.start === name.end;
}

/** In a list of tables: "sizes (S, M, L)" behind a column may be a choice, "orders (total)" is the next table. */
export function isUnclearGroup(reader: Reader, offset: number): boolean {
  const noun = nounAt(reader, offset);
  if (!groupAt(reader, offset) || !noun || noun.known || isExactGroup(reader, offset)) return false;
  for (let at = offset + 2; reader.peek(at) && !reader.at(")", at); at++) {
    const { lower, text } = reader.peek(at)!;
    if (text === ":" || Object.hasOwn(TYPES, lower) || NAMES.has(lower) || shapeByName(lower)) return false;
  }
  return true;
}

/** "users have a name, sizes (S, M, L)", at the noun, which is used with its parentheses. */
export function reportGroup(reader: Reader): void {
  const name = reader.peek()!;
  const start = reader.index;
  const choice = isUnclearGroup(reader, 0);
  reader.take("reported");
  for (let depth = 0; !reader.done;) {
    const { text } = reader.take("reported");
    depth += text === "(" ? 1 : text === ")" ? -1 : 0;
    if (depth === 0) break;
  }
  const inside = reader.request.slice(reader.tokens[start + 1]!.start, reader.peek(-1)!.end);
  const column = choice ? `, or "${withArticle(singularOf(name.lower))} ${inside}" for a column` : "";
  reader.reportTokens(
    reader.tokens.slice(start, reader.index),
    `"${name.text}" can be read as ${choice ? "a column, as " : ""}records that belong to what stands before it, or as a table of its own.`,
    `Write "many ${name.text} ${inside}" for records, "; ${name.text}${inside}" for a table${column}.`,
  );
}

/** "users write posts and rate movies": what they do as well, or a table called rate movies? */
export function reportVerbOrTable(reader: Reader, next: number): void {
  if (!isVerbOrTable(reader, next)) return;
  reader.take("separator", next);
  reportVerb(reader);
}

export function isVerbOrTable(reader: Reader, offset: number): boolean {
  const noun = nounAt(reader, offset);
  return (
    noun?.count === 2 && noun.plural && !noun.known && !isDescribed(reader, offset) && !reader.peek(offset)!.newline
  );
}

/** At the two words. */
export function reportVerb(reader: Reader): void {
  const tokens = reader.tokens.slice(reader.index, reader.index + 2);
  const [verb, object] = tokens.map(({ text }) => text);
  const end = endOfClause(reader);
  reader.reportExactly(
    reader.index,
    end,
    `"${verb} ${object}" can be read as one table, or as what is done to ${object}.`,
    `Write a sentence for the table: "${verb} ${object} have …", or the relation in other words: "${object} belong to …"`,
  );
  reader.index = end;
}

/** "employees have departments", "patients have doctors": usually the other way round, or nothing usual. True when reported. */
export function reportUnusual(
  reader: Reader,
  owners: readonly TableDraft[],
  member: TableDraft,
  tokens: Token[],
): boolean {
  const owner = owners.find(({ name }) => !linkBetween(name, member.name) && !usuallyHas(name, member.name));
  if (!owner) return false;
  const [one, other] = [owner, member].map(({ singular }) => withArticle(spoken(singular)));
  const reversed = conventionalParents(owner.name).includes(member.name);
  const reason = reversed
    ? `Usually ${one} belongs to ${other}.`
    : `This can be read as: each ${spoken(member.singular)} belongs to ${one}, or: several ${owner.name} have the same.`;
  const second = reversed
    ? `"${owner.name} belong to ${other}"`
    : `"${owner.name} and ${member.name} are many-to-many"`;
  reader.reportTokens(tokens, reason, `Write ${second}, or "${owner.name} have many ${member.name}"`);
  return true;
}
