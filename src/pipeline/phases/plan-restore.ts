import { planRestore as decide, type RestorePlan } from "../../backup/project-restore.ts";
import type { BackupTools } from "../../backup/project-backup.ts";
import type { RestoreStart } from "../restore.ts";
import type { Phase, Run } from "../types.ts";

export const planRestore: Phase<RestoreStart, { restorePlan: RestorePlan }> = {
  name: "plan-restore",
  title: "Check the backup",
  run: async ({ project, from }, run) => ({
    restorePlan: await run.step("plan", async () => {
      const tools = await backupTools(run);
      await tools.cluster.ensure();
      return decide(tools, project, from.folder);
    }),
  }),
  summarize: ({ from }) => `Backup ${from.id} is whole and fits the project`,
};

/** What backing up and restoring need of a run. */
export async function backupTools(run: Run): Promise<BackupTools> {
  return {
    cluster: await run.adapters.databaseCluster(),
    gitHost: await run.adapters.gitHost(),
    signal: run.signal,
  };
}
