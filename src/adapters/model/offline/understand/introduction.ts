// "a todo API with users and tasks": what is asked for, its name, and the list of its tables.
import { projectNameProblem } from "../../../../plan/names.ts";
import { valueOf } from "./attribute-values.ts";
import { endOfClause, groupAt } from "./clause-ahead.ts";
import { parseClause } from "./clauses.ts";
import type { Draft } from "./draft.ts";
import { pluralOf } from "./inflect.ts";
import { judgementOf } from "./judgement.ts";
import { parseList } from "./list.ts";
import { nounAt } from "./names.ts";
import { nearMiss } from "./near-miss.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import {
  BELONG,
  HAVE,
  HEADS,
  KEYWORDS,
  MANAGE,
  PLAIN_ADJECTIVES,
  REQUEST_VERBS,
  TABLE_WORDS,
  words,
} from "./vocabulary.ts";
import { domainTables, wellKnownColumns } from "./well-known-tables.ts";

const CONNECTORS = words("with for having containing of where");
const NAMING = words("called named");
const HAS = words("has have contains contain includes include");
const DOMAIN_TAILS = words("list lists management manager tracker tracking");

/** False, with nothing used, when no introduction starts here. */
export function parseIntroduction(reader: Reader, draft: Draft): boolean {
  const start = reader.index;
  if (parseOpening(reader, draft)) return true;
  reader.accept("please", "noise");
  if (reader.at("i") && (reader.at("want", 1) || reader.at("need", 1))) reader.take("noise");
  const wish = wishAt(reader);
  if (wish > 0) reader.take("noise", wish);
  if (wish > 0) reader.accept("to", "noise");
  const verb = reader.accept(REQUEST_VERBS, "noise") !== null || wish > 0;
  if (verb && (reader.at("me") || reader.at("us"))) reader.take("noise");
  const article = reader.accept(words("a an the my our"), "article") !== null;
  const found = collectWords(reader);
  if (!isIntroduction(reader, found, article || verb)) {
    reader.rewind(start);
    return false;
  }
  for (const { lower } of found) reader.take(PLAIN_ADJECTIVES.has(lower) ? "noise" : "introduction");
  parseConnections(reader, draft, found);
  return true;
}

/** What may stand before a list, word by word: "I want to track", "we need", "there are", "Tables:". */
const OPENINGS: readonly (readonly ReadonlySet<string>[])[] = [
  [words("i we"), words("want need"), words("to"), MANAGE],
  [words("i'd we'd i’d we’d"), words("like"), words("to"), MANAGE],
  [words("i we"), words("would"), words("like"), words("to"), MANAGE],
  [words("i we"), words("need want have")],
  [TABLE_WORDS, words(":")],
  [words("there"), words("are is")],
];

/** How many tokens say `I would like` or `I'd like`; 0 when none do. */
function wishAt(reader: Reader): number {
  if (reader.at(words("i'd we'd i’d we’d")) && reader.at("like", 1)) return 2;
  return reader.at(words("i we")) && reader.at("would", 1) && reader.at("like", 2) ? 3 : 0;
}

/** How many tokens open a list: one of the openings, `store`, or `the system should store`; 0 when none do. */
function openingAt(reader: Reader): number {
  const opening = OPENINGS.find((phrase) => phrase.every((word, n) => reader.at(word, n)));
  if (opening) return opening.length;
  if (reader.at(MANAGE)) return reader.peek()!.lower.endsWith("s") ? 0 : 1; // "stores with a name"
  const head = reader.at(words("the this our my")) ? 1 : 0;
  const who = reader.peek(head);
  if (!reader.at("it") && !(who && Object.hasOwn(HEADS, who.lower))) return 0;
  const verb = head + 1 + (reader.at(words("should must shall will"), head + 1) ? 1 : 0);
  return reader.at(MANAGE, verb) || (!reader.at("it") && reader.at(HAS, verb)) ? verb + 1 : 0;
}

/** A list of what is kept, with no name for the whole. False, with nothing used, when none starts here. */
function parseOpening(reader: Reader, draft: Draft): boolean {
  const count = openingAt(reader);
  if (count === 0) return false;
  const start = reader.index;
  reader.take("connector", count);
  reader.accept(words("all the many my our"), "article");
  const noun = nounAt(reader);
  if (noun?.plural || (noun?.known && reader.at(":", -1)) || groupAt(reader)) {
    parseList(
      reader,
      draft,
      reader.tokens.slice(start, start + count).some(({ lower }) => MANAGE.has(lower)),
    );
    return true;
  }
  reader.rewind(start);
  return false;
}

/** The words up to a connector; after "api" or the like nothing more belongs to the name. */
function collectWords(reader: Reader): Token[] {
  const found: Token[] = [];
  for (let token = reader.peek(); token; token = reader.peek(found.length)) {
    if (token.kind !== "word" || (token.newline && found.length > 0)) break;
    if (KEYWORDS.has(token.lower) || CONNECTORS.has(token.lower) || NAMING.has(token.lower)) break;
    const afterHead = found.some((word) => Object.hasOwn(HEADS, word.lower));
    if (afterHead && !Object.hasOwn(HEADS, token.lower)) break;
    found.push(token);
  }
  return found;
}

