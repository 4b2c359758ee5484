// "users can log in", "with login": whose accounts they are, what they log in with, and which rows belong to one.
import { accountColumnProblem, LOGIN_COLUMN } from "../../../../plan/accounts.ts";
import { newColumn } from "../../../../plan/build-plan.ts";
import { spoken } from "../../../../plan/endpoints.ts";
import { referenceTo } from "./column.ts";
import {
  addColumn,
  type ColumnDraft,
  type Draft,
  type FeatureRequest,
  findTable,
  type TableDraft,
  tableFor,
} from "./draft.ts";
import type { Reader } from "./reader.ts";
import { words } from "./vocabulary.ts";

const USERS = "users";
/** Who logs in, where it is said of a table of people: "customers with login". */
const PEOPLE = words(
  "users members customers people persons clients students teachers patients doctors employees drivers guests authors readers players buyers sellers owners",
);

export function isPerson(table: string): boolean {
  return PEOPLE.has(table);
}

/** Room for any address that is in use. */
const LOGIN_LENGTH = 320;

/** The table whose rows are accounts, made when there is none; before columns that nobody gave are added. */
export function bringAccounts(reader: Reader, draft: Draft): void {
  const [first, ...again] = draft.features.filter(({ kind }) => kind === "accounts");
  if (!first) return;
  if (draft.noAccounts) {
    reader.reportTokens(draft.noAccounts, "Accounts are asked for as well.", "Leave one of the two out.");
    return;
  }
  const table = accountsOf(reader, draft, first);
  if (!table) return;
  table.account = true;
  for (const feature of again) {
    const other = accountsOf(reader, draft, feature);
    if (other && other !== table)
      reader.reportTokens(
        feature.tokens,
        `${table.name} and ${other.name} cannot both log in.`,
        "Leave one of them out.",
      );
  }
  if (again.length > 0) for (const { tokens } of [first, ...again]) for (const token of tokens) token.use = "mention";
}

function accountsOf(
  reader: Reader,
  draft: Draft,
  { tables, targets, tokens, said }: FeatureRequest,
): TableDraft | null {
  const [target, another] = targets;
  if (another || (said && tables && tables.length > 1)) {
    reader.reportTokens(tokens, "Only one table can have accounts.", 'Write "users can log in"');
    return null;
  }
  if (target) {
    const table = findTable(draft, target.noun) ?? tableFor(draft, target.noun, target.tokens);
    if (PEOPLE.has(table.name)) return table;
    const suggestion = `Write "${table.name} can log in", or only "with login"`;
    reader.reportTokens(target.tokens, `It is not clear whether ${table.name} are who logs in.`, suggestion);
    return null;
  }
  const people = (tables ?? []).filter(({ name }) => said || PEOPLE.has(name));
  if (people.length === 1) return people[0]!;
  const known = findTable(draft, USERS);
  if (known) return known;
  draft.assumptions.push(`${USERS}: added, because somebody has to log in`);
  return tableFor(draft, USERS, tokens);
}

/** Once all columns and references are known. */
export function resolveAccounts(reader: Reader, draft: Draft): void {
  const accounts = draft.tables.find(({ account }) => account);
  if (!accounts) return;
  draft.assumptions.push(
    `${accounts.name}: sign up and log in with an e-mail address and a password; every other endpoint needs their token`,
  );
  addLogin(reader, draft, accounts);
  const others = draft.tables.filter((table) => table !== accounts);
  for (const table of others) findOwner(reader, table, accounts);
  while (others.some((table) => inherits(reader, draft, table, accounts))); // until none is left that refers to owned rows
  for (const one of accounts.columns) reportColumn(reader, draft, accounts, one);
  for (const table of others) state(draft, table);
}

/** What a column of the accounts cannot be, in the words of the request. */
function reportColumn(reader: Reader, draft: Draft, { name }: TableDraft, { column, tokens }: ColumnDraft): void {
  const tables = draft.tables.map((table) => ({ ...table, columns: table.columns.map((one) => one.column) }));
  const { references } = column;
  if (!accountColumnProblem({ name }, column, tables)) return;
  const role = column.name.replace(/_id$/, "");
  if (references && (references.table === name || column.nullable))
    reader.reportTokens(tokens, `${name} see nobody else, so that ${role} would lead nowhere.`, "Leave it out.");
  else if (references)
    reader.reportTokens(
      tokens,
      `Nobody could sign up before there is a row that ${column.name} refers to.`,
      `Make it optional: ${role}:references:${references.table}?`,
    );
  else
    reader.reportTokens(
      tokens,
      `Of ${name} who log in only the email, and texts that can have 21 characters, can be unique.`,
      `Leave "unique" out: ${column.name}:${column.type}`,
    );
}

