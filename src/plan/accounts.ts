// Accounts: people who sign up, log in, and have rows of their own. What this takes of a plan and in the database.
import type { Column, Table } from "./plan.ts";

/** Where the hashes of passwords are; the rows that the API shows do not have them. */
export const PASSWORDS = "account_passwords";
/** Where the hashes of tokens are, one for each login. */
export const SESSIONS = "account_sessions";
/** Characters of a password. NIST SP 800-63B: at least 8, long ones allowed, and nothing said about which characters. */
export const PASSWORD_LENGTH = { minimum: 8, maximum: 200 } as const;
/** What accounts log in with. */
export const LOGIN_COLUMN = "email";

/** Addresses shorter than this are no use to log in with. */
const SHORTEST_LOGIN = 50;
const LENGTH_OF_ID = 21;

/** The table whose rows are accounts, if the plan has one. */
export function accountTable(tables: Table[]): Table | undefined {
  return tables.find(({ account }) => account);
}

/** The column that holds the account which alone may see a row: a row's owner, or the id of an account itself; null where every
 * account sees all rows. */
export function accountColumn({ account, owner }: Table): string | null {
  return account ? "id" : (owner ?? null);
}

/** Whether the column refers to a row that has the same owner. */
export function refersToOwn(tables: Table[], table: Table, { references }: Column): boolean {
  const target = tables.find(({ name }) => name === references?.table);
  return table.owner !== undefined && target?.owner !== undefined;
}

/** Whether rows of another owned table, or its own, refer to rows of this one. */
export function isReferredToByOwn(tables: Table[], table: Table): boolean {
  return tables.some((other) =>
    other.columns.some((column) => column.references?.table === table.name && refersToOwn(tables, other, column)),
  );
}

/** Every problem of the table's accounts and owners as `.option: message`. */
export function accountProblems(table: Table, tables: Table[]): string[] {
  const accounts = accountTable(tables);
  if (!accounts) return table.owner === undefined ? [] : [".owner: no table of the plan has accounts"];
  if ([PASSWORDS, SESSIONS].includes(table.name))
    return [`.name: "${table.name}" is kept by the service, for accounts`];
  return table.account ? ofAccounts(table, tables) : ofRows(table, tables, accounts);
}

function ofAccounts(table: Table, tables: Table[]): string[] {
  const login = table.columns.find(({ name }) => name === LOGIN_COLUMN);
  return [
    ...(tables.some((other) => other !== table && other.account) ? [".account: only one table can have accounts"] : []),
    ...(table.owner === undefined ? [] : [".owner: an account belongs to itself"]),
    ...(table.softDelete ? [".softDelete: accounts are deleted with all that belongs to them"] : []),
    ...(table.search ? [".search: accounts are not listed"] : []),
    ...(login?.type === "email" && login.unique && !login.nullable && (login.maxLength ?? 320) >= SHORTEST_LOGIN
      ? []
      : [
          `.account: needs the column "${LOGIN_COLUMN}", a required and unique email of at least ${SHORTEST_LOGIN} characters, to log in with`,
        ]),
    ...table.columns.flatMap((column, index) => {
      const problem = accountColumnProblem(table, column, tables);
      return problem ? [`.columns[${index}]${problem}`] : [];
    }),
  ];
}

/** What a column of accounts cannot be, as `.option: message`; null when it can be as it is. */
export function accountColumnProblem(table: Pick<Table, "name">, column: Column, tables: Table[]): string | null {
  const { name, type, unique, nullable, references, minLength = 0, maxLength = 200 } = column;
  if (name === "password") return '.name: "password" is kept by the service, as a hash';
  if (references?.table === table.name || tables.some((one) => one.name === references?.table && one.owner))
    return ".references: an account sees nobody else, nor what belongs to one";
  if (references && !nullable) return ".nullable: nobody could sign up before there is such a row";
  const isNew = type === "string" && maxLength >= LENGTH_OF_ID && minLength <= LENGTH_OF_ID;
  return unique && name !== LOGIN_COLUMN && !isNew
    ? `.unique: of accounts only the email and texts of ${LENGTH_OF_ID} characters can be unique`
    : null;
}

function ofRows(table: Table, tables: Table[], accounts: Table): string[] {
  const owner = table.columns.find(({ name }) => name === table.owner);
  const problems: string[] = [];
  if (table.owner !== undefined) {
    const { references, nullable, unique } = owner ?? {};
    if (references?.table !== accounts.name || nullable || unique || references.onDelete !== "cascade")
      problems.push(`.owner: must be a required reference to ${accounts.name} with on delete cascade, and not unique`);
    if (table.uniqueTogether?.includes(table.owner))
      problems.push(".uniqueTogether: is among the rows of one owner anyhow: leave the owner out");
  }
  for (const [index, column] of table.columns.entries()) {
    const target = tables.find(({ name }) => name === column.references?.table);
    if (target?.account && column !== owner)
      problems.push(`.columns[${index}].references: only the owner of a row can be one of the ${accounts.name}`);
    if (target?.owner !== undefined && table.owner === undefined)
      problems.push(`.owner: is missing; ${table.name} refer to ${target.name}, which belong to one account each`);
  }
  return problems;
}
