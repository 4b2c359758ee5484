// POST: valid rows are stored as they were sent, anything else is refused and stores nothing.
import { withArticle } from "../../plan/endpoints.ts";
import type { Column, Table } from "../../plan/plan.ts";
import { badBodies, REFUSED } from "./bad-bodies.ts";
import { invalidValues } from "./bad-values.ts";
import type { Probe } from "./prober.ts";
import { differences, endpointFor, isNow, isRequired, type Row, type Rows, writable } from "./rows.ts";
import { unchanged } from "./unchanged.ts";
import { capacity, hostileText, largestValue, smallestValue, unknownId, validValue } from "./values.ts";

/** A referenced row that does not exist, or a value that is taken. */
export const CONFLICT = [409, 422, 400, 404] as const;
/** A value that is taken, by the base project's rules. */
export const TAKEN = [409] as const;

export async function probeCreate(rows: Rows, table: Table): Promise<void> {
  const { plan, prober } = rows;
  const endpoint = endpointFor(plan, "create", table.name);
  const full = await rows.make(table, `a valid ${table.singular} with every field`);
  const minimal = await rows.make(table, `a valid ${table.singular} with only its required fields`, "minimal");
  if (!endpoint) return;
  if (full) await compareStored(rows, table, endpoint, full);
  if (minimal) {
    await compareStored(rows, table, endpoint, minimal);
    for (const difference of differences(await defaultsOf(rows, table, minimal), minimal)) {
      prober.fail(endpoint, `${withArticle(table.singular)} with only its required fields: ${difference}.`);
    }
  }
  if (prober.planned) {
    await probeEdges(rows, table, endpoint);
    await probeLocation(rows, table, endpoint);
    await probeTwins(rows, table, endpoint);
  }
  const bad = await badCreates(rows, table, endpoint);
  await unchanged(rows, table, endpoint, "requests that were refused", () => prober.sendAll(bad));
}

async function compareStored({ prober, store }: Rows, table: Table, endpoint: string, row: Row): Promise<void> {
  const stored = await store.row(table.name, String(row["id"]));
  if (!stored)
    return prober.fail(
      endpoint,
      `the answer has the id ${String(row["id"])}, but no such row is in the table ${table.name}.`,
    );
  const planned = Object.fromEntries(table.columns.map(({ name }) => [name, row[name]]));
  for (const difference of differences(planned, stored)) prober.fail(endpoint, `the stored row: ${difference}.`);
}

/** What a row that was made without them must have in its other columns. */
async function defaultsOf({ store }: Rows, table: Table, row: Row): Promise<Row> {
  const values: Row = {};
  for (const { name, type, default: standard } of writable(table).filter((column) => !isRequired(column))) {
    if (standard !== "now" || type !== "timestamp") values[name] = standard;
    else values[name] = (await isNow(store, row[name])) ? row[name] : Math.floor(Date.now() / 1000);
  }
  return values;
}

/** Rows at the edges of what is allowed, and texts that mean something elsewhere: all are stored as they were sent. */
async function probeEdges(rows: Rows, table: Table, endpoint: string): Promise<void> {
  const one = withArticle(table.singular);
  const edges: [string, (column: Column) => unknown][] = [
    [`${one} with the largest values`, (column) => largestValue(column, rows.next())],
    [`${one} with the smallest values`, (column) => smallestValue(column, rows.next())],
    [`${one} with quotes, SQL and HTML in its texts`, (column) => hostileText(column) ?? undefined],
  ];
  for (const [what, valueOf] of edges) {
    const values = edgeValues(table, valueOf);
    if (Object.keys(values).length === 0) continue;
    const row = await rows.make(table, what, "full", values);
    if (row) await compareStored(rows, table, endpoint, row);
    if (what.includes("SQL")) rows.prober.tally.countSecurity(row !== null);
  }
}

/** Values of the columns that can take them; a unique column with few values is left to `rows`. */
export function edgeValues(table: Table, valueOf: (column: Column) => unknown): Row {
  const free = writable(table).filter((column) => !column.references && !(column.unique && capacity(column) < 1e9));
  return Object.fromEntries(
    free.map((column) => [column.name, valueOf(column)]).filter(([, value]) => value !== undefined),
  );
}

