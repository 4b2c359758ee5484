// A database server that goes away in the middle makes good code fail: such a verdict must not count.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import { TbError } from "../errors.ts";

/** Text that changes when the server is restarted, also by itself after the crash of one session (where the administrator
 * may see its background processes). */
export async function serverStart(cluster: DatabaseCluster, database: string): Promise<string> {
  const { rows } = await cluster.query<{ start: string }>(
    database,
    `select concat(pg_postmaster_start_time(), ' ', max(backend_start)) as start
     from pg_stat_activity where backend_type = 'checkpointer'`,
  );
  return rows[0]!.start;
}

/** Throws TbError "transient" when the server has been restarted since. */
export async function requireSameServer(cluster: DatabaseCluster, database: string, before: string): Promise<void> {
  if ((await serverStart(cluster, database)) === before) return;
  throw new TbError("transient", "The projects' database server was restarted while the project was being verified.", {
    suggestion: "Resume the run: it verifies again.",
  });
}