function isIntroduction(reader: Reader, found: Token[], introduced: boolean): boolean {
  if (found.length === 0) return false;
  const next = reader.peek(found.length);
  if (next && (HAVE.has(next.lower) || BELONG.has(next.lower) || next.text === "(")) return false;
  if (found.some((word) => Object.hasOwn(HEADS, word.lower))) return true;
  const domain = domainTables(domainKey(found)) !== null;
  if (domain && (introduced || reader.at("with", found.length) || reader.at(":", found.length))) return true;
  // "a fleet with vehicles" names a project, "a product with a price" does not.
  const connected =
    next !== undefined &&
    (CONNECTORS.has(next.lower) || NAMING.has(next.lower) || next.text === ":" || next.lower === "that");
  return (
    introduced &&
    connected &&
    found.length <= 2 &&
    !wellKnownColumns(pluralOf(found.at(-1)!.lower)) &&
    !wellKnownColumns(found.at(-1)!.lower)
  );
}

/** Names the project after the words, those of "for a hotel" first; reports words that ask for something. */
function nameFrom(reader: Reader, draft: Draft, found: Token[], purpose: Token[]): void {
  const head = [...found, ...purpose].find((word) => Object.hasOwn(HEADS, word.lower));
  const own = [...ownWords(purpose), ...ownWords(found)];
  for (const word of own) {
    const judgement = judgementOf(word.lower);
    if (judgement) reader.reportTokens([word], judgement.reason, judgement.suggestion);
    else if (!/^[a-z][a-z0-9-]*$/i.test(word.text)) {
      reader.reportTokens([word], "A project's name is made of plain ASCII words.");
    }
  }
  if (own.length > 3) {
    const suggestion = 'Name it: "an API called todo with users and tasks"';
    reader.reportTokens(
      own.toSorted((a, b) => a.start - b.start),
      "More than three words describe the project.",
      suggestion,
    );
  }
  if (own.length === 0) return;
  draft.domain = [domainKey(purpose), domainKey(found)].find((key) => domainTables(key) !== null) ?? null;
  const names = [ownWords(purpose), ownWords(found)].filter(
    (words) => words.length > 0 && domainKey(words) !== draft.domain,
  );
  for (const words of names)
    draft.assumptions.push(`"${words.map((word) => word.text).join(" ")}" only describes the project`);
  const name = [...own.map((word) => word.lower), ...(head ? [HEADS[head.lower]!] : [])].join("-");
  if (projectNameProblem(name) === null) draft.name = name;
}

function ownWords(found: Token[]): Token[] {
  return found.filter((word) => !Object.hasOwn(HEADS, word.lower) && !PLAIN_ADJECTIVES.has(word.lower));
}

/** "to-do list" -> "todo" */
function domainKey(found: Token[]): string {
  const kept = ownWords(found).filter((word, index) => index === 0 || !DOMAIN_TAILS.has(word.lower));
  return kept.map((word) => word.lower.replaceAll("-", "")).join(" ");
}

/** `for a shop`, `called X`, then `with LIST`, `: LIST`, `that has LIST` or `to manage LIST`. */
function parseConnections(reader: Reader, draft: Draft, found: Token[]): void {
  let purpose: Token[] = [];
  if (reader.at("for") && reader.at(words("a an my our the"), 1)) {
    const start = reader.index;
    reader.take("connector", 2);
    purpose = collectWords(reader);
    if (purpose.length === 0) reader.rewind(start);
    else reader.take("introduction", purpose.length);
  }
  nameFrom(reader, draft, found, purpose);
  if (reader.accept(NAMING, "name")) parseName(reader, draft);
  const sentences = reader.at("where") || reader.at(":");
  if (!acceptConnector(reader)) return;
  if (!sentences || !parseClause(reader, draft)) parseList(reader, draft, reader.at(MANAGE, -1));
}

function acceptConnector(reader: Reader): boolean {
  const next = reader.peek();
  if (!next) return false;
  if (CONNECTORS.has(next.lower) || next.text === ":") {
    reader.take("connector");
    if (next.text !== ":") reader.accept(":", "noise");
    if (next.lower === "for") reader.accept(MANAGE, "connector");
    return true;
  }
  if (next.lower === "to" && reader.at(MANAGE, 1)) return reader.take("connector", 2) !== null;
  if ((next.lower === "that" || next.lower === "which") && (reader.at(HAVE, 1) || reader.at(MANAGE, 1))) {
    return reader.take("connector", 2) !== null;
  }
  const meant = next.kind === "word" && !next.newline ? nearMiss(next.lower, ["with", "having", "containing"]) : null;
  if (!meant) return false;
  reader.take("reported");
  reader.reportTokens([next], `"${next.text}" is not understood here.`, `Did you mean "${meant}"?`);
  return true;
}

function parseName(reader: Reader, draft: Draft): void {
  const token = reader.peek();
  if (!token || (token.kind !== "word" && token.kind !== "text")) {
    const end = Math.max(endOfClause(reader), reader.index);
    reader.report(reader.index - 1, end, "A name must follow.", 'Write "an API called todo"');
    reader.index = end;
    return;
  }
  reader.take("name");
  const name = valueOf(token).toLowerCase();
  const problem = projectNameProblem(name);
  if (problem) reader.reportTokens([token], `The project's name ${problem}.`);
  else draft.name = name;
}
