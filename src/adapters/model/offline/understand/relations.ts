// Relations between tables, resolved once all tables are known: one-to-many, one-to-one, many-to-many with a table between.
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { describeColumn, referenceTo } from "./column.ts";
import { conventionalColumns } from "./conventional-columns.ts";
import {
  addColumn,
  belongingOf,
  type ColumnDraft,
  type Draft,
  findTable,
  type Relation,
  reportOtherRole,
  type TableDraft,
  tableFor,
} from "./draft.ts";
import { singularOf } from "./inflect.ts";
import type { Reader } from "./reader.ts";
import { linkBetween, wellKnownColumns } from "./well-known-tables.ts";

/** Adds the references and the tables between, each stated as an assumption where the request did not name it. */
export function resolveRelations(reader: Reader, draft: Draft): void {
  const done = new Set<Relation>();
  for (const relation of draft.relations) {
    // "books have one author; authors have many books"
    const one = draft.relations.find((other) => other.kind === "one" && isOther(relation, other));
    if (relation.kind !== "many" || !one) continue;
    relation.owns = true;
    done.add(one);
  }
  for (const relation of draft.relations) {
    if (done.has(relation)) continue;
    const reverse = draft.relations.find((other) => other !== relation && isReverse(relation, other));
    // "users create projects; projects have many users": who has made it, and who takes part
    const apart = reverse && (relation.owns ?? false) !== (reverse.owns ?? false);
    if (apart) {
      if (relation.owns) addReference(reader, draft, relation);
      else addLink(reader, draft, relation);
      continue;
    }
    const back = reverse;
    if (back) done.add(back);
    if (back || relation.kind === "mutual" || relation.through || isConventional(relation))
      addLink(reader, draft, back ? merged(relation, back) : relation);
    else addReference(reader, draft, relation);
  }
  stateSeveralOwners(draft);
}

/** "posts have many comments; photos have many comments" */
function stateSeveralOwners(draft: Draft): void {
  for (const table of draft.tables) {
    const owners = draft.relations.filter(({ kind, member }) => kind !== "mutual" && member === table);
    const required = table.columns.filter(
      ({ column, target }) =>
        target && !column.nullable && owners.some(({ owner }) => owner.singular === singularOf(target.noun)),
    );
    if (required.length < 2) continue;
    const needed = required.map(({ target }) => withArticle(spoken(singularOf(target!.noun))));
    draft.assumptions.push(`${table.name}: each needs ${needed.join(" and ")}`);
  }
}

/** "students have many courses; courses have many students" */
function isReverse(a: Relation, b: Relation): boolean {
  return a.kind === "many" && b.kind === "many" && isOther(a, b);
}

function isOther(a: Relation, b: Relation): boolean {
  return a.owner === b.member && a.member === b.owner && a.owner !== a.member;
}

function merged(a: Relation, b: Relation): Relation {
  return { ...a, through: a.through ?? b.through, attributes: [...a.attributes, ...b.attributes] };
}

/** Two nouns that always relate many to many, unless the request says that the one belongs to the other. */
function isConventional({ kind, owner, member, owns }: Relation): boolean {
  return kind === "many" && !owns && linkBetween(owner.name, member.name) !== null && !refersTo(member, owner);
}

export function refersTo(table: TableDraft, parent: TableDraft): boolean {
  return table.columns.some(({ target }) => target && singularOf(target.noun) === parent.singular);
}

function addReference(reader: Reader, draft: Draft, { kind, owner, member, attributes, tokens, by }: Relation): void {
  for (const attribute of attributes) {
    if (isOfLink(member, attribute)) reportOfLink(reader, owner, member, attribute);
    else addColumn(reader, draft, member, attribute);
  }
  const reference = referenceTo(owner.name, null, member === owner, tokens, false);
  const { name } = reference.column;
  const said = member.columns.find(({ target }) => target && singularOf(target.noun) === owner.singular);
  if (kind === "one") {
    const sentence = `each ${spoken(owner.singular)} has at most one ${spoken(member.singular)}`;
    draft.assumptions.push(`${member.name}.${said?.column.name ?? name}: is unique, so that ${sentence}`);
    if (said) said.column.unique = true;
    reference.column.unique = true;
  } else if (!said) {
    draft.assumptions.push(belongingOf(member, reference.column, owner.singular));
  }
  const own = by === undefined ? reference : { ...reference, by };
  if (!said) addColumn(reader, draft, member, own);
  else if (by !== undefined && said.by !== undefined && said.by !== by) reportOtherRole(reader, member, said, own);
}

/** A quantity is rather of how many of them there are, and what is described in another sentence has its columns there. */
function isOfLink(member: TableDraft, { column, target }: ColumnDraft): boolean {
  if (target) return false;
  return column.name === "quantity" || (member.described && member.columns.some((other) => !other.target));
}

function reportOfLink(reader: Reader, owner: TableDraft, member: TableDraft, { column, tokens }: ColumnDraft): void {
  const one = withArticle(spoken(member.singular));
  reader.reportTokens(
    tokens,
    `"${spoken(column.name)}" can be read as a column of ${spoken(member.name)}, or of what is between ${spoken(owner.name)} and ${spoken(member.name)}.`,
    `Write "${spoken(member.name)} have a ${spoken(column.name)}", or "${spoken(owner.name)} and ${spoken(member.name)} are many-to-many with a ${spoken(column.name)}", if ${one} can be in several ${spoken(owner.name)}`,
  );
}

