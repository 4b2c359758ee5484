// A list of tables and constant endpoints: "users, tasks (title, done boolean) and products that have a sku".
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { clauseAt, endOfClause, groupAt, separatorsAhead } from "./clause-ahead.ts";
import { namedTable, parseRelative } from "./clauses.ts";
import { constantAt, parseConstant } from "./constant.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { parseFeatureStatement } from "./features.ts";
import { isDescribed } from "./described.ts";
import { singularOf } from "./inflect.ts";
import { type Noun, nounAt } from "./names.ts";
import { nearMiss } from "./near-miss.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { parseGroup, parseTableGroup } from "./table-group.ts";
import { isVerbOrTable, reportVerb } from "./unclear.ts";
import { ARTICLES, MANAGE, SENTENCE_ENDS, TABLE_WORDS, words } from "./vocabulary.ts";
import { shapeByName } from "./well-known-columns.ts";
import { conventionalParents, linkBetween, WELL_KNOWN_TABLES } from "./well-known-tables.ts";

const ACCOUNTS = words("login logins accounts authentication auth");
const THEIR = words("their its");
const CONTINUES = words("( with that which who having belonging");
/** Have a shape as columns, and are tables as often. */
const TABLES_TOO = words("position level link website grade rate score discount fee floor");
/** What somebody does to the noun behind it, rather than which it is: "track orders". */
const ACTIONS = new Set([
  ...MANAGE,
  ...words("rate take hire drive add view see edit update read buy rent sell book write send assign"),
]);
const HEALTH_WORDS = words("check endpoint route");

/** Items separated by commas and "and", until a sentence ends or a clause with a subject of its own starts.
 * @param done Behind a verb, as in "store customers and ship orders", where another verb may come. */
export function parseList(reader: Reader, draft: Draft, done = false): void {
  for (let first = true; ; first = false) {
    if (!parseListItem(reader, draft, done && !first)) {
      reportItem(reader);
      return;
    }
    const next = separatorsAhead(reader);
    const after = reader.peek(next);
    if (
      next === 0 ||
      !after ||
      after.newline ||
      reader.atPlease(next) ||
      SENTENCE_ENDS.has(after.text) ||
      clauseAt(reader, next)
    )
      return;
    reader.take("separator", next);
  }
}

/** One item; false, with nothing used, when none starts here. */
function parseListItem(reader: Reader, draft: Draft, done: boolean): boolean {
  if (parseSpecial(reader, draft)) return true;
  const start = reader.index;
  const their = reader.accept(THEIR, "relation");
  const article = their !== null || reader.accept(ARTICLES, "article") !== null;
  if (groupAt(reader)) {
    const group = parseTableGroup(reader, draft);
    if (their) relateToBefore(reader, draft, group, [their, ...group.tokens]);
    parseRelative(reader, draft, group);
    return true;
  }
  const noun = nounAt(reader);
  const labelled = noun !== null && reader.at(TABLE_WORDS, noun.count);
  if (!noun || (!noun.plural && !labelled && (article || !noun.known))) {
    reader.rewind(start);
    return false;
  }
  const tokens = reader.tokens.slice(reader.index, reader.index + noun.count);
  if ((done || reader.at(ACTIONS)) && isVerbOrTable(reader, 0)) {
    reportVerb(reader);
    return true;
  }
  if (!labelled && !describedHere(reader, noun) && isColumnName(singularOf(noun.name))) {
    reader.take("reported", noun.count);
    const [column, plural] = [spoken(singularOf(noun.name)), spoken(noun.name)];
    reader.reportTokens(
      tokens,
      `"${plural}" can be read as a table, or as a column of another one.`,
      `Write ${noun.name}(name) for a table, or name what has it: "tasks have ${withArticle(column)}"`,
    );
    return true;
  }
  reader.take("table", noun.count + (labelled ? 1 : 0));
  const [table] = namedTable(reader, draft, noun, tokens);
  if (!table) return true;
  if (their) relateToBefore(reader, draft, table, [their, ...tokens]);
  const end = reader.index;
  if (reader.at("(") && !table.grouped) {
    table.grouped = true; // "order items (quantity integer)"
    parseGroup(reader, draft, table, table);
  }
  parseRelative(reader, draft, table);
  if (table.listed && reader.index === end)
    reader.reportTokens(tokens, `${table.name} is in the list already.`, "Name it once.");
  table.listed ??= tokens;
  return true;
}

