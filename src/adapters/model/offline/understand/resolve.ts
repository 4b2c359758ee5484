// From the draft to tables: references are looked up, undescribed nouns get their conventional columns, contradictions are found.
import { type PlanParts, parentsOf } from "../../../../plan/build-plan.ts";
import { tableNameProblem } from "../../../../plan/names.ts";
import type { Table } from "../../../../plan/plan.ts";
import { describeColumn, referenceTo } from "./column.ts";
import {
  addColumn,
  belongingOf,
  type ColumnDraft,
  type Draft,
  dropTables,
  findTable,
  type TableDraft,
  tableFor,
} from "./draft.ts";
import { judgementOf } from "./judgement.ts";
import { spoken } from "../../../../plan/endpoints.ts";
import { isPlural, pluralOf } from "./inflect.ts";
import { nearMiss } from "./near-miss.ts";
import type { Reader } from "./reader.ts";
import { conventionalColumns } from "./conventional-columns.ts";
import { refersTo, reportUnclearColumns, resolveRelations } from "./relations.ts";
import { bringAccounts, resolveAccounts } from "./resolve-accounts.ts";
import { resolveFeatures } from "./resolve-features.ts";
import { words } from "./vocabulary.ts";
import { conventionalParents, domainTables, wellKnownColumns } from "./well-known-tables.ts";

