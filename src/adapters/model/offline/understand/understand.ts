// From words to a plan, or to the exact words that no rule understands. Nothing of a request is ignored.
import { completePlan } from "../../../../plan/build-plan.ts";
import type { DesignAnswer, NotUnderstood } from "../../../../plan/plan.ts";
import { planProblems } from "../../../../plan/validate-plan.ts";
import { clauseAt, endOfClause, groupAt, sentenceAt } from "./clause-ahead.ts";
import { parseClause, parseThey } from "./clauses.ts";
import { constantAt } from "./constant.ts";
import { type Draft, emptyDraft } from "./draft.ts";
import { isDescribed } from "./described.ts";
import { parseFeatureStatement } from "./features.ts";
import { isPlural, pluralOf, singularOf } from "./inflect.ts";
import { parseIntroduction } from "./introduction.ts";
import { parseList, parseNoDatabase } from "./list.ts";
import { nearMiss } from "./near-miss.ts";
import { nounAt } from "./names.ts";
import { Reader } from "./reader.ts";
import { isPerson } from "./resolve-accounts.ts";
import { resolveDraft } from "./resolve.ts";
import { parseSaidLater } from "./said-later.ts";
import type { Token } from "./tokens.ts";
import {
  ARTICLES,
  HAVE,
  MODIFIERS,
  POSSESSIVES,
  RELATIVE,
  REQUEST_VERBS,
  SENTENCE_ENDS,
  SEPARATORS,
  TABLE_WORDS,
  words,
} from "./vocabulary.ts";

const MAX_REQUEST = 10_000;
/** More than anyone reads; the request is refused either way. */
const MAX_PROBLEMS = 200;
/** What may follow a table in a list. */
const CONTINUES = new Set([...SEPARATORS, ...RELATIVE, "with", "without", "having", "belonging"]);
const VERBS = ["have", "has", "belongs", "belong", "with", "returns", "without"];

/** "1.000" is one, and a thousand in half of Europe. */
function reportDots(reader: Reader): void {
  const unclear = /^-?[1-9]\d{0,2}(?:\.0{3})+$/;
  for (const token of reader.tokens) {
    if (token.kind !== "number" || !unclear.test(token.text) || token.use === "json" || token.use === "reported")
      continue;
    const [one, thousand] = [token.text.replace(/\..*$/, ""), token.text.replaceAll(".", "")];
    reader.reportTokens([token], `It can be read as ${one} or as ${thousand}.`, `Write ${one}, or ${thousand}`);
  }
}

/** The plan for a request, or every part of the request that is not understood. With `partial` the plan of the rest, when there
 * is one, which lists these parts. Never throws on any text. */
export function understand(request: string, partial = false): DesignAnswer {
  const unreadable = unreadablePart(request);
  if (unreadable) return { understood: false, problems: [unreadable] };
  const reader = new Reader(request);
  const draft = emptyDraft();
  parseRequest(reader, draft);
  const parts = resolveDraft(reader, draft);
  reportUnused(reader);
  reportDots(reader);
  const nothing = draft.tables.length === 0 && draft.constants.length === 0 && !draft.healthOnly;
  if (reader.problems.length === 0 && nothing) return refuse(request, "The request names no table and no endpoint.");
  const notUnderstood = merged(reader).slice(0, MAX_PROBLEMS);
  if (notUnderstood.length > 0 && (!partial || nothing)) return { understood: false, problems: notUnderstood };
  const plan = completePlan({ request, ...parts, notUnderstood: notUnderstood.map((one) => leftOut(request, one)) });
  const problems = planProblems(plan);
  if (problems.length > 0 && notUnderstood.length > 0) return { understood: false, problems: notUnderstood };
  if (problems.length > 0)
    return refuse(request, `The request leads to a plan that cannot be built: ${problems.slice(0, 3).join("; ")}.`);
  return { understood: true, plan };
}

