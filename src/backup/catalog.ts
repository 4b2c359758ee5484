// What a schema holds that a backup has to carry: tables, sequences, and what stands in the way of loading rows.
import { type ClientBase, escapeIdentifier } from "pg";

export interface TableColumns {
  name: string;
  /** Columns that are stored, in order; generated ones are computed anew. */
  columns: string[];
}

export interface SequenceState {
  name: string;
  /** As text: it may be larger than a JavaScript number holds. */
  last_value: string;
  is_called: boolean;
}

export interface ForeignKey {
  table: string;
  name: string;
  /** `FOREIGN KEY (…) REFERENCES …` */
  definition: string;
}

export interface Trigger {
  table: string;
  name: string;
  /** How it is enabled: O ordinary, R on replicas only, A always. */
  enabled: "O" | "R" | "A";
}

/** Ordinary tables and partitions; their rows are all there is. */
export async function listTables(client: ClientBase, schema: string): Promise<TableColumns[]> {
  const { rows } = await client.query<TableColumns>(
    `select c.relname as name,
            array(select a.attname::text from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                  order by a.attnum) as columns
     from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'r' order by c.relname`,
    [escapeIdentifier(schema)],
  );
  return rows;
}

/** Sequences are outside of transactions: their state is at least as far as the rows that were read before. */
export async function listSequences(client: ClientBase, schema: string): Promise<SequenceState[]> {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'S' order by 1",
    [escapeIdentifier(schema)],
  );
  const states: SequenceState[] = [];
  for (const { name } of rows) {
    const state = await client.query<{ last_value: string; is_called: boolean }>(
      `select last_value::text, is_called from ${qualified(schema, name)}`,
    );
    states.push({ name, ...state.rows[0]! });
  }
  return states;
}

export async function listForeignKeys(client: ClientBase, schema: string): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select c.relname as "table", k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.connamespace = $1::regnamespace and k.contype = 'f' and k.conparentid = 0 order by 1, 2`,
    [escapeIdentifier(schema)],
  );
  return rows;
}

export async function listTriggers(client: ClientBase, schema: string): Promise<Trigger[]> {
  const { rows } = await client.query<Trigger>(
    `select c.relname as "table", t.tgname as name, t.tgenabled::text as enabled
     from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = $1::regnamespace and not t.tgisinternal and t.tgenabled <> 'D' and t.tgparentid = 0
     order by 1, 2`,
    [escapeIdentifier(schema)],
  );
  return rows;
}

/** Materialized views that hold rows, in the order in which they were made. */
export async function listFilledViews(client: ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = $1::regnamespace and relkind = 'm' and relispopulated order by oid`,
    [escapeIdentifier(schema)],
  );
  return rows.map(({ name }) => name);
}

/** Files that lie in the database outside of its tables; no backup of rows carries them. */
export async function countLargeObjects(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ n: number }>("select count(*)::int as n from pg_largeobject_metadata");
  return rows[0]!.n;
}

export function qualified(schema: string, name: string): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
}
