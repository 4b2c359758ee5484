// PATCH: what was changed is changed, and nothing else is.
import { withArticle } from "../../plan/endpoints.ts";
import type { Column, Table } from "../../plan/plan.ts";
import { badBodies, REFUSED } from "./bad-bodies.ts";
import { badIds } from "./bad-ids.ts";
import { invalidValues } from "./bad-values.ts";
import { CONFLICT, edgeValues, TAKEN } from "./probe-create.ts";
import { objectOf, type Probe } from "./prober.ts";
import { differences, endpointFor, isNow, needsOwnParent, type Row, type Rows, writable } from "./rows.ts";
import { unchanged } from "./unchanged.ts";
import { changedTables } from "./store.ts";
import { smallestValue, unknownId } from "./values.ts";

/** Seconds by which a row is made older, so that a new time tells. */
const AGE = 86_400;

/** One row that is changed again and again. */
interface Subject {
  rows: Rows;
  table: Table;
  endpoint: string;
  id: string;
  /** Those that a client may change. */
  columns: Column[];
}

export async function probeUpdate(rows: Rows, table: Table): Promise<void> {
  const endpoint = endpointFor(rows.plan, "update", table.name);
  if (!endpoint) return;
  const row = await rows.make(table);
  if (!row) return;
  rows.forget(table, row);
  if (writable(table).length === 0) return probeNothingToChange(rows, table, endpoint);
  const subject = { rows, table, endpoint, id: String(row["id"]), columns: changeable(rows, table, endpoint) };
  await probeEveryField(subject);
  await probeOneField(subject);
  if (rows.prober.planned) await probeEdges(subject);
  await probeBadUpdates(subject);
}

/** Of a row without a column of its own only its id can be asked for. */
async function probeNothingToChange({ prober }: Rows, table: Table, endpoint: string): Promise<void> {
  const one = `a change of ${withArticle(table.singular)}`;
  const probes = badIds(prober, endpoint, one, {});
  await prober.sendAll(probes.map((probe) => ({ ...probe, expect: [...probe.expect, ...REFUSED] })));
}

/** Columns the contract lets a client change. References may stay as they are; any other column must be among them. */
function changeable({ prober }: Rows, table: Table, endpoint: string): Column[] {
  const { contract } = prober;
  const schema = contract.operations.get(endpoint)?.body;
  const properties = schema ? contract.resolve(schema).properties : undefined;
  if (!properties) return writable(table);
  const left = writable(table).filter(
    (column) => !Object.hasOwn(properties, column.name) && column.type !== "reference",
  );
  for (const column of left)
    prober.fail(endpoint, `openapi.json does not let a client change ${table.name}.${column.name}.`);
  return writable(table).filter((column) => Object.hasOwn(properties, column.name));
}

async function probeEveryField(subject: Subject): Promise<void> {
  const { rows, table, columns, id } = subject;
  const current = (await rows.store.row(table.name, id)) ?? {};
  const changes: Row = {};
  for (const column of columns) changes[column.name] = await another(subject, column, current[column.name]);
  await change(subject, `a valid change of every field`, changes);
}

/** Another value; of a reference another row, where that may be had. */
async function another({ rows, table }: Subject, column: Column, current: unknown): Promise<unknown> {
  if (column.type !== "reference") return rows.another(table, column, current);
  const parent = rows.plan.tables.find((one) => one.name === column.references?.table);
  if (!parent || !rows.prober.planned) return current;
  const other = rows.of(parent.name).find((row) => row["id"] !== current);
  const made = other && !needsOwnParent(table, column) ? other : parent === table ? undefined : await rows.make(parent);
  return made?.["id"] ?? current;
}

