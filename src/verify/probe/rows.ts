// Makes rows through the API, parents first, and remembers them.
import { isDeepStrictEqual } from "node:util";
import { DatabaseError } from "pg";
import type { Column, Endpoint, Operation, Plan, Table } from "../../plan/plan.ts";
import { routeKey } from "../routes.ts";
import { objectOf, type Prober, shown } from "./prober.ts";
import type { Store } from "./store.ts";
import { unknownId, validValue } from "./values.ts";

export type Row = Record<string, unknown>;

const BUILT_IN = new Set(["id", "created_at", "updated_at"]);

export interface Rows {
  readonly plan: Plan;
  readonly prober: Prober;
  readonly store: Store;
  /** Rows that were made, oldest first. */
  of(table: string): Row[];
  /** Adds a row that was made in another way. */
  remember(table: string, row: Row): void;
  /** Takes a row that was changed or deleted out of `of`. */
  forget(table: Table, row: Row): void;
  /** A body with every column, or with only those that must be there. */
  body(table: Table, extent: "full" | "minimal"): Promise<Row>;
  /** A new row, through the API where it can; null when that fails (which is a failure already). */
  make(table: Table, what?: string, extent?: "full" | "minimal", overrides?: Row): Promise<Row | null>;
}

export function writable(table: Table): Column[] {
  return table.columns.filter((column) => !BUILT_IN.has(column.name));
}

export function isRequired(column: Column): boolean {
  return !column.nullable && column.default === null;
}

/** "GET /api/users/{id}" of the plan's endpoint, if it has one. */
export function endpointFor(plan: Plan, kind: Operation["kind"], table: string): string | null {
  const found = plan.endpoints.find(
    ({ operation }: Endpoint) => operation.kind === kind && "table" in operation && operation.table === table,
  );
  return found ? routeKey(found) : null;
}

export function createRows(plan: Plan, prober: Prober, store: Store): Rows {
  const made = new Map<string, Row[]>();
  let n = 0;

  function of(table: string): Row[] {
    return made.get(table) ?? [];
  }

  function remember(table: string, row: Row): void {
    made.set(table, [...of(table), row]);
  }

  function forget(table: Table, row: Row): void {
    made.set(
      table.name,
      of(table.name).filter((one) => one !== row),
    );
  }

  async function parentId(table: Table, column: Column): Promise<unknown> {
    const parent = plan.tables.find((one) => one.name === column.references?.table);
    if (!parent) return unknownId();
    const existing = of(parent.name)[0];
    if (parent === table && !existing) return null; // the first row cannot refer to another
    // A unique reference takes each parent once.
    const row = existing && !column.unique ? existing : await make(parent);
    return row?.["id"] ?? null;
  }

  async function body(table: Table, extent: "full" | "minimal"): Promise<Row> {
    n++;
    const values: Row = {};
    for (const column of writable(table)) {
      if (extent === "minimal" && !isRequired(column)) continue;
      values[column.name] = column.type === "reference" ? await parentId(table, column) : validValue(column, n);
    }
    return values;
  }

  async function make(
    table: Table,
    what = `a valid ${table.singular}`,
    extent: "full" | "minimal" = "full",
    overrides: Row = {},
  ): Promise<Row | null> {
    const sent = { ...(await body(table, extent)), ...overrides };
    const endpoint = endpointFor(plan, "create", table.name);
    const row = endpoint ? await create(endpoint, sent, what) : await insert(table, sent);
    if (row) remember(table.name, row);
    return row;
  }

  async function create(endpoint: string, sent: Row, what: string): Promise<Row | null> {
    const answer = await prober.send({ endpoint, what, body: sent, expect: prober.success(endpoint) });
    const row = objectOf(answer);
    if (!row || typeof row["id"] !== "string") {
      if (answer)
        prober.fail(endpoint, `${what}: the answer must be the new row with its id, not ${shown(answer.json)}.`);
      return null;
    }
    for (const difference of differences(sent, row)) prober.fail(endpoint, `${what}: ${difference} in the answer.`);
    return row;
  }

  async function insert(table: Table, values: Row): Promise<Row | null> {
    const id = unknownId();
    const now = Math.floor(Date.now() / 1000);
    const times = Object.fromEntries(
      table.columns.filter(({ name }) => name === "created_at" || name === "updated_at").map(({ name }) => [name, now]),
    );
    try {
      await store.insert(table.name, { id, ...values, ...times });
    } catch (error) {
      if (error instanceof DatabaseError && /^2[23]/.test(error.code ?? "")) return null; // a rule that no plan can say
      throw error;
    }
    return store.row(table.name, id);
  }

  return { plan, prober, store, of, remember, forget, body, make };
}

/** "title was sent as "a" and is "b"", for every value of `expected` that `actual` does not have. */
export function differences(expected: Row, actual: Row): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => !isDeepStrictEqual(value, actual[name]))
    .map(([name, value]) => `${name} should be ${shown(value)} and is ${shown(actual[name])}`);
}
