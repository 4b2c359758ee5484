// Requests that must not change anything.
import type { Table } from "../../plan/plan.ts";
import type { Rows } from "./rows.ts";
import { changedTables } from "./store.ts";

/** Does the work, and fails the endpoint when rows are others afterwards: of any table where a plan says what the project
 * does, of this table otherwise (it may keep a log). Says nothing when a request has failed already, which explains it. */
export async function unchanged(
  { prober, store }: Rows,
  table: Pick<Table, "name">,
  endpoint: string,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = await store.digest();
  const failed = prober.failed();
  await work();
  if (prober.failed() > failed) return;
  const changed = changedTables(before, await store.digest());
  for (const name of changed.filter((one) => prober.planned || one === table.name))
    prober.fail(endpoint, `${what} changed the rows of ${name}.`);
}
