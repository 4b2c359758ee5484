// The new database takes the name of the present one. Undoing the run switches back.
import type { RestorePlan } from "../../backup/project-restore.ts";
import { withResource } from "../../control/ledger.ts";
import { restoreDatabases } from "../names.ts";
import type { RestoreStart } from "../restore.ts";
import type { Phase, Run } from "../types.ts";
import type { RebuiltDatabase } from "./rebuild-database.ts";

type In = RestoreStart & { restorePlan: RestorePlan; rebuilt: RebuiltDatabase };

/** Whether the deployment was healthy before the switch, so that it has to be so afterwards. */
export const switchDatabase: Phase<In, { served: boolean }> = {
  name: "switch-database",
  title: "Put it in place",
  run: async (state, run) => {
    const served = await run.step("look", async () => {
      const target = await run.adapters.deployTarget();
      return (await target.status(state.project.id)).healthy;
    });
    await run.step("switch", () => switchOver(state, run));
    return { served };
  },
  summarize: ({ project }) => `${project.database} is the restored one`,
};

async function switchOver({ project, restorePlan, keepOld }: In, run: Run): Promise<null> {
  const cluster = await run.adapters.databaseCluster();
  const { next, retired } = restoreDatabases(project.id, run.id);
  const swap = () => cluster.swap({ live: project.database, next, retired });
  if (!restorePlan.present) {
    await swap();
    return null;
  }
  const common = { run_id: run.id, project_id: project.id, provider: cluster.kind };
  const kind = keepOld ? "database" : "work-database";
  await withResource(run.control, { ...common, kind, name: retired }, () =>
    withResource(run.control, { ...common, kind: "database-switch", name: project.database }, swap),
  );
  return null;
}
