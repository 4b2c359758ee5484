// Whether there was room for what has failed: a full disk fails a project as its own mistakes do.
import { MAINTENANCE } from "../adapters/database-cluster/administrator-session.ts";
import type { AdministratorQuery, DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import { TbError } from "../errors.ts";
import { errorCode } from "../processes/error-code.ts";

/** Some 10 MB. */
const WRITE = "create temp table tb_room on commit drop as select generate_series(1, 300000)";

/** Writes something that nobody keeps. A server without room fails it with Postgres' code 53100; one where tb may not write
 * (insufficient privilege, read-only) is only asked whether it answers. */
export async function writeSomething(query: AdministratorQuery): Promise<void> {
  try {
    await query(WRITE);
  } catch (error) {
    if (!["42501", "25006"].includes(errorCode(error) ?? "")) throw error;
    await query("select 1");
  }
}

export interface Places {
  sandbox: Pick<Sandbox, "isDiskNearlyFull">;
  /** null where no database takes part. */
  cluster: Pick<DatabaseCluster, "session"> | null;
}

/** Throws an error that parks the run while the disk of the sandbox or that of the database server is full. */
export async function requireRoom({ sandbox, cluster }: Places): Promise<void> {
  if (sandbox.isDiskNearlyFull()) {
    throw new TbError("transient", "The disk is nearly full, so that nothing can be said of what has failed on it.", {
      suggestion: "Free some space, then try again.",
    });
  }
  await cluster?.session(MAINTENANCE, writeSomething);
}
