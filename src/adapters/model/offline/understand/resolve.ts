// From the draft to tables: references are looked up, undescribed nouns get their conventional columns, contradictions are found.
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { type PlanParts, parentsOf } from "../../../../plan/build-plan.ts";
import type { Table } from "../../../../plan/plan.ts";
import { describeColumn, referenceTo } from "./column.ts";
import { addColumn, type ColumnDraft, type Draft, findTable, type TableDraft, tableFor } from "./draft.ts";
import { judgementOf } from "./judgement.ts";
import { isPlural, pluralOf } from "./inflect.ts";
import { nearMiss } from "./near-miss.ts";
import type { Reader } from "./reader.ts";
import { conventionalColumns } from "./conventional-columns.ts";
import { reportUnclearColumns, resolveRelations } from "./relations.ts";
import { conventionalParents, domainTables, wellKnownColumns } from "./well-known-tables.ts";

/** The parts of the plan; what cannot stand is reported to the reader. */
export function resolveDraft(reader: Reader, draft: Draft): Omit<PlanParts, "request"> {
  addDomainTables(draft);
  resolveRelations(reader, draft);
  reportUnclearColumns(reader, draft);
  bringTables(draft);
  describeTables(reader, draft);
  resolveTargets(reader, draft);
  checkDatabase(reader, draft);
  for (const { listed, described } of draft.tables)
    if (described) for (const token of listed ?? []) token.use = "mention";
  const tables = draft.tables.map(toTable);
  reportCycles(reader, draft, tables);
  return {
    tables,
    constants: draft.constants.map(({ path, body }) => ({ path, body })),
    assumptions: [...new Set(draft.assumptions)],
    ...(draft.name !== null && { name: draft.name }),
  };
}

function addDomainTables(draft: Draft): void {
  const names = draft.domain === null ? null : domainTables(draft.domain);
  if (!names || draft.tables.length > 0 || draft.constants.length > 0 || draft.noDatabase || draft.healthOnly) return;
  for (const name of names) tableFor(draft, name, []);
  draft.assumptions.push(`no tables were named, so "${draft.domain}" got the usual ones: ${names.join(", ")}`);
}

/** A sentence like "each product belongs to a supplier" brings the well-known table along. */
function bringTables(draft: Draft): void {
  for (const table of draft.tables) {
    for (const { target } of table.columns) {
      if (!target?.brings || findTable(draft, target.noun)) continue;
      const name = isPlural(target.noun) ? target.noun : pluralOf(target.noun);
      if (!wellKnownColumns(name)) continue;
      tableFor(draft, target.noun, target.tokens);
      draft.assumptions.push(`${name}: added, because ${table.name} belong to it`);
    }
  }
}

/** Conventional columns for tables of which only the name, or a relation, was given. */
function describeTables(reader: Reader, draft: Draft): void {
  const bare = draft.tables.filter((table) => !table.columns.some((column) => !column.target) && !table.grouped);
  const unrelated = bare.filter((table) => table.columns.length === 0);
  for (const table of bare) {
    const judgement = judgementOf(table.name) ?? judgementOf(table.singular);
    const known = wellKnownColumns(table.name);
    if (judgement && !known) {
      reader.reportTokens(table.tokens, judgement.reason, judgement.suggestion);
      continue;
    }
    const columns = conventionalColumns(known ?? "name:string");
    table.columns.unshift(...columns);
    const list = columns.map(({ column }) => `${column.name} (${describeColumn(column)})`).join(", ");
    draft.assumptions.push(`${table.name}: no columns were given, so it has ${list}`);
  }
  for (const table of unrelated) {
    for (const name of conventionalParents(table.name)) {
      const parent = draft.tables.find((other) => other.name === name && bare.includes(other));
      if (!parent) continue;
      addColumn(reader, draft, table, referenceTo(name, null, false, table.tokens, false));
      draft.assumptions.push(
        `${table.name}.${parent.singular}_id: each ${spoken(table.singular)} belongs to ${withArticle(spoken(parent.singular))}`,
      );
    }
  }
}

function resolveTargets(reader: Reader, draft: Draft): void {
  for (const table of draft.tables) {
    for (const draftColumn of table.columns) {
      const { target, column, tokens } = draftColumn;
      if (!target || !column.references) continue;
      const parent = findTable(draft, target.noun);
      if (!parent) {
        reportMissing(reader, draft, target.noun, target.tokens, table);
        continue;
      }
      column.references.table = parent.name;
      if (parent === table && !column.nullable) {
        reader.reportTokens(
          tokens,
          `The first of the ${table.name} could never be created: it would need another one.`,
          "Make the reference optional: parent:references:categories?".replace("categories", table.name),
        );
      }
    }
  }
}

function reportMissing(
  reader: Reader,
  draft: Draft,
  noun: string,
  tokens: ColumnDraft["tokens"],
  table: TableDraft,
): void {
  const plural = isPlural(noun) ? noun : pluralOf(noun);
  const names = draft.tables.flatMap((other) => (other === table ? [] : [other.name, other.singular]));
  const meant = nearMiss(noun, names);
  reader.reportTokens(
    tokens,
    `There is no table ${plural}.`,
    meant ? `Did you mean "${meant}"?` : `Describe it: ${plural}(name)`,
  );
}

function checkDatabase(reader: Reader, draft: Draft): void {
  if (draft.noDatabase && draft.tables.length > 0) {
    const names = draft.tables.map((table) => table.name).join(", ");
    reader.reportTokens(
      draft.noDatabase,
      `Without a database nothing keeps the tables: ${names}.`,
      "Leave one of the two out.",
    );
  }
}

function toTable(table: TableDraft): Table {
  return { name: table.name, singular: table.singular, columns: table.columns.map((column) => column.column) };
}

/** Tables that refer to each other cannot be created one after the other. */
function reportCycles(reader: Reader, draft: Draft, tables: Table[]): void {
  let waiting = tables;
  for (;;) {
    const names = new Set(waiting.map((table) => table.name));
    const rest = waiting.filter((table) => parentsOf(table).some((parent) => names.has(parent)));
    if (rest.length === waiting.length) break;
    waiting = rest;
  }
  const names = new Set(waiting.map((table) => table.name));
  const table = draft.tables.find((one) => names.has(one.name));
  const column = table?.columns.find(
    (one) =>
      one.column.references && names.has(one.column.references.table) && one.column.references.table !== table.name,
  );
  if (!column || column.tokens.length === 0) return;
  const list = [...names].join(", ");
  reader.reportTokens(
    column.tokens,
    `Tables refer to each other in a circle: ${list}.`,
    "Leave one of the references out.",
  );
}
