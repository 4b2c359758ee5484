// The exact syntax of one table: users(name, email:string:unique).
import { addColumn, type Draft, type TableDraft, tableFor } from "./draft.ts";
import { parseField } from "./field.ts";
import { tableWordProblem } from "./names.ts";
import type { Reader } from "./reader.ts";

/** `NAME ( FIELD {, FIELD} )`, from the name; the caller saw `NAME (`. */
export function parseTableGroup(reader: Reader, draft: Draft): TableDraft {
  const word = reader.take("table");
  const problem = tableWordProblem(word.text);
  if (problem) reader.reportTokens([word], problem.reason, problem.suggestion);
  const table = tableFor(draft, word.lower, [word]);
  if (table.singular === word.lower && table.name !== word.lower && !table.grouped) {
    draft.assumptions.push(`${table.name}: tables are named in the plural, so ${word.lower} became ${table.name}`);
  }
  if (table.grouped)
    reader.reportTokens(
      [word],
      `The table ${table.name} is there twice.`,
      "Put all of its columns into one pair of parentheses.",
    );
  const repeated = table.grouped;
  table.grouped = true;
  parseGroup(reader, draft, repeated ? null : table, table);
  return table;
}

/** `( FIELD {, FIELD} )`, from the parenthesis; the columns go to `into`, if anywhere. */
export function parseGroup(reader: Reader, draft: Draft, into: TableDraft | null, table: TableDraft): void {
  const open = reader.take("parenthesis");
  if (reader.at(")")) {
    reader.reportTokens(
      [open, reader.take("parenthesis")],
      "The table has no columns.",
      `Name them, or leave the parentheses out: ${table.name}(name)`,
    );
    return;
  }
  while (!reader.done) {
    const field = parseField(reader, "group", endOfField);
    if (field && field.kind !== "column") {
      reader.reportTokens(
        field.tokens,
        "In parentheses a relation is named from the other side.",
        `Write ${field.noun}(belongs to ${table.singular})`,
      );
    } else if (field?.kind === "column" && into) addColumn(reader, draft, into, field);
    if (reader.accept(")", "parenthesis")) return;
    if (reader.accept(",", "separator")) reader.accept("and", "separator");
    else reader.accept("and", "separator");
    if (reader.at(")")) {
      reader.reportTokens(
        [reader.peek(-1)!, reader.take("parenthesis")],
        "A column is missing after the last separator.",
      );
      return;
    }
  }
  reader.reportTokens([open], "The parenthesis is never closed.", "Close it with )");
}

/** The index of the comma or parenthesis that ends the current field. */
function endOfField(reader: Reader): number {
  let depth = 0;
  for (let index = reader.index; index < reader.tokens.length; index++) {
    const text = reader.tokens[index]!.text;
    if (depth === 0 && (text === "," || text === ")")) return index;
    if (text === "(" || text === "{") depth++;
    if (text === ")" || text === "}") depth--;
  }
  return reader.tokens.length;
}