/** A new row says where it is. */
async function probeLocation(rows: Rows, table: Table, endpoint: string): Promise<void> {
  const { prober, plan } = rows;
  const get = endpointFor(plan, "get", table.name);
  if (!get) return;
  const what = `a valid ${table.singular}`;
  const body = await rows.body(table, "full");
  const answer = await prober.send({ endpoint, what, body, expect: prober.success(endpoint) });
  const row = answer?.json as Row | undefined;
  if (!answer || !row) return;
  rows.remember(table.name, row);
  const expected = get.slice("GET ".length).replace(/\{\w+\}/, String(row["id"]));
  const location = String(answer.headers["location"] ?? "");
  if (location.replace(/^https?:\/\/[^/]+/, "") !== expected)
    prober.fail(endpoint, `${what}: the header Location should be "${expected}" and is "${location}".`);
}

/** Some pairs, because the second of the first one waits for its connection while the other is through already. */
const PAIRS = 3;

/** Two requests at once with one value, or one link, that may be there once: one of them wins. */
async function probeTwins(rows: Rows, table: Table, endpoint: string): Promise<void> {
  const column = writable(table).find((one) => one.unique && !one.references && capacity(one) >= 1e6);
  const names = column ? [column.name] : (table.uniqueTogether ?? []);
  if (names.length === 0) return;
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const body = await rows.body(table, "full");
    const shared = column ? { [column.name]: validValue(column, rows.next()) } : valuesOf(body, names);
    await probePair(rows, table, endpoint, shared);
  }
}

async function probePair(rows: Rows, table: Table, endpoint: string, shared: Row): Promise<void> {
  const { prober } = rows;
  const what = `two ${table.name} at once with the same ${Object.keys(shared).join(" and ")}`;
  const twins: Probe[] = [];
  for (const _ of [1, 2]) {
    const body = { ...(await rows.body(table, "full")), ...shared };
    twins.push({ endpoint, what, body, expect: [...prober.success(endpoint), ...TAKEN] });
  }
  const answers = await prober.sendAll(twins);
  const made = answers.filter((answer) => answer !== null && answer.status < 400);
  for (const answer of made) rows.remember(table.name, answer!.json as Row);
  if (answers.every((answer) => answer !== null) && made.length !== 1)
    prober.fail(endpoint, `${what}: ${made.length} of them were made.`);
}

function valuesOf(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

async function badCreates(rows: Rows, table: Table, endpoint: string): Promise<Probe[]> {
  const { prober } = rows;
  const good = await rows.body(table, "full");
  const [taken] = rows.of(table.name); // still there, whatever the body has needed
  const one = withArticle(table.singular);
  const bad = (what: string, body: unknown, expect: readonly number[] = REFUSED, security = false): Probe => ({
    endpoint,
    what,
    body,
    expect,
    security,
  });
  const columns = writable(table);
  return [
    ...columns.filter(isRequired).map((column) => {
      const { [column.name]: _, ...rest } = good;
      return bad(`${one} without its ${column.name}`, rest);
    }),
    ...columns.flatMap((column) =>
      invalidValues(column).map(({ value, why, hostile }) =>
        bad(`${one} whose ${column.name} is ${why}`, { ...good, [column.name]: value }, REFUSED, hostile),
      ),
    ),
    ...columns
      .filter((column) => column.type === "reference")
      .map((column) =>
        bad(`${one} whose ${column.name} refers to nothing`, { ...good, [column.name]: unknownId() }, CONFLICT),
      ),
    ...columns
      .filter((column) => column.unique && taken && taken[column.name] !== null)
      .map((column) => {
        const expect = prober.planned ? TAKEN : CONFLICT;
        return bad(
          `a second ${table.singular} with the same ${column.name}`,
          { ...good, [column.name]: taken![column.name] },
          expect,
        );
      }),
    ...(table.uniqueTogether && taken
      ? [
          bad(
            `a second ${table.singular} with the same ${table.uniqueTogether.join(" and ")}`,
            { ...good, ...valuesOf(taken, table.uniqueTogether) },
            TAKEN,
          ),
        ]
      : []),
    ...badBodies(prober, table, { endpoint, good, one }),
  ];
}
