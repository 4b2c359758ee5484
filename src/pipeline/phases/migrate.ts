// Migrations that main has and the database lacks, before the version that needs them takes over.
import { applyMigrations } from "../apply-migrations.ts";
import type { DeployStart } from "../deploy.ts";
import type { Phase } from "../types.ts";
import { openWorkspace } from "../workspace.ts";

export const migrate: Phase<DeployStart, object> = {
  name: "migrate",
  title: "Migrate the database",
  skip: ({ database }) => (database ? undefined : { reason: "no database", instead: {} }),
  run: async ({ projectId, database }, run) => {
    await run.step("migrate", async () => {
      const workspace = await openWorkspace(run, { projectId, database: false });
      await applyMigrations(run, await workspace.sandbox(), projectId, database!);
      return null;
    });
    return {};
  },
  summarize: () => "Database is up to date",
};
