import type { DestroyStart } from "../destroy.ts";
import type { Phase } from "../types.ts";
import { releaseKinds, type Removed } from "./release-kinds.ts";

export const stopDeployment: Phase<DestroyStart, { stopped: Removed[] }> = {
  name: "stop-deployment",
  title: "Stop the deployment",
  run: async ({ projectId }, run) => ({ stopped: await releaseKinds(run, projectId, ["deployment"]) }),
  summarize: ({ stopped }) => (stopped.length > 0 ? "Deployment stopped and removed" : "There was no deployment"),
};
