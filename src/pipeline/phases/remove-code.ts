import type { DestroyStart } from "../destroy.ts";
import type { Phase } from "../types.ts";
import { releaseKinds, type Removed } from "./release-kinds.ts";

export const removeCode: Phase<DestroyStart, { removedCode: Removed[] }> = {
  name: "remove-code",
  title: "Remove the code",
  run: async ({ projectId }, run) => ({
    removedCode: await releaseKinds(run, projectId, ["sandbox", "snapshot", "repository", "git-directory"]),
  }),
  summarize: () => "Repository and snapshots removed",
};
