// The probed copy of the database as tb sees it, past the application: are the rows that it claims really there? As the role
// that owns the schema, never as the administrator: a trigger, a default and an operator are code of the project's.
import { Client, DatabaseError, escapeIdentifier } from "pg";
import { connectionError } from "../../adapters/database-cluster/connection-errors.ts";
import { PASSWORDS, SESSIONS } from "../../plan/accounts.ts";
import type { Connection } from "../../adapters/database-cluster/database-cluster.ts";
import type { Row } from "./rows.ts";

/** For a handler that leaves a transaction open. */
const LOCK_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const LOCKED = new Set(["55P03", "57014"]);

/** A look that was in vain because something holds a lock. */
export class StoreBlocked extends Error {}

export interface Store {
  /** Here and below, rows that are only marked as deleted do not count, unless it says so. */
  count(table: string): Promise<number>;
  /** The row as JSON, or null; a deleted one too. */
  row(table: string, id: string): Promise<Row | null>;
  /** Inserts rows directly and resolves to them, in their order; null when a rule of the database refuses one. */
  insert(table: string, rows: readonly Row[]): Promise<Row[] | null>;
  /** Deletes a row directly, unless others need it. */
  remove(table: string, id: string): Promise<void>;
  /** Moves the times of a row back, as if it had been made and changed `seconds` before. */
  backdate(table: string, id: string, seconds: number): Promise<void>;
  /** Ids newest first, as lists show them, or by another column and then by id; only those that have this value in the column. */
  ids(
    table: string,
    where?: { column: string; value: unknown; deleted?: true },
    by?: { column: string; descending: boolean },
  ): Promise<string[]>;
  /** What the column holds anywhere, as texts. */
  values(table: string, column: string): Promise<Set<string>>;
  /** Unix seconds by the database's own clock. */
  now(): Promise<number>;
  /** Ends the tokens of an account, as if their time were over. */
  endSessions(account: string): Promise<void>;
  /** A table that has the text anywhere in a row, as it is; null when none has. */
  tableWith(text: string): Promise<string | null>;
  /** A digest of each table's rows, without one row of one table. */
  digest(except?: { table: string; id: string }): Promise<Map<string, string>>;
  close(): Promise<void>;
}

/** `tables` are what `digest` looks at, all with an id; `keeping` those whose deleted rows stay, marked by deleted_at. Throws
 * TbError when the server cannot be reached. */
export async function openStore(
  connection: Connection,
  tables: readonly string[],
  keeping: ReadonlySet<string> = new Set(),
): Promise<Store> {
  const client = new Client({
    ...connection,
    application_name: "tb",
    connectionTimeoutMillis: 10_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    query_timeout: 2 * STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on("error", () => {}); // the statement under way fails with the same error
  try {
    await client.connect();
  } catch (error) {
    throw connectionError(error, "of the projects", "tb db status");
  }
  return storeOf(client, tables, keeping);
}

function storeOf(client: Client, tables: readonly string[], keeping: ReadonlySet<string>): Store {
  const there = (table: string) => (keeping.has(table) ? "deleted_at is null" : "true");

  async function query<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    try {
      return (await client.query<T>(text, values)).rows;
    } catch (error) {
      if (error instanceof DatabaseError && LOCKED.has(error.code ?? ""))
        throw new StoreBlocked(error.message, { cause: error });
      throw error;
    }
  }

  return {
    async count(table) {
      const [row] = await query<{ n: number }>(
        `select count(*)::int as n from ${escapeIdentifier(table)} where ${there(table)}`,
      );
      return row?.n ?? 0;
    },
    async row(table, id) {
      const text = `select to_jsonb(t) as row from ${escapeIdentifier(table)} t where id = $1`;
      const [found] = await query<{ row: Row }>(text, [id]);
      return found?.row ?? null;
    },
    insert(table, rows) {
      const name = escapeIdentifier(table);
      const columns = Object.keys(rows[0] ?? {})
        .map(escapeIdentifier)
        .join(", ");
      const text = `with made as (
          insert into ${name} (${columns})
          select ${columns} from jsonb_populate_recordset(null::${name}, $1::jsonb) returning *)
        select to_jsonb(made) as row from made`;
      const inserted = query<{ row: Row }>(text, [JSON.stringify(rows)]);
      return unlessRefused(inserted.then((found) => found.map(({ row }) => row)));
    },
    async remove(table, id) {
      await unlessRefused(query(`delete from ${escapeIdentifier(table)} where id = $1`, [id]));
    },
    async backdate(table, id, seconds) {
      const text = `update ${escapeIdentifier(table)} set created_at = created_at - $2, updated_at = updated_at - $2 where id = $1`;
      await query(text, [id, seconds]);
    },
    async ids(table, where, by = { column: "created_at", descending: true }) {
      const name = escapeIdentifier(table);
      const direction = by.descending ? "desc" : "asc";
      const order = `order by ${escapeIdentifier(by.column)} ${direction}, id ${direction}`;
      if (!where)
        return (await query<{ id: string }>(`select id from ${name} where ${there(table)} ${order}`)).map(
          ({ id }) => id,
        );
      const column = escapeIdentifier(where.column);
      const rows = where.deleted ? "true" : there(table);
      const text = `select id from ${name} where ${rows} and ${column} = (jsonb_populate_record(null::${name}, $1::jsonb)).${column} ${order}`;
      const found = await query<{ id: string }>(text, [JSON.stringify({ [where.column]: where.value })]);
      return found.map(({ id }) => id);
    },
    async values(table, column) {
      const text = `select distinct ${escapeIdentifier(column)}::text as value from ${escapeIdentifier(table)} where ${there(table)}`;
      return new Set((await query<{ value: string }>(text)).map(({ value }) => value));
    },
    async now() {
      const [row] = await query<{ now: number }>("select extract(epoch from clock_timestamp())::float8 as now");
      return row?.now ?? Number.NaN;
    },
    async endSessions(account) {
      await query(`update ${SESSIONS} set expires_at = 0 where account_id = $1`, [account]);
    },
    async tableWith(text) {
      for (const table of [...tables, PASSWORDS, SESSIONS]) {
        const rows = `select 1 from ${escapeIdentifier(table)} t where position($1 in t::text) > 0`;
        const [found] = await query<{ there: boolean }>(`select exists(${rows}) as there`, [text]);
        if (found?.there) return table;
      }
      return null;
    },
    async digest(except) {
      if (tables.length === 0) return new Map();
      const parts = tables.map((table, index) => {
        const rest = table === except?.table ? "where id <> $1" : "";
        const rows = `string_agg(t::text, E'\\n' order by t::text)`;
        return `select ${index} as place, md5(coalesce(${rows}, '')) as digest from ${escapeIdentifier(table)} t ${rest}`;
      });
      const skips = except !== undefined && tables.includes(except.table);
      const text = `${parts.join(" union all ")} order by place`;
      const found = await query<{ digest: string }>(text, skips ? [except.id] : []);
      return new Map(tables.map((table, index) => [table, found[index]?.digest ?? ""]));
    },
    close: () => client.end(),
  };
}

/** What the work does when no rule of the database is against it; null when one is. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DatabaseError && /^(?:2[23]|P0)/.test(error.code ?? "")) return null;
    throw error;
  }
}

/** Names of the tables whose rows differ between two looks. */
export function changedTables(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].filter(([table, digest]) => after.get(table) !== digest).map(([table]) => table);
}