/** A sentence about a part that is left out: the words between the separators around it, and why. */
function leftOut(request: string, { start, end, reason }: NotUnderstood): string {
  const before = /[^,;(\n]*$/.exec(request.slice(0, start))?.[0].trimStart() ?? "";
  const after = /^[^,;()\n]*/.exec(request.slice(end))?.[0].trimEnd() ?? "";
  const words = `${before}${request.slice(start, end)}${after}`.replace(/\s+/g, " ").trim();
  return `“${words.length > 300 ? `${words.slice(0, 300)}…` : words}”: ${reason}`;
}

/** What each word of a request was used for; null for one that no rule used. */
export function wordUses(request: string): Pick<Token, "start" | "end" | "use">[] {
  const reader = new Reader(request);
  const draft = emptyDraft();
  parseRequest(reader, draft);
  resolveDraft(reader, draft);
  return reader.tokens;
}

function refuse(request: string, reason: string): DesignAnswer {
  const suggestion =
    'Write, for example: "a todo API with users and tasks", or users(name, email:email:unique) tasks(title)';
  return { understood: false, problems: [{ start: 0, end: request.length, text: request, reason, suggestion }] };
}

function unreadablePart(request: string): NotUnderstood | null {
  if (request.trim() === "") {
    const suggestion = 'Write, for example: "a todo API with users and tasks"';
    return { start: 0, end: request.length, text: request, reason: "The request is empty.", suggestion };
  }
  if (request.length > MAX_REQUEST) {
    const reason = `The request has ${request.length} characters; the offline model reads at most ${MAX_REQUEST}.`;
    return {
      start: MAX_REQUEST,
      end: request.length,
      text: request.slice(MAX_REQUEST),
      reason,
      suggestion: "Shorten it.",
    };
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Cs}/u.exec(request);
  if (!control) return null;
  const end = control.index + control[0].length;
  return {
    start: control.index,
    end,
    text: control[0],
    reason: "The request contains a control character.",
    suggestion: "Remove it.",
  };
}

function parseRequest(reader: Reader, draft: Draft): void {
  parsePolite(reader);
  for (let first = true; ; first = false) {
    skipSeparators(reader);
    if (reader.done) return;
    const start = reader.index;
    const pointing = parseThey(reader, draft) || parseSaidLater(reader, draft);
    const clause = pointing || parseFeatureStatement(reader, draft) || parseClause(reader, draft);
    if (clause || parseNoDatabase(reader, draft)) {
      // understood
    } else if (first && !groupAt(reader) && !constantAt(reader) && parseIntroduction(reader, draft)) {
      // understood
    } else if (startsList(reader)) parseList(reader, draft);
    else reportUnknown(reader, start);
    if (!atBoundary(reader)) reportUnknown(reader, reader.index);
    const mentioned = mentionedIn(reader.tokens.slice(start, reader.index), draft);
    if (mentioned.length > 0) draft.mentioned = mentioned; // not after "emails are unique"
  }
}

/** "Can you build …?" is what "build …" is. */
function parsePolite(reader: Reader): void {
  const please = reader.at("please", 2) ? 1 : 0;
  if (!reader.at(words("can could would")) || !reader.at("you", 1) || !reader.at(REQUEST_VERBS, 2 + please)) return;
  reader.take("noise", 2);
  for (const [n, token] of reader.tokens.entries()) {
    const next = reader.tokens[n + 1];
    const ends = !next || next.newline || /^\p{Lu}/u.test(next.text);
    const exact = reader.tokens[n - 2]?.text === ":"; // "title:string?" may be null
    if (token.text === "?" && ends && !exact) Object.assign(token, { text: ".", lower: "." });
  }
}

/** Names of tables, and of what belongs to something that may become one. */
function mentionedIn(tokens: readonly Token[], { tables, mentioned }: Draft): string[] {
  const names = tables.filter((table) =>
    tokens.some(({ lower }, n) =>
      [lower, `${lower}_${tokens[n + 1]?.lower}`].some((name) => name === table.name || name === table.singular),
    ),
  );
  // "They" are people more than things: "written by a user. They have an email"
  const targets = tokens.filter(({ use, lower }) => use === "target" && (isPlural(lower) || isPerson(pluralOf(lower))));
  const before = tokens[0]?.lower === "they" ? mentioned : [];
  return [
    ...new Set([
      ...before,
      ...names.map(({ name }) => name),
      ...targets.map(({ lower }) => (isPlural(lower) ? lower : pluralOf(lower))),
    ]),
  ];
}

/** At the start of a statement only what cannot be mistaken counts as a list. */
function startsList(reader: Reader): boolean {
  const noun = nounAt(reader);
  if (groupAt(reader) || constantAt(reader)) return true;
  if (noun?.plural && !noun.known && describesAt(reader, noun.count)) return true;
  if (!noun?.plural || !noun.known) return false;
  const next = reader.peek(noun.count);
  if (next?.kind === "word" && nearMiss(next.lower, VERBS)) return true; // only the verb is wrong
  return !next || next.kind !== "word" || next.newline || CONTINUES.has(next.lower) || reader.atPlease(noun.count);
}

/** "expenses with an amount", "hotels with many rooms", "expenses that have an amount": a noun that is described is a table. */
function describesAt(reader: Reader, offset: number): boolean {
  if (reader.at(RELATIVE, offset) && reader.at(HAVE, offset + 1)) return true;
  if (!reader.at("with", offset)) return false;
  const next = reader.peek(offset + 1);
  if (!next || next.newline) return false;
  return (
    POSSESSIVES.has(next.lower) || MODIFIERS.has(next.lower) || next.lower === "many" || isDescribed(reader, offset + 1)
  );
}

function skipSeparators(reader: Reader): void {
  while (reader.at(SEPARATORS) || reader.at(SENTENCE_ENDS) || whereClause(reader) || bulletAt(reader))
    reader.take("separator");
  if (reader.atPlease()) reader.take("noise");
  const labelled = reader.at(TABLE_WORDS) ? nounAt(reader, 1, 1) : null; // "Table users: name, email"
  if (labelled?.plural && reader.at(":", 2)) reader.take("noise");
}

/** "- users: name, email" */
function bulletAt(reader: Reader): boolean {
  const token = reader.peek();
  return token !== undefined && /^[-*•]$/.test(token.text) && (token.newline || reader.index === 0);
}

/** "…, where each comment belongs to a post" */
function whereClause(reader: Reader): boolean {
  return reader.at("where") && clauseAt(reader, 0);
}

function atBoundary(reader: Reader): boolean {
  const next = reader.peek();
  return (
    !next ||
    next.newline ||
    SEPARATORS.has(next.lower) ||
    SENTENCE_ENDS.has(next.text) ||
    groupAt(reader) ||
    constantAt(reader) ||
    (reader.at(")", -1) && sentenceAt(reader)) ||
    reader.at("without") ||
    whereClause(reader) ||
    reader.atPlease()
  );
}

function reportUnknown(reader: Reader, start: number): void {
  const end = Math.max(endOfClause(reader), reader.index + 1);
  const meant = reader.tokens.slice(start, end).flatMap((token) => nearMiss(token.lower, VERBS) ?? []);
  const described = nounAt(reader, reader.at(ARTICLES) ? 1 : 0);
  const suggestion =
    described?.known && reader.at("with", described.count + (reader.at(ARTICLES) ? 1 : 0))
      ? `Write "${pluralOf(singularOf(described.name))} have …"`
      : meant[0]
        ? `Did you mean "${meant[0]}"?`
        : 'Write sentences like "users have a name and a unique email", or users(name, email:email:unique)';
  const relative = reader.at(RELATIVE) ? " after this" : "";
  reader.report(start, end, `No rule of the offline model covers this${relative}.`, suggestion);
  reader.index = Math.min(end, reader.tokens.length);
}

/** The net under all rules: a token that none of them used. */
function reportUnused(reader: Reader): void {
  for (const [index, token] of reader.tokens.entries()) {
    if (token.use === null) reader.reportExactly(index, index + 1, "No rule of the offline model covers this.");
  }
}

/** Problems in the order of the request; one inside another or right behind it becomes one. */
function merged(reader: Reader): NotUnderstood[] {
  const result: NotUnderstood[] = [];
  for (const problem of reader.problems.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last && problem.end <= last.end) continue;
    if (last && reader.request.slice(last.end, problem.start).trim() === "") {
      last.end = problem.end;
      last.text = reader.request.slice(last.start, last.end);
    } else result.push({ ...problem });
  }
  return result;
}