/** The table between two others: the one that was named, one that refers to both already, or a new one. */
function addLink(reader: Reader, draft: Draft, { owner, member, through, attributes, tokens }: Relation): void {
  const unclear = reportUnclearAttributes(reader, member, attributes);
  const known = linkBetween(owner.name, member.name);
  const between = draft.tables.find((table) => !table.apart && refersTo(table, owner) && refersTo(table, member));
  const name = known?.name ?? `${owner.singular}_${member.name}`;
  const existing = through ?? between ?? findTable(draft, name);
  const link = existing ?? tableFor(draft, name, tokens);
  for (const table of new Set([owner, member])) {
    if (!refersTo(link, table)) addColumn(reader, draft, link, referenceTo(table.name, null, false, tokens, false));
  }
  if (owner === member)
    addColumn(reader, draft, link, referenceTo(member.name, `other_${member.singular}`, false, tokens, false));
  const conventional = known?.columns && !existing && attributes.length === 0 ? conventionalColumns(known.columns) : [];
  for (const column of [...attributes.filter((one) => !unclear.includes(one)), ...conventional])
    addColumn(reader, draft, link, { ...column, tokens });
  link.grouped = true; // it needs no columns of its own
  if (!existing) assumeLink(draft, link, [owner, member], conventional);
  linkOnce(draft, link);
}

/** A table that says nothing but what belongs together says it once; one with columns of its own may say it again. */
function linkOnce(draft: Draft, link: TableDraft): void {
  const names = link.columns.map(({ column }) => column.name);
  const links = link.columns.every(({ column, target }) => target && !column.nullable && !column.unique);
  if (!links || names.length !== 2) return;
  link.uniqueTogether = names;
  draft.assumptions.push(`${link.name}: the same ${names.join(" and ")} are there at most once`);
}

function assumeLink(
  draft: Draft,
  link: TableDraft,
  [owner, member]: [TableDraft, TableDraft],
  conventional: ColumnDraft[],
): void {
  const list = conventional.map(({ column }) => `${column.name} (${describeColumn(column)})`).join(", ");
  const besides = list ? `, with ${list}` : "";
  draft.assumptions.push(
    `${link.name}: added between ${owner.name} and ${member.name}, which relate many to many${besides}`,
  );
}

/** "orders have many products with a price": of the product, or of what is between? Only clear when products have columns
 * of their own in the request. */
function reportUnclearAttributes(reader: Reader, member: TableDraft, attributes: ColumnDraft[]): ColumnDraft[] {
  if (member.columns.some(({ target }) => !target)) return [];
  const usual = wellKnownColumns(member.name);
  const names = usual ? conventionalColumns(usual).map(({ column }) => column.name) : [];
  const unclear = attributes.filter(({ column }) => names.includes(column.name));
  for (const { column, tokens } of unclear) {
    reader.reportTokens(
      tokens,
      `"${column.name}" can be read as a column of ${member.name}, or of the relation to them.`,
      `Write "; ${member.name} have ${withArticle(spoken(column.name))}" for the first, or describe ${member.name} in a sentence of their own for the second.`,
    );
  }
  return unclear;
}

/** "tasks have a user" where users is a table: a column, or a reference? Only a column with a type is clear; others are reported
 * and taken out. */
export function reportUnclearColumns(reader: Reader, draft: Draft): void {
  for (const table of draft.tables)
    table.columns = table.columns.filter((column) => !reportUnclearColumn(reader, draft, table, column));
}

function reportUnclearColumn(
  reader: Reader,
  draft: Draft,
  table: TableDraft,
  { column: { name }, tokens, assumed, target }: ColumnDraft,
): boolean {
  if (name.endsWith("_id") && !target) return reportUnclearId(reader, draft, table, { name, tokens, assumed });
  const last = name.slice(name.lastIndexOf("_") + 1);
  const whole = target ? undefined : findTable(draft, name);
  const other = target ? undefined : (whole ?? findTable(draft, last));
  const untyped = assumed.some((text) => text.startsWith(`${name}: no type given`));
  if (!other || tokens.length === 0 || !untyped || (other === table && name === last)) return false;
  if (!whole && name !== last && last !== other.singular) return false; // "a sum of orders"
  const parent = spoken(other.singular);
  if (name !== last && !whole) {
    const role = name.slice(0, -last.length - 1);
    const optional = other === table ? "optionally " : "";
    reportTextOrReference(reader, tokens, name, other, `"${optional}belongs to ${withArticle(`${role} ${parent}`)}"`);
    return true;
  }
  reader.reportTokens(
    tokens,
    `"${spoken(name)}" can be read as a text, as a reference to one of the ${other.name}, or as the one ${parent} that only this ${spoken(table.singular)} has.`,
    `Write ${name}:string for the first, "belongs to ${withArticle(parent)}" for the second, "has one ${parent}" for the third.`,
  );
  return true;
}

/** "user_id" where users is a table. */
function reportUnclearId(
  reader: Reader,
  draft: Draft,
  table: TableDraft,
  { name, tokens, assumed }: { name: string; tokens: ColumnDraft["tokens"]; assumed: string[] },
): boolean {
  const noun = name.slice(0, -"_id".length);
  const other = findTable(draft, noun);
  if (!other || tokens.length === 0 || !assumed.some((text) => text.startsWith(`${name}: no type given`))) return false;
  const belong = `"${table.name} belong to ${withArticle(spoken(noun))}"`;
  reportTextOrReference(reader, tokens, name, other, `${noun}:references:${other.name} or ${belong}`);
  return true;
}

function reportTextOrReference(
  reader: Reader,
  tokens: ColumnDraft["tokens"],
  name: string,
  other: TableDraft,
  second: string,
): void {
  const reason = `"${spoken(name)}" can be read as a text, or as a reference to one of the ${other.name}.`;
  reader.reportTokens(tokens, reason, `Write ${name}:string for the first, ${second} for the second.`);
}
