// What the rules collect from a request before it is resolved into tables.
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { BUILT_IN_COLUMNS } from "../../../../plan/names.ts";
import type { Column } from "../../../../plan/plan.ts";
import { pluralOf, singularOf } from "./inflect.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";

/** A noun that should name a table of the plan. */
export interface Target {
  noun: string;
  tokens: Token[];
  /** A sentence that names a well-known noun brings its table along; the exact syntax does not. */
  brings: boolean;
}

export interface ColumnDraft {
  column: Column;
  target: Target | null;
  tokens: Token[];
  /** Sentences about this column, with the table left out: "done defaults to false". */
  assumed: string[];
  /** Whether it must be there was said, and not decided by its name. */
  saidNullable?: true;
  /** "a searchable title" */
  searchable?: true;
  /** The verb that says so, other than "belong to": "created by". */
  by?: string;
  /** "can be published or not", "are draft or published" */
  state?: true;
  /** "a manager who is an employee", where nothing says whether it must be there. */
  person?: true;
}

export interface TableDraft {
  name: string;
  singular: string;
  tokens: Token[];
  columns: ColumnDraft[];
  /** Columns were given in parentheses, so another such group is a mistake. */
  grouped: boolean;
  /** Where it is named in a list of tables, if it is. */
  listed: Token[] | null;
  /** The subject of a sentence, which would name it without the list. */
  described: boolean;
  /** Columns that its list searches, once that is resolved. */
  search?: string[];
  /** The tables that a verb has put it between. */
  links?: string;
  /** A verb's own, as likes are: no other relation of the two uses it. */
  apart?: true;
  /** The well-known table that it is one of, under another name: flight_bookings are bookings. */
  usual?: string;
  /** References that make a link, which is there once. */
  uniqueTogether?: string[];
  softDelete?: true;
  deleteAll?: true;
  url?: true;
  account?: true;
  /** The reference that says which account a row belongs to. */
  owner?: string;
}

/** "posts have many comments", "each user has one profile", "students and courses are many-to-many". */
export interface Relation {
  kind: "many" | "one" | "mutual";
  owner: TableDraft;
  member: TableDraft;
  /** The table between them, when it was named. */
  through: TableDraft | null;
  /** The verb that says so, other than "have". */
  by?: string;
  /** "customers place orders": one-to-many, whatever is usual for the two. */
  owns?: true;
  /** Columns of what is between them: "with a quantity". */
  attributes: ColumnDraft[];
  tokens: Token[];
}

export type FeatureKind = "search" | "softDelete" | "deleteAll" | "url" | "accounts";

/** "tasks with search by title", "search for users and tasks": resolved when all tables and columns are known. */
export interface FeatureRequest {
  kind: FeatureKind;
  /** Of what it was said; null when of none. */
  tables: TableDraft[] | null;
  /** Tables that it names itself; where there are neither, it is for all. */
  targets: Target[];
  columns: { name: string; tokens: Token[] }[];
  tokens: Token[];
  /** Said of the tables by a verb: "users can log in". */
  said?: true;
}

interface ConstantRequest {
  path: string;
  body: unknown;
  tokens: Token[];
}

export interface Draft {
  name: string | null;
  /** "todo" in "a todo API": has conventional tables when none are named. */
  domain: string | null;
  tables: TableDraft[];
  relations: Relation[];
  features: FeatureRequest[];
  /** Origins whose web pages may use the API. */
  cors: string[];
  constants: ConstantRequest[];
  assumptions: string[];
  /** What the last sentence names in the plural: what "they" may mean. */
  mentioned: string[];
  noDatabase: Token[] | null;
  /** "without login" */
  noAccounts: Token[] | null;
  healthOnly: boolean;
}

export function emptyDraft(): Draft {
  return {
    name: null,
    domain: null,
    tables: [],
    relations: [],
    features: [],
    cors: [],
    constants: [],
    assumptions: [],
    mentioned: [],
    noDatabase: null,
    noAccounts: null,
    healthOnly: false,
  };
}

