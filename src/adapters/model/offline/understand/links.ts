// What relates tables in a sentence: "many products with a quantity", "one profile", "many-to-many". Collected here, resolved in
// relations.ts.
import { namedTable, parseFields } from "./clauses.ts";
import { type Draft, emptyDraft, type Relation, type TableDraft, tableFor } from "./draft.ts";
import type { Field } from "./field.ts";
import { nounAt, tableWordProblem } from "./names.ts";
import type { Reader } from "./reader.ts";
import { parseGroup } from "./table-group.ts";

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
  for (const owner of owners) draft.relations.push({ kind, owner, member, through, attributes, tokens });
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
