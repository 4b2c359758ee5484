// What the modules of the control schema need of the database; opened by `openControl` (database.ts).
import type pg from "pg";

export interface Control {
  readonly pool: pg.Pool;
  readonly schema: string;
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  transaction<T>(work: (query: Control["query"]) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
