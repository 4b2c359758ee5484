// The same again, several at once and more often than a pool has connections: answers must not mix, and nothing may run out.
import type { Table } from "../../plan/plan.ts";
import { type HttpAnswer } from "./http.ts";
import { objectOf, type Probe } from "./prober.ts";
import { differences, endpointFor, type Row, type Rows, writable } from "./rows.ts";
import { validValue } from "./values.ts";

const TIMES = 12;

/** `filled` are rows that nothing refers to. */
export async function probeSteadily(rows: Rows, table: Table, filled: Row[]): Promise<void> {
  await createMany(rows, table, filled.length);
  await getMany(rows, table, filled.slice(0, TIMES));
  await updateMany(rows, table, filled.slice(0, TIMES));
  await deleteMany(rows, table, filled.slice(-TIMES));
}

async function createMany(rows: Rows, table: Table, count: number): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "create", table.name);
  if (!endpoint || count === 0) return;
  const what = `one of several new ${table.name} at once`;
  const bodies: Row[] = [];
  for (let n = 0; n < TIMES; n++) bodies.push(await rows.body(table, "full"));
  const probes = bodies.map((body): Probe => ({ endpoint, what, body, expect: prober.success(endpoint) }));
  const answers = await prober.sendAll(probes);
  compare(rows, endpoint, what, answers, bodies);
  const ids = new Set(await store.ids(table.name));
  const lost = answers.find((answer) => answer && !ids.has(String(objectOf(answer)?.["id"])));
  if (lost) prober.fail(endpoint, `${what}: the row of an answer is not in the table ${table.name}.`);
}

async function getMany(rows: Rows, table: Table, filled: Row[]): Promise<void> {
  const { prober, plan } = rows;
  const endpoint = endpointFor(plan, "get", table.name);
  if (!endpoint) return;
  const what = `one of several ${table.name} at once`;
  const answers = await prober.sendAll(
    filled.map((row) => ({ endpoint, what, id: String(row["id"]), expect: prober.success(endpoint) })),
  );
  compare(rows, endpoint, what, answers, filled);
}

async function updateMany(rows: Rows, table: Table, filled: Row[]): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "update", table.name);
  const column = writable(table).find(({ type }) => type !== "reference");
  if (!endpoint || !column) return;
  const what = `one of several changes at once`;
  const changes = filled.map(() => ({ [column.name]: validValue(column, rows.next()) }));
  const answers = await prober.sendAll(
    filled.map((row, index) => ({
      endpoint,
      what,
      id: String(row["id"]),
      body: changes[index],
      expect: prober.success(endpoint),
    })),
  );
  compare(rows, endpoint, what, answers, changes);
  for (const [index, row] of filled.entries()) {
    const stored = answers[index] && (await store.row(table.name, String(row["id"])));
    for (const difference of stored ? differences(changes[index]!, stored) : [])
      prober.fail(endpoint, `${what}: in the database ${difference}.`);
  }
}

async function deleteMany({ prober, plan, store }: Rows, table: Table, filled: Row[]): Promise<void> {
  const endpoint = endpointFor(plan, "delete", table.name);
  if (!endpoint || filled.length === 0) return;
  const what = `one of several deletions at once`;
  const answers = await prober.sendAll(
    filled.map((row) => ({ endpoint, what, id: String(row["id"]), expect: prober.success(endpoint) })),
  );
  const left = new Set(await store.ids(table.name));
  const kept = filled.some((row, index) => answers[index] && left.has(String(row["id"])));
  if (kept) prober.fail(endpoint, `${what}: a row is still in the table.`);
}

function compare(
  { prober }: Pick<Rows, "prober">,
  endpoint: string,
  what: string,
  answers: (HttpAnswer | null)[],
  expected: Row[],
): void {
  for (const [index, answer] of answers.entries()) {
    if (!answer || answer.text === "") continue;
    for (const difference of differences(expected[index]!, objectOf(answer) ?? {}))
      prober.fail(endpoint, `${what}: ${difference} in the answer.`);
  }
}
