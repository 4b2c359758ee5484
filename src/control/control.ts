// What the modules of the control schema need of the database; opened by `openControl` (database.ts).
import type pg from "pg";

export interface Control {
  readonly pool: pg.Pool;
  readonly schema: string;
  /** `name` is given to a statement that a command runs many times: it is parsed and planned once a connection. */
  query<Row extends object>(text: string, values?: unknown[], name?: string): Promise<Row[]>;
  transaction<T>(work: (query: Control["query"]) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
