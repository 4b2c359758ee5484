// A restore's switch of databases in the ledger: released, it is undone; settled, it stays.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import { restoreDatabases } from "../pipeline/names.ts";
import type { Control } from "./control.ts";
import type { Resource } from "./ledger.ts";

/** Puts the database back that the run had replaced; what it had put there goes with the run's own databases. Without a
 * switch that took place there is nothing to do. */
export async function switchBack(
  cluster: DatabaseCluster,
  { name: live, run_id, project_id }: Resource,
): Promise<void> {
  const { next, retired } = restoreDatabases(project_id!, run_id);
  await cluster.swap({ live, next: retired, retired: next });
}

/** The switch stays, whatever becomes of the run. */
export async function settleSwitch(control: Control, runId: string): Promise<void> {
  await control.query(
    `update resources set state = 'released', released_at = extract(epoch from now())::bigint
     where run_id = $1 and kind = 'database-switch'`,
    [runId],
  );
}