/** Something is said of it here or elsewhere, or everybody knows it as a table. */
function describedHere(reader: Reader, noun: Noun): boolean {
  const after = reader.peek(noun.count);
  return noun.known || isDescribed(reader, 0) || (after !== undefined && CONTINUES.has(after.lower));
}

/** "due date", "priority": what has a shape by its name, and mostly is a column. */
function isColumnName(name: string): boolean {
  const shape = shapeByName(name);
  return shape !== null && !/^(?:text|json|string)/.test(shape.type) && !TABLES_TOO.has(name);
}

/** "patients and their appointments" */
function relateToBefore(reader: Reader, draft: Draft, member: TableDraft, tokens: Token[]): void {
  const others = draft.tables.filter((table) => table !== member);
  const [owner] = others;
  if (owner && others.length === 1) {
    const reverse = conventionalParents(owner.name).includes(member.name) && !linkBetween(owner.name, member.name); // "orders and their customers"
    const pair = reverse ? { owner: member, member: owner } : { owner, member };
    draft.relations.push({ kind: "many", ...pair, through: null, attributes: [], tokens });
    return;
  }
  const owners = others.map(({ name }) => name).join(", ");
  reader.reportTokens(
    tokens,
    owners
      ? `"${tokens[0]!.text}" can be read as of each of these: ${owners}.`
      : `Nothing stands before "${tokens[0]!.text}".`,
    `Write "; ${member.name} belong to a …" instead.`,
  );
}

/** `GET /api/ping that returns pong`, `a health check`, `no database`, `search`. */
function parseSpecial(reader: Reader, draft: Draft): boolean {
  if (constantAt(reader)) {
    parseConstant(reader, draft, endOfClause);
    return true;
  }
  const article = reader.at(ARTICLES) ? 1 : 0;
  if (reader.at("health", article) && reader.at(HEALTH_WORDS, article + 1)) {
    reader.take("health", article + 2);
    draft.healthOnly = true;
    return true;
  }
  return parseNoDatabase(reader, draft) || parseFeatureStatement(reader, draft);
}

/** `no database`, `without a database`, `without login` */
export function parseNoDatabase(reader: Reader, draft: Draft): boolean {
  const start = reader.index;
  const negated = reader.accept("no", "no-database") ?? reader.accept("without", "no-database");
  if (!negated) return false;
  reader.accept(words("a any the"), "article");
  if (reader.at(ACCOUNTS) && draft.features.every(({ kind }) => kind !== "accounts")) {
    reader.take("no-accounts"); // there are none unless they are asked for
    negated.use = "no-accounts";
    draft.noAccounts = [negated];
    return true;
  }
  if (!reader.accept("database", "no-database")) {
    reader.rewind(start);
    return false;
  }
  draft.noDatabase = reader.tokens.slice(start, reader.index);
  return true;
}

function reportItem(reader: Reader): void {
  const first = reader.peek();
  const end = Math.max(endOfClause(reader), reader.index + (reader.done ? 0 : 1));
  const meant = first && nearMiss(first.lower, WELL_KNOWN_TABLES);
  reader.report(
    first ? reader.index : reader.index - 1,
    end,
    first ? "This is not a plural noun that could name a table." : "The list of tables is missing.",
    meant
      ? `Did you mean "${meant}"?`
      : 'Name tables in the plural: "with users and tasks", or users(name, email:email:unique)',
  );
  reader.index = Math.min(end, reader.tokens.length);
}
