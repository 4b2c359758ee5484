// Makes rows through the API, parents first, and remembers them.
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Column, Endpoint, Operation, Plan, Table } from "../../plan/plan.ts";
import { routeKey } from "../routes.ts";
import { objectOf, type Prober, shown } from "./prober.ts";
import { urlProblem } from "./probe-urls.ts";
import type { Store } from "./store.ts";
import { capacity, otherValue, unknownId, validValue } from "./values.ts";

export type Row = Record<string, unknown>;

const BUILT_IN = new Set(["id", "created_at", "updated_at"]);
/** Whether each row needs a parent of its own there: no two may share it, by itself or together with others. */
export function needsOwnParent({ uniqueTogether = [] }: Table, { unique, name }: Column): boolean {
  return unique || uniqueTogether.includes(name);
}

/** A unique column that can hold fewer values than this may run out of them. */
const PLENTY = 2_000;
const ID = /^[\w-]{21}$/;
/** Seconds that a clock may be off. */
const NOW = 3_600;

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
  /** Rows that are put into the database by hand, older than all others and in groups of three that are equally old. Columns
   * that refer to others alternate between two parents. None where that cannot be done; `of` does not name them. */
  fill(table: Table, count: number): Promise<Row[]>;
  /** Another value for a row of the table than it has now, where there is one, and none that is taken. */
  another(table: Table, column: Column, current: unknown): Promise<unknown>;
  /** A number that no value was made of yet. */
  next(): number;
}

export function writable(table: Table): Column[] {
  return table.columns.filter((column) => column.name !== table.owner && !BUILT_IN.has(column.name));
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
    made.set(table, [...of(table), withoutOwnUrl(row)]);
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
    const row = existing && !needsOwnParent(table, column) ? existing : await make(parent);
    return row?.["id"] ?? null;
  }

  async function valueFor(table: Table, column: Column): Promise<unknown> {
    if (column.type === "reference") return parentId(table, column);
    return column.unique && capacity(column) < PLENTY ? freeValue(table, column) : validValue(column, n);
  }

  /** A value that no row has; where there is none left, a row goes. */
  async function freeValue(table: Table, column: Column): Promise<unknown> {
    const used = await store.values(table.name, column.name);
    for (let step = 0; step < PLENTY; step++) {
      const value = validValue(column, n + step);
      const taken =
        typeof value === "number" ? [...used].some((text) => Number(text) === value) : used.has(String(value));
      if (!taken) return value;
    }
    const row = of(table.name)[0];
    if (!row) return validValue(column, n);
    forget(table, row);
    await clear(table, row["id"]);
    return row[column.name];
  }

  /** Deletes a row directly, those that would keep it first. */
  async function clear(table: Table, id: unknown): Promise<void> {
    for (const child of plan.tables.filter((one) => one !== table)) {
      for (const column of child.columns.filter((one) => one.references?.table === table.name)) {
        if (column.references?.onDelete === "set null") continue;
        for (const own of await store.ids(child.name, { column: column.name, value: id, deleted: true }))
          await clear(child, own);
      }
    }
    made.set(
      table.name,
      of(table.name).filter((row) => row["id"] !== id),
    );
    await store.remove(table.name, String(id));
  }

  async function another(table: Table, column: Column, current: unknown): Promise<unknown> {
    n++;
    if (!column.unique || capacity(column) >= PLENTY) return otherValue(column, current, n);
    return capacity(column) > 1 ? freeValue(table, column) : current;
  }

  async function body(table: Table, extent: "full" | "minimal"): Promise<Row> {
    n++;
    const values: Row = {};
    for (const column of writable(table)) {
      if (extent === "minimal" && !isRequired(column)) continue;
      values[column.name] = await valueFor(table, column);
    }
    if (prober.sessions && table.account) values["password"] = `Probe's ${randomBytes(9).toString("base64url")}`;
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
    const row = endpoint ? await create(table, endpoint, sent, what) : await insert(table, sent);
    if (row) remember(table.name, row);
    return row;
  }

  async function create(table: Table, endpoint: string, sent: Row, what: string): Promise<Row | null> {
    const answer = await prober.send({ endpoint, what, body: sent, expect: prober.success(endpoint) });
    const row = objectOf(answer);
    if (!row || typeof row["id"] !== "string") {
      if (answer)
        prober.fail(endpoint, `${what}: the answer must be the new row with its id, not ${shown(answer.json)}.`);
      return null;
    }
    const { password, ...visible } = sent;
    const told = prober.planned || (table.owner !== undefined && table.owner in row); // others need not show it
    const expected = prober.sessions && table.account ? visible : { ...sent, ...(told && ownerOf(table)) };
    for (const difference of differences(expected, row)) prober.fail(endpoint, `${what}: ${difference} in the answer.`);
    if (typeof password === "string" && prober.sessions && table.account && answer!.text.includes(password))
      prober.fail(endpoint, `${what}: the answer shows the password.`);
    if (prober.planned)
      for (const problem of [...(await freshProblems(store, row)), ...extraKeys(table, row)])
        prober.fail(endpoint, `${what}: ${problem} in the answer.`);
    const get = endpointFor(plan, "get", table.name);
    const problem = prober.planned && table.url && get ? urlProblem(table, get, row, null) : null;
    if (problem) prober.fail(endpoint, `${what}: ${problem}.`);
    return withoutOwnUrl(row);
  }

  /** The column that the service fills in itself. */
  function ownerOf({ owner }: Table): Row {
    return owner === undefined || !prober.sessions ? {} : { [owner]: prober.sessions.main() };
  }

  async function insert(table: Table, values: Row): Promise<Row | null> {
    const now = Math.floor(Date.now() / 1000);
    const found = await store.insert(table.name, [
      { id: unknownId(), ...values, ...ownerOf(table), ...times(table, now) },
    ]);
    return found?.[0] ? shownOf(table, found[0]) : null; // none: a rule that no plan can say
  }

  async function fill(table: Table, count: number): Promise<Row[]> {
    if (writable(table).some((column) => column.unique && (column.references || capacity(column) < PLENTY))) return [];
    const parents = new Map<string, unknown[]>();
    for (const column of writable(table)) {
      const parent = plan.tables.find((one) => one.name === column.references?.table);
      if (!parent) continue;
      const own = column.name === table.uniqueTogether?.[0]; // one of them makes the difference
      const ids = own ? (await fill(parent, count)).map((row) => row["id"]) : await twoOf(parent);
      if (ids.length === 0) return [];
      parents.set(column.name, ids);
    }
    const oldest = Math.floor(Date.now() / 1000) - 100_000;
    const rows = Array.from({ length: count }, (_, index) => {
      n++;
      const values = writable(table).map(({ name, ...column }): [string, unknown] => {
        const ids = parents.get(name);
        return [name, ids ? ids[index % ids.length] : validValue({ name, ...column }, n)];
      });
      return {
        id: unknownId(),
        ...Object.fromEntries(values),
        ...ownerOf(table),
        ...times(table, oldest + Math.floor(index / 3)),
      };
    });
    return ((await store.insert(table.name, rows)) ?? []).map((row) => shownOf(table, row));
  }

  /** Without the columns that a planned project keeps for itself. */
  function shownOf({ columns }: Table, row: Row): Row {
    if (!prober.planned) return row;
    return Object.fromEntries(columns.map(({ name }) => [name, row[name]]));
  }

  async function twoOf(parent: Table): Promise<unknown[]> {
    while (of(parent.name).length < 2) if (!(await make(parent))) break;
    const ids = of(parent.name)
      .slice(0, 2)
      .map((row) => row["id"]);
    return ids.length > 0 ? ids : [null];
  }

  return { plan, prober, store, of, remember, forget, body, make, fill, another, next: () => ++n };
}

