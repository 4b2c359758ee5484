import type { DeployStart } from "../deploy.ts";
import type { Phase } from "../types.ts";
import { openWorkspace } from "../workspace.ts";
import { skipKept } from "./check-out.ts";
import { ensureBuilt } from "./deploy.ts";
import type { BuildState } from "./find-build.ts";

export const build: Phase<DeployStart & { build: BuildState }, object> = {
  name: "build",
  title: "Build",
  skip: (state) => skipKept(state.build),
  run: async ({ projectId }, run) => {
    await run.step("build", async () => {
      const workspace = await openWorkspace(run, { projectId, database: null });
      await ensureBuilt(await workspace.sandbox(), run);
      return null;
    });
    return {};
  },
  summarize: () => "Built",
};
