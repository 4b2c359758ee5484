// The probed copy of the database as tb sees it, past the application: are the rows that it claims really there?
import { escapeIdentifier } from "pg";
import type { AdministratorQuery } from "../../adapters/database-cluster/database-cluster.ts";
import type { Row } from "./rows.ts";

export interface Store {
  count(table: string): Promise<number>;
  /** The row as JSON, or null. */
  row(table: string, id: string): Promise<Row | null>;
  /** Inserts a row directly, for a table that the API cannot create rows of. */
  insert(table: string, values: Row): Promise<void>;
}

export function createStore(query: AdministratorQuery): Store {
  return {
    async count(table) {
      const { rows } = await query<{ n: number }>(`select count(*)::int as n from ${escapeIdentifier(table)}`);
      return rows[0]?.n ?? 0;
    },
    async row(table, id) {
      const text = `select to_jsonb(t) as row from ${escapeIdentifier(table)} t where id = $1`;
      const { rows } = await query<{ row: Row }>(text, [id]);
      return rows[0]?.row ?? null;
    },
    async insert(table, values) {
      const columns = Object.keys(values).map(escapeIdentifier).join(", ");
      const name = escapeIdentifier(table);
      const text = `insert into ${name} (${columns}) select ${columns} from jsonb_populate_record(null::${name}, $1::jsonb)`;
      await query(text, [JSON.stringify(values)]);
    },
  };
}
