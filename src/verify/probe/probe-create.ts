// POST: valid rows are stored as they were sent, anything else is refused and stores nothing.
import { withArticle } from "../../plan/endpoints.ts";
import type { Table } from "../../plan/plan.ts";
import type { Probe } from "./prober.ts";
import { differences, endpointFor, isRequired, type Row, type Rows, writable } from "./rows.ts";
import { invalidValues, unknownId } from "./values.ts";

const REFUSED = [400, 422] as const;
/** A referenced row that does not exist, or a value that is taken. */
const CONFLICT = [409, 422, 400, 404] as const;
const LARGE = 200_000;

export async function probeCreate(rows: Rows, table: Table): Promise<void> {
  const { plan, prober, store } = rows;
  const endpoint = endpointFor(plan, "create", table.name);
  const full = await rows.make(table, `a valid ${table.singular} with every field`);
  const minimal = await rows.make(table, `a valid ${table.singular} with only its required fields`, "minimal");
  if (!endpoint) return;
  if (full) await compareStored(rows, table, endpoint, full);
  if (minimal) {
    for (const difference of differences(defaultsOf(table, minimal), minimal)) {
      prober.fail(endpoint, `${withArticle(table.singular)} with only its required fields: ${difference}.`);
    }
  }
  const before = await store.count(table.name);
  const failed = prober.failed();
  for (const probe of await badCreates(rows, table, endpoint, full)) await prober.send(probe);
  const after = await store.count(table.name);
  if (after !== before && prober.failed() === failed) {
    prober.fail(
      endpoint,
      `requests that were refused changed the number of rows in ${table.name} from ${before} to ${after}.`,
    );
  }
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
function defaultsOf(table: Table, row: Row): Row {
  const now = Math.floor(Date.now() / 1000);
  return Object.fromEntries(
    writable(table)
      .filter((column) => !isRequired(column))
      .map((column) => {
        if (column.default !== "now" || column.type !== "timestamp") return [column.name, column.default];
        const value = row[column.name];
        return [column.name, typeof value === "number" && Math.abs(value - now) < 3_600 ? value : now];
      }),
  );
}

async function badCreates(rows: Rows, table: Table, endpoint: string, full: Row | null): Promise<Probe[]> {
  const good = await rows.body(table, "full");
  const one = withArticle(table.singular);
  const bad = (what: string, body: unknown, expect: readonly number[] = REFUSED): Probe => ({
    endpoint,
    what,
    body,
    expect,
  });
  const columns = writable(table);
  return [
    ...columns.filter(isRequired).map((column) => {
      const { [column.name]: _, ...rest } = good;
      return bad(`${one} without its ${column.name}`, rest);
    }),
    ...columns.flatMap((column) =>
      invalidValues(column).map(({ value, why }) =>
        bad(`${one} whose ${column.name} is ${why}`, { ...good, [column.name]: value }),
      ),
    ),
    ...columns
      .filter((column) => column.type === "reference")
      .map((column) =>
        bad(`${one} whose ${column.name} refers to nothing`, { ...good, [column.name]: unknownId() }, CONFLICT),
      ),
    ...columns
      .filter((column) => column.unique && full && full[column.name] !== null)
      .map((column) =>
        bad(
          `a second ${table.singular} with the same ${column.name}`,
          { ...good, [column.name]: full![column.name] },
          CONFLICT,
        ),
      ),
    bad(`${one} with an unknown field`, { ...good, not_a_field: true }),
    bad(`a list instead of ${one}`, [good]),
    { endpoint, what: "malformed JSON", raw: { contentType: "application/json", body: '{"a":' }, expect: REFUSED },
    {
      endpoint,
      what: "a body that is not JSON",
      raw: { contentType: "text/plain", body: "hello" },
      expect: [415, 400, 422],
    },
    {
      endpoint,
      what: `a body of ${LARGE} bytes`,
      raw: { contentType: "application/json", body: JSON.stringify({ ...good, not_a_field: "x".repeat(LARGE) }) },
      expect: [413, 400, 422],
    },
  ];
}