/** The parts of the plan; what cannot stand is reported to the reader. */
export function resolveDraft(reader: Reader, draft: Draft): Omit<PlanParts, "request"> {
  addDomainTables(draft);
  resolveRelations(reader, draft);
  reportUnclearColumns(reader, draft);
  reportSecondNames(reader, draft);
  bringTables(draft);
  bringAccounts(reader, draft);
  stateDomain(draft);
  describeTables(reader, draft);
  resolveTargets(reader, draft);
  resolveAccounts(reader, draft);
  stateUnusualColumns(draft);
  stateUnusualParents(draft);
  resolveFeatures(reader, draft);
  checkDatabase(reader, draft);
  breakCycles(reader, draft);
  for (const { listed, described } of draft.tables)
    if (described) for (const token of listed ?? []) token.use = "mention";
  const tables = draft.tables.map(toTable);
  return {
    tables,
    constants: draft.constants.map(({ path, body }) => ({ path, body })),
    deleteAll: draft.tables.filter(({ deleteAll }) => deleteAll).map(({ name }) => name),
    cors: draft.cors,
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

/** "a blog with comments" */
function stateDomain(draft: Draft): void {
  const names = draft.domain === null ? null : domainTables(draft.domain);
  const others = names?.filter((name) => !findTable(draft, name)) ?? [];
  if (others.length > 0 && draft.tables.length > 0)
    draft.assumptions.push(`"${draft.domain}" gets the tables that are named, and not its usual ${others.join(", ")}`);
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

/** Its name cannot be one, or none of its columns can stand; both are reported where they are. */
function isRefused(table: TableDraft): boolean {
  return tableNameProblem(table.name) !== null || (table.grouped && table.columns.length === 0);
}

/** Conventional columns for tables of which only the name, or a relation, was given. */
function describeTables(reader: Reader, draft: Draft): void {
  dropTables(draft, new Set(draft.tables.filter(isRefused)));
  const bare = draft.tables.filter((table) => !table.columns.some((column) => !column.target) && !table.grouped);
  const unrelated = bare.filter((table) => table.columns.length === 0);
  const refused = new Set<TableDraft>();
  for (const table of bare) {
    const judgement = judgementOf(table.name) ?? judgementOf(table.singular);
    const known = wellKnownColumns(table.name) ?? wellKnownColumns(table.usual ?? "");
    if (judgement && !known) {
      reader.reportTokens(table.tokens, judgement.reason, judgement.suggestion);
      refused.add(table);
      continue;
    }
    const has = (name: string) => table.columns.some(({ column }) => column.name === `${name}_id`);
    const columns = conventionalColumns(known ?? "name:string").filter(({ column }) => !has(column.name));
    table.columns.unshift(...columns);
    const list = columns.map(({ column }) => `${column.name} (${describeColumn(column)})`).join(", ");
    draft.assumptions.push(`${table.name}: no columns were given, so it has ${list}`);
  }
  dropTables(draft, refused);
  for (const table of unrelated.filter((one) => !refused.has(one))) {
    for (const name of conventionalParents(table.name)) {
      const parent = draft.tables.find((other) => other.name === name && bare.includes(other));
      if (!parent || areRelated(draft, table, parent)) continue;
      const reference = referenceTo(name, null, false, table.tokens, false);
      addColumn(reader, draft, table, reference);
      draft.assumptions.push(belongingOf(table, reference.column, parent.singular));
    }
  }
}

/** "posts are draft or published" says what posts are, so that they have nothing else. */
function stateUnusualColumns(draft: Draft): void {
  for (const table of draft.tables.filter(({ grouped }) => !grouped)) {
    const usual = wellKnownColumns(table.name);
    const said = table.columns.filter(({ target, column }) => !target && !(table.account && column.name === "email"));
    if (!usual || said.length === 0 || !said.every(({ state }) => state)) continue;
    const left = conventionalColumns(usual)
      .map(({ column }) => column.name)
      .filter((name) => !table.columns.some(({ column }) => column.name === name));
    if (left.length > 0)
      draft.assumptions.push(`${table.name}: has what is said of it, and not its usual ${left.map(spoken).join(", ")}`);
  }
}

/** What is said of comments replaces that they usually belong to posts. The exact syntax leaves nothing to decide. */
function stateUnusualParents(draft: Draft): void {
  for (const table of draft.tables.filter(({ grouped }) => !grouped)) {
    const left = conventionalParents(table.name).filter((name) => {
      const parent = draft.tables.find((other) => other.name === name);
      return parent !== undefined && !areRelated(draft, table, parent);
    });
    if (left.length === 0) continue;
    const names = left.map(spoken).join(" or ");
    draft.assumptions.push(
      table.columns.some(({ target }) => target)
        ? `${table.name}: belong to what is said here, and not to ${names} as usual`
        : `${table.name}: nothing says that they belong to ${names}, so they do not`,
    );
  }
}

function areRelated(draft: Draft, one: TableDraft, other: TableDraft): boolean {
  if (refersTo(one, other) || refersTo(other, one)) return true;
  return draft.tables.some((link) => link !== one && refersTo(link, one) && refersTo(link, other));
}

/** Other names of what a verb makes. */
const SECOND_NAMES: Readonly<Record<string, ReadonlySet<string>>> = {
  loans: words("borrowings borrows lendings checkouts"),
  rentals: words("rents rentings bookings"),
  bookings: words("reservations"),
  reservations: words("bookings"),
  enrollments: words("registrations enrolments signups"),
  registrations: words("enrollments enrolments signups"),
  attendances: words("registrations participations"),
  participations: words("attendances registrations"),
  reviews: words("ratings"),
};

/** "readers borrow books. Borrowings have a due date": the loans, or a table of their own? */
function reportSecondNames(reader: Reader, draft: Draft): void {
  for (const link of draft.tables.filter(({ links }) => links !== undefined)) {
    const second = draft.tables.find(
      (table) =>
        SECOND_NAMES[link.name]?.has(table.name) && !table.links && !table.columns.some(({ target }) => target),
    );
    if (!second) continue;
    const reason = `"${spoken(second.name)}" can be read as the ${spoken(link.name)} that a verb has made, or as a table of their own.`;
    reader.reportTokens(
      second.tokens,
      reason,
      `Write "${spoken(link.name)} have …", or what the ${spoken(second.name)} belong to`,
    );
  }
}

/** Points references at their tables; a column that cannot stand is reported and taken out. */
function resolveTargets(reader: Reader, draft: Draft): void {
  for (const table of draft.tables)
    table.columns = table.columns.filter((one) => resolveTarget(reader, draft, table, one));
}

function resolveTarget(
  reader: Reader,
  draft: Draft,
  table: TableDraft,
  { target, column, tokens }: ColumnDraft,
): boolean {
  if (!target || !column.references) return true;
  const parent = findTable(draft, target.noun);
  if (!parent) {
    reportMissing(reader, draft, target.noun, target.tokens, table);
    return false;
  }
  column.references.table = parent.name;
  if (parent !== table || column.nullable) return true;
  reader.reportTokens(
    tokens,
    `The first of the ${table.name} could never be created: it would need another one.`,
    `Make the reference optional: parent:references:${table.name}?`,
  );
  return false;
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

function toTable({
  name,
  singular,
  columns,
  search,
  uniqueTogether,
  softDelete,
  url,
  account,
  owner,
}: TableDraft): Table {
  return {
    name,
    singular,
    columns: columns.map(({ column }) => column),
    ...(search && { search }),
    ...(uniqueTogether && { uniqueTogether }),
    ...(softDelete && { softDelete }),
    ...(url && { url }),
    ...(account && { account }),
    ...(owner !== undefined && { owner }),
  };
}

/** Tables that refer to each other cannot be created one after the other: a reference of each circle is reported and taken out. */
function breakCycles(reader: Reader, draft: Draft): void {
  for (;;) {
    const circle = circleOf(draft.tables.map(toTable));
    const table = draft.tables.find((one) => circle.has(one.name));
    const column = table?.columns.find(
      ({ column: { references } }) => references && circle.has(references.table) && references.table !== table.name,
    );
    if (!table || !column) return;
    table.columns = table.columns.filter((one) => one !== column);
    const list = [...circle].join(", ");
    const reason = `Tables refer to each other in a circle: ${list}.`;
    reader.reportTokens(column.tokens, reason, "Leave one of the references out.");
  }
}

/** Names of the tables that wait for each other. */
function circleOf(tables: Table[]): Set<string> {
  let waiting = tables;
  for (;;) {
    const names = new Set(waiting.map((table) => table.name));
    const rest = waiting.filter((table) => parentsOf(table).some((parent) => names.has(parent)));
    if (rest.length === waiting.length) return names;
    waiting = rest;
  }
}
