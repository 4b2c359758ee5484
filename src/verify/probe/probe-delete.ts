// DELETE: what was deleted is gone, and nothing else is.
import { withArticle } from "../../plan/endpoints.ts";
import type { Column, Table } from "../../plan/plan.ts";
import { DELETED_AT } from "../../plan/soft-delete.ts";
import { badIds } from "./bad-ids.ts";
import { askPage } from "./pages.ts";
import { shown } from "./prober.ts";
import { checkKept, probeKept, probeWithoutChildren } from "./probe-soft-delete.ts";
import { endpointFor, type Row, type Rows } from "./rows.ts";
import { changedTables } from "./store.ts";
import { unchanged } from "./unchanged.ts";

export async function probeDelete(rows: Rows, table: Table): Promise<void> {
  const { prober, plan } = rows;
  const endpoint = endpointFor(plan, "delete", table.name);
  if (!endpoint) return;
  const one = withArticle(table.singular);
  await unchanged(rows, table, endpoint, "a deletion that was refused", () =>
    prober.sendAll(badIds(prober, endpoint, one)),
  );
  // A server may do it well only once.
  for (const _ of prober.planned ? [1, 2] : [1]) await probeOne(rows, table, endpoint);
  for (const child of plan.tables) {
    for (const column of child.columns) {
      // Of an account that goes with its rows, probe-accounts.ts asks.
      if (column.references?.table === table.name && column.name !== child.owner)
        await probeDeleteParent(rows, table, child, column);
    }
  }
}

async function probeOne(rows: Rows, table: Table, endpoint: string): Promise<void> {
  const { prober, store } = rows;
  const one = withArticle(table.singular);
  const row = await rows.make(table);
  if (!row) return;
  rows.forget(table, row);
  const id = String(row["id"]);
  const before = await store.count(table.name);
  const others = prober.planned ? await store.digest({ table: table.name, id }) : null;
  const answer = await prober.send({ endpoint, what: `${one} that exists`, id, expect: prober.success(endpoint) });
  if (!answer) return;
  const stored = await store.row(table.name, id);
  if (table.softDelete) await checkKept(rows, table, endpoint, row, stored);
  else if (stored) return prober.fail(endpoint, `it answered ${answer.status}, but the row is still in the table.`);
  const gone = before - (await store.count(table.name));
  if (gone !== 1) prober.fail(endpoint, `deleting one ${table.singular} removed ${gone} rows of ${table.name}.`);
  const changed = others ? changedTables(others, await store.digest({ table: table.name, id })) : [];
  for (const name of changed)
    prober.fail(endpoint, `deleting ${one} that nothing refers to changed other rows of ${name}.`);
  await prober.send({ endpoint, what: `the same ${table.singular} again`, id, expect: [404] });
  await probeGone(rows, table, id);
  if (table.softDelete && prober.planned) await probeKept(rows, table, row);
}

/** It is neither read nor listed nor changed any more. */
async function probeGone({ prober, plan, store }: Rows, table: Table, id: string): Promise<void> {
  const what = `${withArticle(table.singular)} that was deleted`;
  const get = endpointFor(plan, "get", table.name);
  if (get) await prober.send({ endpoint: get, what, id, expect: [404] });
  const list = endpointFor(plan, "list", table.name);
  if (!list || !prober.planned || (await store.count(table.name)) > 100) return;
  const page = await askPage(prober, { endpoint: list }, "a page of 100", { limit: 100 });
  if (page?.items.some((item) => item["id"] === id)) prober.fail(list, `${what} is still on a page.`);
}

/** Not marked as deleted either. */
function isThere(row: Row | null): boolean {
  return row !== null && (row[DELETED_AT] ?? null) === null;
}

/** Deleting a row that others refer to does what the plan says: refused, gone with it, or set to null. */
async function probeDeleteParent(rows: Rows, parent: Table, child: Table, column: Column): Promise<void> {
  const { prober, plan, store } = rows;
  const endpoint = endpointFor(plan, "delete", parent.name)!;
  const owner = await rows.make(parent);
  const made = owner && (await rows.make(child, `a valid ${child.singular}`, "full", { [column.name]: owner["id"] }));
  if (!owner || !made) return;
  rows.forget(parent, owner);
  rows.forget(child, made);
  const what = `${withArticle(parent.singular)} that ${withArticle(child.singular)} refers to (on delete ${column.references!.onDelete})`;
  const refused = column.references!.onDelete === "restrict";
  const expect = refused ? [409] : prober.success(endpoint);
  if (!(await prober.send({ endpoint, what, id: String(owner["id"]), expect }))) return;
  const left = await store.row(child.name, String(made["id"]));
  const kept = await store.row(parent.name, String(owner["id"]));
  if (refused && !(isThere(left) && isThere(kept)))
    prober.fail(endpoint, `${what}: it was refused, but a row is gone.`);
  if (column.references!.onDelete === "cascade" && left)
    prober.fail(endpoint, `${what}: the ${child.singular} is still there.`);
  if (column.references!.onDelete === "set null" && left?.[column.name] !== null) {
    prober.fail(
      endpoint,
      `${what}: the ${column.name} of the ${child.singular} is ${shown(left?.[column.name])}, not null.`,
    );
  }
  if (refused && parent.softDelete && prober.planned) await probeWithoutChildren(rows, parent, child, owner, made);
}