/** Takes tables out of the draft that cannot stand; what refers to them is missed when references are resolved. */
export function dropTables(draft: Draft, refused: ReadonlySet<TableDraft>): void {
  draft.tables = draft.tables.filter((table) => !refused.has(table));
}

export function findTable(draft: Draft, noun: string): TableDraft | undefined {
  const singular = singularOf(noun);
  return draft.tables.find((table) => table.singular === singular);
}

/** The table that `noun` (singular or plural) names, added when it is new. */
export function tableFor(draft: Draft, noun: string, tokens: Token[]): TableDraft {
  const known = findTable(draft, noun);
  if (known) return known;
  const singular = singularOf(noun);
  const table = {
    name: singular === noun ? pluralOf(noun) : noun,
    singular,
    tokens,
    columns: [],
    grouped: false,
    listed: null,
    described: false,
  };
  draft.tables.push(table);
  return table;
}

/** Adds a copy of the column, or reports that the table has one of its name already. */
export function addColumn(reader: Reader, draft: Draft, table: TableDraft, added: ColumnDraft): void {
  const name = added.column.name;
  if (BUILT_IN_COLUMNS.some((builtIn) => builtIn === name)) {
    addBuiltIn(reader, draft, table, added);
    return;
  }
  const same = table.columns.find((other) => other.column.name === name);
  if (same) {
    // "posts have many comments; comments belong to posts" says one thing twice.
    if (same.target && added.target && singularOf(same.target.noun) === singularOf(added.target.noun)) {
      reportOtherRole(reader, table, same, added);
      return;
    }
    reader.reportTokens(
      added.tokens,
      `${table.name} has a column ${name} already.`,
      "Give each column of a table its own name.",
    );
    return;
  }
  const column = { ...added.column };
  if (added.person && singularOf(added.target!.noun) === table.singular) {
    column.nullable = true;
    column.references = { table: table.name, onDelete: "set null" };
    draft.assumptions.push(
      `${table.name}.${name}: is optional, or the first of the ${table.name} could not be created`,
    );
  }
  table.columns.push({ ...added, column });
  for (const assumption of added.assumed) draft.assumptions.push(`${table.name}.${assumption}`);
}

/** "tasks.user_id: each task belongs to a user", for an assumption. */
export function belongingOf(table: TableDraft, { name, nullable }: Column, parent: string): string {
  const verb = nullable ? "may belong" : "belongs";
  return `${table.name}.${name}: each ${spoken(table.singular)} ${verb} to ${withArticle(spoken(parent))}`;
}

/** "tasks are created by users and assigned to users" would be two references, with a name each. */
export function reportOtherRole(
  reader: Reader,
  table: TableDraft,
  same: ColumnDraft,
  added: Pick<ColumnDraft, "by" | "tokens" | "column">,
): void {
  const verbs = [same.by ?? "belong to", added.by ?? "belong to"];
  const optional = same.column.nullable !== added.column.nullable;
  if (!optional && (!same.by || !added.by || same.by === added.by)) return;
  const reason = `${table.name} refer to the same table twice, "${verbs.join('" and "')}", ${optional ? "once optionally" : "with one name"}.`;
  reader.reportTokens(added.tokens, reason, 'Give each a name, for example "belong to a user as author"');
}

function addBuiltIn(reader: Reader, draft: Draft, table: TableDraft, added: ColumnDraft): void {
  const { name, type, unique } = added.column;
  const plain = added.assumed.length > 0 || (name !== "id" && type === "timestamp");
  if (!plain || unique) {
    const kind =
      name === "id"
        ? "a text of 21 characters that the service makes"
        : "a unix time in seconds that the service keeps";
    reader.reportTokens(added.tokens, `Every table has the column ${name} already: ${kind}.`, "Leave it out.");
    return;
  }
  draft.assumptions.push(`${table.name}.${name}: every table has this column already, kept by the service`);
}
