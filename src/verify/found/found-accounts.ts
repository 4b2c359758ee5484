// Whether a project that nobody has planned has the accounts of the base project, and which rows belong to one.
import { PASSWORDS, SESSIONS } from "../../plan/accounts.ts";
import type { SchemaFacts } from "../introspect.ts";
import type { Contract } from "../probe/contract.ts";

export interface FoundAccounts {
  /** The table whose rows are accounts. */
  table: string;
  /** By table, the column that says whose a row is. */
  owners: ReadonlyMap<string, string>;
}

/** Paths of the base project's own endpoints. */
export const LOG_IN = "POST /api/login";
export const LOG_OUT = "POST /api/logout";

/** null without accounts, or with others than the base project's. */
export function foundAccounts({ operations }: Contract, facts: SchemaFacts): FoundAccounts | null {
  const keys = facts.constraints.filter(({ kind }) => kind === "foreign key");
  const table = keys.find((one) => one.table === PASSWORDS)?.references?.table;
  if (table === undefined || !facts.tables.includes(SESSIONS) || !operations.has(LOG_IN)) return null;
  const owners = new Map<string, string>();
  for (const key of keys) {
    const [column, another] = key.columns;
    const isOwner = key.references?.table === table && key.references.onDelete === "cascade" && another === undefined;
    const required = facts.columns.some((one) => one.table === key.table && one.name === column && !one.nullable);
    if (isOwner && required && column !== undefined && ![PASSWORDS, SESSIONS].includes(key.table))
      owners.set(key.table, column);
  }
  return { table, owners };
}
