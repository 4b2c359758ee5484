// What a sentence of its own says of a column that another one names: "emails must be unique", "the title of a task is required".
import { DEFAULT_MAX_LENGTH, MAX_UNIQUE_LENGTH } from "../../../../plan/build-plan.ts";
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { noAttributes, parseModifier } from "./attributes.ts";
import { describeColumn, reportContradiction } from "./column.ts";
import { type ColumnDraft, type Draft, findTable, type TableDraft } from "./draft.ts";
import { singularOf } from "./inflect.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { BELONG, EACH, HAVE, MODIFIERS, POSSESSIVES, RELATIVE, SEARCHABLE, words } from "./vocabulary.ts";

const BE = words("is are");
const NOT_NAMED = new Set([...HAVE, ...BELONG, ...RELATIVE, "and", "or", "with"]);
const MUST = words("must should shall");
/** Of the column's name, with its table. */
const MOST_WORDS = 6;

interface Place {
  table: TableDraft;
  column: ColumnDraft;
}

/** `[the] COLUMN [of a TABLE] must be|is|are MODIFIER {and MODIFIER}`. False, with nothing used, when no sentence like it starts
 * here. */
export function parseSaidLater(reader: Reader, draft: Draft): boolean {
  const from = reader.at(EACH) ? 1 : 0;
  const verb = verbAt(reader, from);
  if (verb === null) return false;
  const named = reader.tokens.slice(reader.index + from, reader.index + verb);
  const places = placesOf(named, draft);
  if (from === 1) reader.take("article");
  reader.take("subject", named.length);
  reader.take("verb", haveToBe(reader, 0) ? 3 : reader.at(MUST) ? 2 : 1);
  const said = noAttributes();
  const start = reader.index;
  parseModifier(reader, said);
  while (reader.at("and") && modifierAt(reader, 1)) {
    reader.take("separator");
    parseModifier(reader, said);
  }
  const [only, other] = places;
  if (!only) {
    const suggestion = 'Say it where the column is named: "users have a unique email"';
    reader.reportTokens(named, "No sentence before this one names a column like this.", suggestion);
  } else if (other) {
    const name = spoken(only.column.column.name);
    const tables = places.map(({ table }) => withArticle(spoken(table.singular)));
    const reason = `"${name}" can be read as the one of ${tables.join(" or of ")}.`;
    reader.reportTokens(named, reason, `Write "the ${name} of ${tables[0]} …"`);
  } else change(reader, draft, only, said, reader.tokens.slice(start, reader.index));
  return true;
}

function verbAt(reader: Reader, from: number): number | null {
  for (let offset = from + 1; offset <= from + MOST_WORDS; offset++) {
    if (haveToBe(reader, offset) && modifierAt(reader, offset + 3)) return offset;
    if (!reader.atWord(offset) || reader.peek(offset)!.newline || reader.at(NOT_NAMED, offset)) return null;
    if (reader.at(BE, offset) && modifierAt(reader, offset + 1)) return offset;
    if (reader.at(MUST, offset) && reader.at("be", offset + 1) && modifierAt(reader, offset + 2)) return offset;
  }
  return null;
}

function haveToBe(reader: Reader, offset: number): boolean {
  return reader.at(HAVE, offset) && reader.at("to", offset + 1) && reader.at("be", offset + 2);
}

function modifierAt(reader: Reader, offset: number): boolean {
  return reader.at(MODIFIERS, offset) && !reader.at(SEARCHABLE, offset);
}

/** The columns that "emails", "user emails", "a user's email" or "email of a user" may name. */
function placesOf(named: readonly Token[], draft: Draft): Place[] {
  const all = named.map(({ lower }) => lower.replaceAll("’", "'"));
  const of = all.indexOf("of");
  const owner = of > 0 ? all.slice(of + 1).filter((word) => !POSSESSIVES.has(word) && !EACH.has(word)) : [];
  if (of > 0) {
    const table = findTable(draft, owner.join("_"));
    return table ? columnsNamed(all.slice(0, of), [table]) : [];
  }
  const whole = columnsNamed(all, draft.tables);
  const table = findTable(
    draft,
    all[0]!.replace(/(?:'s|s')$/, (end) => (end === "s'" ? "s" : "")),
  );
  return table ? [...whole, ...columnsNamed(all.slice(1), [table])] : whole;
}

function columnsNamed(words: readonly string[], tables: readonly TableDraft[]): Place[] {
  const name = words.join("_");
  return tables.flatMap((table) =>
    table.columns
      .filter(({ column, target }) => !target && (column.name === name || column.name === singularOf(name)))
      .map((column) => ({ table, column })),
  );
}

function change(
  reader: Reader,
  draft: Draft,
  { table, column: { column, saidNullable } }: Place,
  said: ReturnType<typeof noAttributes>,
  tokens: Token[],
): void {
  const decided = `${table.name}.${column.name}: no type given, taken as `;
  if (saidNullable && said.nullable !== null && said.nullable !== column.nullable) {
    const now = column.nullable ? "optional" : "required";
    reader.reportTokens(tokens, `The column is ${now} already.`, "Say it once.");
    return;
  }
  if (said.nullable !== null) column.nullable = said.nullable;
  if (said.unique) {
    column.unique = true;
    if (column.maxLength === DEFAULT_MAX_LENGTH[column.type] && column.maxLength !== undefined)
      column.maxLength = Math.min(column.maxLength, MAX_UNIQUE_LENGTH);
  }
  draft.assumptions = draft.assumptions.map((text) =>
    text.startsWith(decided) ? decided + describeColumn({ ...column, nullable: false, unique: false }) : text,
  );
  reportContradiction(reader, column, tokens);
}
