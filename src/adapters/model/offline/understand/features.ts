// What a table can do beyond the usual, by request: "tasks with search by title", "tasks are searchable", "search for tasks".
import { clauseAt, groupAt } from "./clause-ahead.ts";
import { corsAt, parseCors } from "./cors.ts";
import type { Draft, FeatureKind, TableDraft, Target } from "./draft.ts";
import { columnWords, isName, nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { HAVE, POSSESSIVES, RELATIVE, SENTENCE_ENDS, SEPARATORS, TABLE_WORDS, words } from "./vocabulary.ts";
import { isPluralColumn } from "./well-known-columns.ts";

/** The words of a phrase, each one of several. */
type Phrases = readonly { kind: FeatureKind; phrase: readonly ReadonlySet<string>[] }[];

/** What it is called: "search", after "with" or "have", or as a sentence of its own. */
const PHRASES: Phrases = [
  { kind: "search", phrase: [words("search")] },
  { kind: "search", phrase: [words("full-text"), words("search")] },
  { kind: "softDelete", phrase: [words("soft"), words("delete deletes deletion")] },
  { kind: "softDelete", phrase: [words("soft-delete soft-deletes soft-deletion")] },
  { kind: "url", phrase: [words("absolute"), words("url urls")] },
  { kind: "deleteAll", phrase: [words("bulk"), words("delete deletes deletion")] },
  { kind: "deleteAll", phrase: [words("bulk-delete bulk-deletes bulk-deletion")] },
  { kind: "accounts", phrase: [words("login logins log-in")] },
  { kind: "accounts", phrase: [words("sign-up signup")] },
  { kind: "accounts", phrase: [words("authentication auth")] },
  { kind: "accounts", phrase: [words("user"), words("accounts login logins sign-up authentication")] },
];

const IS = words("are is");
const AT_ONCE = [words("at"), words("once")];
const SIGN_UP = [words("sign"), words("up")];
const LOG_IN = [words("log"), words("in")];

/** What is said of a table: "tasks are searchable". */
const STATES: Phrases = [
  { kind: "search", phrase: [IS, words("searchable")] },
  { kind: "search", phrase: [words("can"), words("be"), words("searched")] },
  { kind: "softDelete", phrase: [IS, words("soft-deleted")] },
  { kind: "softDelete", phrase: [IS, words("soft"), words("deleted")] },
  { kind: "deleteAll", phrase: [words("can"), words("be"), words("deleted"), ...AT_ONCE] },
  { kind: "deleteAll", phrase: [words("can"), words("be"), words("deleted"), words("all"), ...AT_ONCE] },
  { kind: "accounts", phrase: [words("can"), ...SIGN_UP, words("and"), ...LOG_IN] },
  { kind: "accounts", phrase: [words("can"), ...SIGN_UP] },
  { kind: "accounts", phrase: [words("can"), words("register"), words("and"), ...LOG_IN] },
  { kind: "accounts", phrase: [words("can"), words("register")] },
  { kind: "accounts", phrase: [words("can"), ...LOG_IN] },
  { kind: "accounts", phrase: [words("can"), words("login log-in")] },
  { kind: "accounts", phrase: [...SIGN_UP, words("and"), ...LOG_IN] },
  { kind: "accounts", phrase: LOG_IN },
];

/** Words before the tables that a feature is for. */
const FOR = words("for of on over in");
const BEHIND = new Set([...FOR, "by"]);

interface Phrase {
  kind: FeatureKind;
  /** Tokens, the article included. */
  count: number;
}

function phraseAt(reader: Reader, phrases: Phrases, offset: number): Phrase | null {
  const found = phrases.find(({ phrase }) => phrase.every((word, n) => reader.at(word, offset + n)));
  return found ? { kind: found.kind, count: found.phrase.length } : null;
}

/** `[a|an] FEATURE` at `offset`, where nothing behind it makes it the name of something else. */
function featureAt(reader: Reader, offset = 0): Phrase | null {
  const article = reader.at(POSSESSIVES, offset) ? 1 : 0;
  const found = phraseAt(reader, PHRASES, offset + article);
  if (!found) return null;
  const count = found.count + article;
  return endsAt(reader, offset + count) || reader.at(BEHIND, offset + count) ? { ...found, count } : null;
}

function endsAt(reader: Reader, offset: number): boolean {
  const next = reader.peek(offset);
  return !next || next.newline || SEPARATORS.has(next.lower) || SENTENCE_ENDS.has(next.text) || reader.atPlease(offset);
}

/** How many tokens say what the subject before them can do: "are searchable"; 0 when none do. */
export function stateAt(reader: Reader, offset: number): number {
  return phraseAt(reader, STATES, offset)?.count ?? 0;
}

/** "are searchable by title", from the verb, which the caller saw. */
export function parseState(reader: Reader, draft: Draft, tables: TableDraft[] | null): void {
  const { kind, count } = phraseAt(reader, STATES, 0)!;
  const start = reader.index;
  const may = kind === "accounts" && reader.accept("can", "noise") ? 1 : 0; // "users log in" says the same
  reader.take("feature", count - may);
  const columns = kind === "search" ? parseColumnNames(reader) : [];
  const tokens = reader.tokens.slice(start, reader.index);
  draft.features.push({ kind, tables, targets: [], columns, tokens, ...(kind === "accounts" && { said: true }) });
}

/** A feature of `tables`, or of those that it names itself; of all when there are neither. False, with nothing used, when
 * none starts here. */
export function parseFeature(reader: Reader, draft: Draft, tables: TableDraft[] | null): boolean {
  if (corsAt(reader)) {
    parseCors(reader, draft); // of the whole API, wherever it stands
    return true;
  }
  const found = featureAt(reader);
  if (!found) return false;
  const start = reader.index;
  reader.accept(POSSESSIVES, "article");
  reader.accept("full-text", "noise");
  reader.take("feature", found.count - (reader.index - start));
  finishFeature(reader, draft, found.kind, tables, start);
  return true;
}

/** A feature as a sentence or an item of a list: `[with] search [for TABLES] [by COLUMNS]`, `search TABLES [by COLUMNS]`,
 * `everything is soft-deleted`, `delete all TABLE at once`. */
export function parseFeatureStatement(reader: Reader, draft: Draft): boolean {
  const start = reader.index;
  const all = reader.at("everything") ? 1 : reader.at("all") && reader.at(TABLE_WORDS, 1) ? 2 : 0;
  if (all > 0 && stateAt(reader, all) > 0) {
    reader.take("subject", all);
    parseState(reader, draft, null);
    return true;
  }
  if (all > 0 && reader.at(HAVE, all) && featureAt(reader, all + 1)) {
    reader.take("subject", all);
    reader.take("verb");
    return parseFeature(reader, draft, null);
  }
  if (reader.at("search") && nounAt(reader, 1)?.plural && !groupAt(reader, 1)) {
    reader.take("feature");
    finishFeature(reader, draft, "search", null, start);
    return true;
  }
  if (reader.atAll("delete", "all")) return parseDeleteAll(reader, draft);
  if (reader.at("with") && (featureAt(reader, 1) || corsAt(reader, 1))) reader.take("relative");
  return parseFeature(reader, draft, null);
}

/** `delete all TABLE at once`; without its end it would be an order to change something. */
function parseDeleteAll(reader: Reader, draft: Draft): boolean {
  const noun = nounAt(reader, 2);
  if (!noun || !reader.at("at", 2 + noun.count) || !reader.at("once", 3 + noun.count)) return false;
  const start = reader.index;
  reader.take("feature", 2);
  const target = {
    noun: noun.name,
    tokens: reader.tokens.slice(reader.index, reader.index + noun.count),
    brings: false,
  };
  reader.take("target", noun.count);
  reader.take("feature", 2);
  const tokens = reader.tokens.slice(start, reader.index);
  draft.features.push({ kind: "deleteAll", tables: null, targets: [target], columns: [], tokens });
  return true;
}

function finishFeature(
  reader: Reader,
  draft: Draft,
  kind: FeatureKind,
  tables: TableDraft[] | null,
  start: number,
): void {
  const targets = parseTargets(reader);
  const columns = kind === "search" ? parseColumnNames(reader) : [];
  draft.features.push({ kind, tables, targets, columns, tokens: reader.tokens.slice(start, reader.index) });
}

/** `[for] TABLES`, `for all tables`; none when nothing like it follows. */
function parseTargets(reader: Reader): Target[] {
  const before = reader.at(FOR) ? 1 : 0;
  if (before === 1 && reader.at("all", 1) && reader.at(TABLE_WORDS, 2)) {
    reader.take("noise", 3); // without it, it is for all of them as well
    return [];
  }
  const targets: Target[] = [];
  for (let offset = before; ;) {
    if (reader.at(POSSESSIVES, offset)) offset++;
    const noun = nounAt(reader, offset);
    if (!noun || (before === 0 && !noun.plural)) return targets;
    if (targets.length > 0 && (!noun.plural || startsSomethingElse(reader, offset, noun.count))) return targets;
    while (offset-- > 0)
      reader.take(reader.at(SEPARATORS) ? "separator" : reader.at(POSSESSIVES) ? "article" : "noise");
    const tokens = reader.tokens.slice(reader.index, reader.index + noun.count);
    reader.take("target", noun.count);
    targets.push({ noun: noun.name, tokens, brings: false });
    offset = 0;
    while (reader.at(SEPARATORS, offset)) offset++;
    if (offset === 0) return targets;
  }
}

/** `by NAME {, NAME} [and NAME]` */
function parseColumnNames(reader: Reader): { name: string; tokens: Token[] }[] {
  const by = reader.accept("by", "feature");
  if (!by) return [];
  const columns: { name: string; tokens: Token[] }[] = [];
  for (;;) {
    reader.accept(POSSESSIVES, "article");
    const count = columnWords(reader, false);
    const tokens = reader.tokens.slice(reader.index, reader.index + count);
    if (tokens.length === 0 || !tokens.every(isName)) {
      reader.reportTokens([by], "The name of a column must follow.", 'Write "search by title"');
      return columns;
    }
    reader.take("name", count);
    columns.push({ name: tokens.map(({ lower }) => lower).join("_"), tokens });
    let next = 0;
    while (reader.at(SEPARATORS, next)) next++;
    if (next === 0 || !columnAt(reader, next)) return columns;
    reader.take("separator", next);
  }
}

/** Does the list of columns go on, and nothing else start? */
function columnAt(reader: Reader, offset: number): boolean {
  const word = reader.peek(offset);
  if (!word || word.newline || !isName(word) || featureAt(reader, offset)) return false;
  const noun = nounAt(reader, offset);
  if (noun?.plural && !isPluralColumn(noun.name)) return false;
  const ends = endsAt(reader, offset + 1) || endsAt(reader, offset + 2);
  return ends && !startsSomethingElse(reader, offset, noun?.count ?? 1);
}

/** "…, tasks with a title", "…, tasks(title)", "…, tasks have a title" */
function startsSomethingElse(reader: Reader, offset: number, count: number): boolean {
  const behind = reader.at(RELATIVE, offset + count) || reader.at("with", offset + count);
  return behind || groupAt(reader, offset) || clauseAt(reader, offset);
}
