// A database and two roles of its own in the projects cluster (product.md, C3). The first migration is applied by the
// project's own runner as soon as there is a sandbox to run it in.
import { withResource } from "../../control/ledger.ts";
import { databaseName } from "../names.ts";
import type { Plan } from "../../plan/plan.ts";
import type { CreateStart } from "../create.ts";
import type { Phase } from "../types.ts";

export const provisionDatabase: Phase<CreateStart & { plan: Plan }, { database: string | null }> = {
  name: "provision-database",
  title: "Create the database",
  skip: ({ plan }) => (plan.database.needed ? undefined : { reason: "not needed", instead: { database: null } }),
  run: async ({ projectId, plan: _plan }, run) => {
    const database = databaseName(projectId);
    await run.step("provision", async () => {
      await run.emit({ type: "progress", text: "starting Postgres" });
      const cluster = await run.adapters.databaseCluster();
      await cluster.ensure();
      const common = { run_id: run.id, project_id: projectId, provider: cluster.kind };
      // Roles first in the ledger, so that they are released last: a role that owns a schema cannot be dropped.
      await withResource(run.control, { ...common, kind: "database-roles", name: projectId }, () =>
        withResource(run.control, { ...common, kind: "database", name: database }, () =>
          cluster.provision(projectId, database),
        ),
      );
      return null;
    });
    return { database };
  },
  summarize: ({ plan, database }) => `Database ${database}: ${plan.tables.map((table) => table.name).join(", ")}`,
};
