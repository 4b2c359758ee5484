import { rebuild, type RestorePlan } from "../../backup/project-restore.ts";
import { withResource } from "../../control/ledger.ts";
import { countOf } from "../../ui/count.ts";
import { restoreDatabases } from "../names.ts";
import type { RestoreStart } from "../restore.ts";
import type { Phase } from "../types.ts";
import { backupTools } from "./plan-restore.ts";

export interface RebuiltDatabase {
  tables: number;
  rows: number;
}

/** The new database, beside the present one: migrations replayed, rows loaded and compared. */
export const rebuildDatabase: Phase<RestoreStart & { restorePlan: RestorePlan }, { rebuilt: RebuiltDatabase }> = {
  name: "rebuild-database",
  title: "Build the database from the backup",
  run: async ({ project, from }, run) => ({
    rebuilt: await run.step("rebuild", async () => {
      const tools = await backupTools(run);
      const { next } = restoreDatabases(project.id, run.id);
      const resource = {
        run_id: run.id,
        project_id: project.id,
        kind: "work-database",
        name: next,
        provider: tools.cluster.kind,
      } as const;
      return withResource(run.control, resource, () => rebuild(tools, project, from.folder, next));
    }),
  }),
  summarize: ({ rebuilt, restorePlan: { forward } }) =>
    `Restored ${countOf(rebuilt.tables, "table")}, ${countOf(rebuilt.rows, "row")}${forward.length > 0 ? `, then applied ${countOf(forward.length, "newer migration")}` : ""}`,
};
