import type { DestroyStart } from "../destroy.ts";
import type { Phase } from "../types.ts";
import { releaseKinds, type Removed } from "./release-kinds.ts";

export const removeDatabase: Phase<DestroyStart, { removedDatabase: Removed[] }> = {
  name: "remove-database",
  title: "Drop the database",
  run: async ({ projectId }, run) => ({
    removedDatabase: await releaseKinds(run, projectId, ["work-database", "database", "database-roles"]),
  }),
  summarize: ({ removedDatabase }) => (removedDatabase.length > 0 ? "Database dropped" : "There was no database"),
};
