// Deleted rows that stay in their table: marked, unchanged, and out of sight for everything that the API does.
import { withArticle } from "../../plan/endpoints.ts";
import type { Column, Table } from "../../plan/plan.ts";
import { DELETED_AT } from "../../plan/soft-delete.ts";
import { routeKey } from "../routes.ts";
import { askPage } from "./pages.ts";
import { shown } from "./prober.ts";
import { differences, endpointFor, isNow, type Row, type Rows, writable } from "./rows.ts";
import { TAKEN } from "./probe-create.ts";

const LARGEST_PAGE = 100;

/** The row is still there, as it was, with the time of its deletion. */
export async function checkKept(
  { prober, store }: Rows,
  table: Table,
  endpoint: string,
  row: Row,
  stored: Row | null,
): Promise<void> {
  const what = `${withArticle(table.singular)} that was deleted`;
  if (!stored) return prober.fail(endpoint, `${what}: the row has gone from the table, and the plan keeps it.`);
  const at = stored[DELETED_AT];
  if (!(await isNow(store, at)))
    prober.fail(endpoint, `${what}: ${DELETED_AT} should be now in unix seconds, and is ${shown(at)}.`);
  const planned = Object.fromEntries(writable(table).map(({ name }) => [name, row[name]]));
  for (const difference of differences(planned, stored))
    prober.fail(endpoint, `${what}: in the database ${difference}.`);
}

/** It cannot be changed, is in no list below a parent, gives its unique values free, and nothing can refer to it. */
export async function probeKept(rows: Rows, table: Table, row: Row): Promise<void> {
  const { prober, plan } = rows;
  const id = String(row["id"]);
  const what = `${withArticle(table.singular)} that was deleted`;
  const update = endpointFor(plan, "update", table.name);
  const [column] = writable(table).filter(({ type }) => type !== "reference");
  if (update && column)
    await prober.send({ endpoint: update, what, id, body: { [column.name]: row[column.name] }, expect: [404] });
  for (const { operation, ...nested } of plan.endpoints) {
    if (operation.kind !== "nested-list" || operation.table !== table.name || !row[operation.column]) continue;
    const key = routeKey(nested);
    const list = { endpoint: key, id: String(row[operation.column]) };
    const page = await askPage(prober, list, "a page of 100", { limit: LARGEST_PAGE });
    if (page?.items.some((item) => item["id"] === id)) prober.fail(key, `${what} is still on a page.`);
  }
  for (const one of writable(table).filter(({ unique, type }) => unique && type !== "reference"))
    if (row[one.name] !== null) await probeFreed(rows, table, one, row);
  for (const child of plan.tables) {
    for (const one of child.columns) {
      if (one.references?.table === table.name) await probeReference(rows, child, one, id);
    }
  }
  const nested = plan.endpoints.filter(
    ({ operation }) => operation.kind === "nested-list" && operation.parent === table.name,
  );
  await prober.sendAll(
    nested.map((one) => ({ endpoint: routeKey(one), what: `the list below ${what}`, id, expect: [404] })),
  );
}

async function probeFreed(rows: Rows, table: Table, { name }: Column, row: Row): Promise<void> {
  const what = `${withArticle(table.singular)} with the ${name} of one that was deleted`;
  const made = await rows.make(table, what, "full", { [name]: row[name] });
  if (made) rows.forget(table, made);
}

/** Neither a new row nor a change of one may refer to it. */
async function probeReference(rows: Rows, child: Table, column: Column, id: string): Promise<void> {
  const { prober, plan } = rows;
  const create = endpointFor(plan, "create", child.name);
  const update = endpointFor(plan, "update", child.name);
  const what = `${withArticle(child.singular)} whose ${column.name} was deleted`;
  if (create) {
    const body = { ...(await rows.body(child, "full")), [column.name]: id };
    await prober.send({ endpoint: create, what, body, expect: TAKEN });
  }
  const other = update ? await rows.make(child) : null;
  if (update && other)
    await prober.send({ endpoint: update, what, id: String(other["id"]), body: { [column.name]: id }, expect: TAKEN });
}

/** What has kept a row from being deleted does so no longer when it is deleted itself. */
export async function probeWithoutChildren(
  rows: Rows,
  parent: Table,
  child: Table,
  owner: Row,
  made: Row,
): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "delete", parent.name);
  const first = endpointFor(plan, "delete", child.name);
  if (!endpoint || !first) return;
  const steps = [
    { endpoint: first, what: `a valid ${child.singular}`, id: String(made["id"]), expect: prober.success(first) },
    {
      endpoint,
      what: `${withArticle(parent.singular)} whose ${child.name} are all deleted`,
      id: String(owner["id"]),
      expect: prober.success(endpoint),
    },
  ];
  for (const step of steps) if (!(await prober.send(step))) return;
  if (child.softDelete && !(await store.row(child.name, String(made["id"]))))
    prober.fail(
      endpoint,
      `deleting ${withArticle(parent.singular)} has removed a deleted ${child.singular} from its table.`,
    );
}