/** Changes the row and looks: at the answer, at the row in the database, at all other rows, and at the row as it is read. */
async function change(subject: Subject, what: string, changes: Row): Promise<void> {
  const { rows, table, endpoint, id } = subject;
  const { prober, store, plan } = rows;
  if (prober.planned) await store.backdate(table.name, id, AGE);
  const before = (await store.row(table.name, id)) ?? {};
  const others = prober.planned ? await store.digest({ table: table.name, id }) : null;
  const answer = await prober.send({ endpoint, what, id, body: changes, expect: prober.success(endpoint) });
  if (!answer) return;
  const after = (await store.row(table.name, id)) ?? {};
  // A change by hand may follow from another one; a plan has no such rule.
  const kept = prober.planned || Object.keys(changes).length === 1 ? before : pick(before, ["id", "created_at"]);
  const { updated_at: _, ...expected } = { ...kept, ...changes };
  for (const difference of differences(expected, after))
    prober.fail(endpoint, `${what}: in the database ${difference}.`);
  const body = objectOf(answer) ?? {};
  const shownColumns = prober.planned ? table.columns.map(({ name }) => name) : Object.keys(changes);
  if (answer.text !== "")
    for (const difference of differences(pick(after, shownColumns), body))
      prober.fail(endpoint, `${what}: in the answer ${difference}.`);
  if (!others) return;
  if (!(await isNow(store, after["updated_at"])))
    prober.fail(endpoint, `${what}: updated_at is not the time of the change.`);
  for (const name of changedTables(others, await store.digest({ table: table.name, id })))
    prober.fail(endpoint, `${what}: other rows of ${name} have changed too.`);
  const get = endpointFor(plan, "get", table.name);
  const read = get && (await prober.send({ endpoint: get, what: "a row that was changed", id, expect: [200] }));
  if (get && read)
    for (const difference of differences(pick(after, shownColumns), objectOf(read) ?? {}))
      prober.fail(get, `a row that was changed: ${difference}.`);
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

/** What is left out stays. */
async function probeOneField(subject: Subject): Promise<void> {
  const { rows, table, id, columns } = subject;
  const column = columns.find((one) => one.type !== "reference");
  if (!column) return;
  const current = (await rows.store.row(table.name, id))?.[column.name];
  await change(subject, `a change of ${column.name} alone`, {
    [column.name]: await rows.another(table, column, current),
  });
}

/** What a careless condition takes for nothing, what is emptied, each allowed value, and a change to what it is already. */
async function probeEdges(subject: Subject): Promise<void> {
  const { rows, table, id, columns } = subject;
  const names = new Set(columns.map(({ name }) => name));
  // Another row has the smallest unique value already.
  const own = { ...table, columns: table.columns.filter(({ name, unique }) => names.has(name) && !unique) };
  const smallest = edgeValues(own, (column) => smallestValue(column, rows.next()));
  if (Object.keys(smallest).length > 0) await change(subject, "a change to the smallest values", smallest);
  const nullable = columns.filter((column) => column.nullable).map(({ name }) => [name, null] as const);
  if (nullable.length > 0) await change(subject, "a change of what is optional to null", Object.fromEntries(nullable));
  for (const column of columns.filter(({ type, unique }) => type === "enum" && !unique)) {
    for (const value of column.values!.slice(0, 8))
      await change(subject, `a change of ${column.name}`, { [column.name]: value });
  }
  const current = await rows.store.row(table.name, id);
  const same = columns.filter((column) => column.unique).map(({ name }) => [name, current?.[name]] as const);
  if (same.length > 0) await change(subject, "a change to the same values", Object.fromEntries(same));
}

async function probeBadUpdates(subject: Subject): Promise<void> {
  const { rows, table, endpoint, id, columns } = subject;
  const { prober, store } = rows;
  const before = await store.row(table.name, id);
  const [column] = columns;
  const good = column ? { [column.name]: before?.[column.name] } : {};
  const one = withArticle(table.singular);
  const bad = [
    ...columns.flatMap((own) => badValues(subject, own)),
    { endpoint, what: "a change of the id", id, body: { ...good, id: unknownId() }, expect: REFUSED },
    ...badBodies(prober, table, { endpoint, id, good, one: `a change of ${one}` }),
    ...badIds(prober, endpoint, `a change of ${one}`, good),
  ];
  const what = "a change that was refused was made all the same: it";
  await unchanged(rows, table, endpoint, what, () => prober.sendAll(bad));
  if (prober.planned) await probeEmptyChange(subject);
}

function badValues({ rows, table, endpoint, id }: Subject, column: Column): Probe[] {
  const probe = (why: string, value: unknown, expect: readonly number[], security = false): Probe => ({
    endpoint,
    what: `a change of ${column.name} to ${why}`,
    id,
    body: { [column.name]: value },
    expect,
    security,
  });
  const taken = rows.of(table.name).find((row) => row[column.name] !== null);
  const { planned } = rows.prober;
  return [
    ...invalidValues(column).map(({ value, why, hostile }) => probe(why, value, REFUSED, hostile)),
    ...(planned && column.type === "reference" ? [probe("a row that does not exist", unknownId(), CONFLICT)] : []),
    ...(planned && column.unique && taken ? [probe("what another row has", taken[column.name], TAKEN)] : []),
  ];
}

/** No field at all: refused, or nothing happens. */
async function probeEmptyChange({ rows, table, endpoint, id }: Subject): Promise<void> {
  const { prober } = rows;
  const schema = prober.contract.operations.get(endpoint)?.body;
  const least = schema ? (prober.contract.resolve(schema).minProperties ?? 0) : 0;
  const expect = least > 0 ? REFUSED : [...prober.success(endpoint), ...REFUSED];
  const before = await rows.store.row(table.name, id);
  await prober.send({ endpoint, what: "a change of no field", id, body: {}, expect });
  const { updated_at: _, ...kept } = before ?? {};
  for (const difference of differences(kept, (await rows.store.row(table.name, id)) ?? {}))
    prober.fail(endpoint, `a change of no field: in the database ${difference}.`);
}
