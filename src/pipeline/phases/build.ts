import type { DeployStart } from "../deploy.ts";
import type { Phase } from "../types.ts";
import { openWorkspace } from "../workspace.ts";
import { ensureBuilt } from "./deploy.ts";

export const build: Phase<DeployStart, object> = {
  name: "build",
  title: "Build",
  run: async ({ projectId }, run) => {
    await run.step("build", async () => {
      const workspace = await openWorkspace(run, { projectId, database: false });
      await ensureBuilt(await workspace.sandbox(), run);
      return null;
    });
    return {};
  },
  summarize: () => "Built",
};
