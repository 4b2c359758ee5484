// From what was asked of tables by request to what the plan says; what cannot be is reported.
import { SEARCHED_TYPES } from "../../../../plan/listing.ts";
import type { Column } from "../../../../plan/plan.ts";
import { DELETED_AT, NOT_DELETED } from "../../../../plan/soft-delete.ts";
import { type Draft, type FeatureRequest, findTable, type TableDraft } from "./draft.ts";
import { nearMiss } from "./near-miss.ts";
import type { Reader } from "./reader.ts";

/** Once all tables and columns are known. */
export function resolveFeatures(reader: Reader, draft: Draft): void {
  for (const feature of draft.features.filter(({ kind }) => kind !== "accounts")) {
    const tables = tablesOf(reader, draft, feature);
    if (feature.kind === "softDelete")
      for (const table of notAccounts(reader, feature, tables)) addSoftDelete(reader, draft, feature, table);
    else if (feature.kind === "deleteAll")
      for (const table of notAccounts(reader, feature, tables)) table.deleteAll = true;
    else if (feature.kind === "url") for (const table of tables) addUrl(reader, feature, table);
    else addSearch(reader, draft, feature, notAccounts(reader, feature, tables));
  }
  for (const table of draft.tables) addSearchable(reader, table);
}

/** Accounts are not listed, and delete themselves wholly; of what is asked for all tables they are left out. */
function notAccounts(reader: Reader, { tables, targets, tokens }: FeatureRequest, found: TableDraft[]): TableDraft[] {
  const accounts = found.find(({ account }) => account);
  if (accounts && (tables !== null || targets.length > 0))
    reader.reportTokens(
      tokens,
      `${accounts.name} are accounts: each sees and deletes only itself, with all that belongs to it.`,
      "Leave them out of it.",
    );
  return found.filter((table) => table !== accounts);
}

/** The tables that are meant; those that there are not are reported. */
function tablesOf(reader: Reader, draft: Draft, { tables, targets }: FeatureRequest): TableDraft[] {
  if (targets.length === 0) return draft.tables.filter((table) => tables === null || tables.includes(table));
  return targets.flatMap(({ noun, tokens }) => {
    const table = findTable(draft, noun);
    if (table) return [table];
    const meant = nearMiss(
      noun,
      draft.tables.map(({ name }) => name),
    );
    reader.reportTokens(tokens, `There is no table ${noun}.`, meant ? `Did you mean "${meant}"?` : null);
    return [];
  });
}

function addSearch(reader: Reader, draft: Draft, feature: FeatureRequest, tables: TableDraft[]): void {
  if (tables.length === 0) return;
  const ofAll = feature.targets.length === 0 && feature.tables === null;
  if (feature.columns.length > 0) {
    const having = ofAll
      ? tables.filter((table) => feature.columns.every(({ name }) => columnOf(table, name)))
      : tables;
    for (const table of having.length > 0 ? having : tables.slice(0, 1)) addNamed(reader, table, feature);
    if (ofAll && having.length > 0) stateSearch(draft, having);
    return;
  }
  const unsaid = tables.filter((table) => !table.columns.some(({ searchable }) => searchable));
  const searched = unsaid.filter((table) => textsOf(table).length > 0);
  for (const table of searched) search(table, textsOf(table));
  stateSearch(draft, searched);
  const [without] = unsaid.filter((table) => !searched.includes(table));
  if (without && (!ofAll || searched.length === 0))
    reader.reportTokens(
      feature.tokens,
      `${without.name} have no text that could be searched.`,
      `Name one: "${without.name} have a title and search by title"`,
    );
}

function addNamed(reader: Reader, table: TableDraft, { columns }: FeatureRequest): void {
  for (const { name, tokens } of columns) {
    const column = columnOf(table, name);
    const meant = nearMiss(
      name,
      table.columns.map((one) => one.column.name),
    );
    if (!column) {
      const suggestion = meant ? `Did you mean "${meant}"?` : `Describe it: "${table.name} have a ${name}"`;
      reader.reportTokens(tokens, `${table.name} have no column ${name}.`, suggestion);
    } else if (SEARCHED_TYPES.has(column.type)) search(table, [name]);
    else reader.reportTokens(tokens, `${name} has no words to search for: it is of the type ${column.type}.`, FILTERS);
  }
}

const FILTERS = "Lists can be filtered by references, enums, booleans and unique columns without being asked.";

/** "a searchable title", `title:string:searchable` */
function addSearchable(reader: Reader, table: TableDraft): void {
  for (const { column, searchable, tokens } of table.columns) {
    if (!searchable) continue;
    if (table.account)
      reader.reportTokens(tokens, `${table.name} are accounts, which are not listed.`, "Leave it out.");
    else if (SEARCHED_TYPES.has(column.type)) search(table, [column.name]);
    else reader.reportTokens(tokens, `A column of the type ${column.type} has no words to search for.`, FILTERS);
  }
}

function addUrl(reader: Reader, { tokens }: FeatureRequest, table: TableDraft): void {
  table.url = true;
  if (!columnOf(table, "url")) return;
  const suggestion = "Give the column another name, or leave the absolute url out.";
  reader.reportTokens(tokens, `${table.name} have a column url already.`, suggestion);
}

/** What a kept row refers to must be kept as well, unless the reference is given up when that goes. */
function addSoftDelete(reader: Reader, draft: Draft, feature: FeatureRequest, table: TableDraft): void {
  table.softDelete = true;
  const taken = [DELETED_AT, NOT_DELETED].find((name) => columnOf(table, name));
  if (taken)
    reader.reportTokens(
      feature.tokens,
      `${table.name} have a column ${taken}, which this keeps by itself.`,
      "Leave the column out.",
    );
  for (const { column } of table.columns) {
    const parent = draft.tables.find(({ name }) => name === column.references?.table);
    if (!parent || parent.softDelete || column.references?.onDelete !== "restrict") continue;
    draft.assumptions.push(
      `${parent.name}: soft-deleted as well, because deleted ${table.name} keep referring to them`,
    );
    addSoftDelete(reader, draft, feature, parent);
  }
}

function columnOf(table: TableDraft, name: string): Column | undefined {
  return table.columns.find(({ column }) => column.name === name)?.column;
}

function textsOf(table: TableDraft): string[] {
  return table.columns.filter(({ column }) => SEARCHED_TYPES.has(column.type)).map(({ column }) => column.name);
}

/** Adds the columns, in the order of the table. */
function search(table: TableDraft, names: string[]): void {
  const all = new Set([...(table.search ?? []), ...names]);
  table.search = table.columns.map(({ column }) => column.name).filter((name) => all.has(name));
}

function stateSearch(draft: Draft, tables: TableDraft[]): void {
  for (const { name, search: columns = [] } of tables)
    draft.assumptions.push(`${name}: a search looks into ${columns.join(", ")}`);
}