function times(table: Table, seconds: number): Row {
  const names = table.columns.map(({ name }) => name).filter((name) => name === "created_at" || name === "updated_at");
  return Object.fromEntries(names.map((name) => [name, seconds]));
}

/** Without what is another at every host: an absolute address of the row itself. */
function withoutOwnUrl(row: Row): Row {
  const own = (value: unknown) =>
    typeof value === "string" && /^https?:/.test(value) && value.endsWith(`/${String(row["id"])}`);
  if (!Object.values(row).some(own)) return row; // the very object, by which it is forgotten
  return Object.fromEntries(Object.entries(row).filter(([, value]) => !own(value)));
}

/** What a row is shown with, though the plan has no such column. */
export function extraKeys({ columns, url }: Table, row: Row): string[] {
  const names = Object.keys(row).filter((key) => !columns.some(({ name }) => name === key) && !(url && key === "url"));
  return names.map((name) => `"${name}" is no column of the plan, and it is`);
}

/** Whether a time is now by tb's clock, or by that of the database, which may be another. */
export async function isNow(store: Pick<Store, "now">, value: unknown): Promise<boolean> {
  const isNear = (now: number) => typeof value === "number" && Math.abs(value - now) < NOW;
  return isNear(Date.now() / 1000) || isNear(await store.now());
}

/** What the base project promises of every new row. */
async function freshProblems(store: Store, { id, created_at, updated_at }: Row): Promise<string[]> {
  return [
    ...(typeof id === "string" && ID.test(id) ? [] : [`id should be 21 letters, digits, _ or -, and is ${shown(id)}`]),
    ...((await isNow(store, created_at))
      ? []
      : [`created_at should be now in unix seconds, and is ${shown(created_at)}`]),
    ...((await isNow(store, updated_at))
      ? []
      : [`updated_at should be now in unix seconds, and is ${shown(updated_at)}`]),
  ];
}

/** "title was sent as "a" and is "b"", for every value of `expected` that `actual` does not have. */
export function differences(expected: Row, actual: Row): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => !isDeepStrictEqual(value, actual[name]))
    .map(([name, value]) => `${name} should be ${shown(value)} and is ${shown(actual[name])}`);
}