function addLogin(reader: Reader, draft: Draft, accounts: TableDraft): void {
  const known = accounts.columns.find(({ column }) => column.name === LOGIN_COLUMN);
  if (!known) {
    const column = newColumn(LOGIN_COLUMN, "email", { unique: true, maxLength: LOGIN_LENGTH });
    accounts.columns.push({ column, target: null, tokens: [], assumed: [] });
    draft.assumptions.push(`${accounts.name}.${LOGIN_COLUMN}: added, a unique e-mail address to log in with`);
    return;
  }
  const { column, tokens } = known;
  if (column.type !== "email" || (column.maxLength ?? LOGIN_LENGTH) < 50) {
    reader.reportTokens(
      tokens,
      "Accounts log in with this: it must be an e-mail address of any length.",
      "Write email:email:unique",
    );
    return;
  }
  if (column.unique && !column.nullable) return;
  column.unique = true;
  column.nullable = false;
  draft.assumptions.push(`${accounts.name}.${LOGIN_COLUMN}: required and unique, because accounts log in with it`);
}

/** The one reference to the accounts says whose a row is; others leave that open. */
function findOwner(reader: Reader, table: TableDraft, accounts: TableDraft): void {
  const [owner, another] = table.columns.filter(({ column }) => column.references?.table === accounts.name);
  if (!owner) return;
  if (another)
    return reader.reportTokens(
      another.tokens.length > 0 ? another.tokens : table.tokens,
      `It is not clear to whom ${table.name} belong: they refer to ${accounts.name} twice.`,
      "Leave one of the references out: rows are seen by their owner only.",
    );
  if (owner.column.nullable || owner.column.unique)
    return reader.reportTokens(
      owner.tokens.length > 0 ? owner.tokens : table.tokens,
      owner.column.unique
        ? `At most one of the ${table.name} for each account is no rule of the offline model.`
        : `Rows of ${table.name} that belong to no account would be seen by nobody.`,
      owner.column.unique
        ? `Give the columns to ${accounts.name} instead.`
        : `Make it required: ${owner.column.name.replace(/_id$/, "")}:references:${accounts.name}`,
    );
  own(table, owner);
}

function own(table: TableDraft, { column }: ColumnDraft): void {
  table.owner = column.name;
  column.references!.onDelete = "cascade";
  const others = table.uniqueTogether?.filter((name) => name !== column.name);
  if (!others) return;
  delete table.uniqueTogether;
  // Of one owner's rows there is one each: the other half of a link is unique among them.
  if (others.length > 1) table.uniqueTogether = others;
  else for (const other of table.columns) if (other.column.name === others[0]) other.column.unique = true;
}

/** What refers to a row of one account belongs to that account. True when the table has become one's. */
function inherits(reader: Reader, draft: Draft, table: TableDraft, accounts: TableDraft): boolean {
  const parent = draft.tables.find(
    ({ name, owner }) => owner !== undefined && table.columns.some(({ column }) => column.references?.table === name),
  );
  if (
    table.owner !== undefined ||
    !parent ||
    table.columns.some(({ column }) => column.references?.table === accounts.name)
  )
    return false;
  const reference = referenceTo(accounts.name, null, false, table.tokens, false);
  addColumn(reader, draft, table, reference);
  const added = table.columns.find(({ column }) => column.name === reference.column.name);
  if (!added?.column.references) return false; // the name is taken, which is reported
  added.column.references.table = accounts.name;
  draft.assumptions.push(
    `${table.name}.${added.column.name}: added, because ${parent.name} belong to one account each`,
  );
  own(table, added);
  return true;
}

function state(draft: Draft, { name, owner, columns, uniqueTogether }: TableDraft): void {
  if (owner === undefined) {
    draft.assumptions.push(`${name}: read and changed by everybody who has logged in`);
    return;
  }
  draft.assumptions.push(`${name}: belong to the account that makes them (${owner}), and nobody else sees them`);
  const unique = [
    ...columns.filter(({ column }) => column.unique).map(({ column }) => column.name),
    ...(uniqueTogether ?? []),
  ];
  if (unique.length > 0)
    draft.assumptions.push(`${name}: ${unique.map(spoken).join(", ")} unique among the rows of one account`);
}
