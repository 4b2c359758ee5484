import { expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { requireSameServer, serverStart } from "../../src/verify/server-start.ts";
import { readyScratch } from "../helpers/homes.ts";

test("a server that was restarted, or recovered from a crash, is not the one that was there before", async () => {
  const { config, remove } = await readyScratch();
  const cluster = selectDatabaseCluster(config);
  try {
    await cluster.ensure();
    const first = await serverStart(cluster, "postgres");
    await requireSameServer(cluster, "postgres", first);

    const { rows } = await cluster.query<{ pid: number }>(
      "postgres",
      "select pid from pg_stat_activity where backend_type = 'walwriter'",
    );
    process.kill(rows[0]!.pid, "SIGKILL"); // the server then ends every session and starts such processes anew
    await expect
      .poll(() => requireSameServer(cluster, "postgres", first).catch(String), { timeout: 20_000 })
      .toMatch(/was restarted/);

    const second = await serverStart(cluster, "postgres");
    await createEmbeddedPostgres(config, "projects").stop();
    await cluster.ensure();
    await expect
      .poll(() => requireSameServer(cluster, "postgres", second).catch(String), { timeout: 20_000 })
      .toMatch(/was restarted/);
  } finally {
    await cluster.close();
    await remove();
  }
});
