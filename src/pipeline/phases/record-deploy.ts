import { setDeployment } from "../../control/projects.ts";
import { releaseResources, RUN_SCOPED } from "../../control/release-resources.ts";
import type { DeployStart } from "../deploy.ts";
import type { Phase } from "../types.ts";
import type { DeploymentState } from "./deploy.ts";

/** The data of `tb deploy --json`. */
export interface DeployResult {
  outcome: "deployed";
  project: { id: string; name: string };
  run: { id: string };
  commit: string;
  deployment: { id: string; url: string; healthy: boolean };
}

type In = DeployStart & { deployment: DeploymentState | null };

export const recordDeploy: Phase<In, { result: DeployResult }> = {
  name: "record",
  title: "Write it down",
  run: async ({ projectId, projectName, repository, deployment }, run) => {
    await run.step("record", async () => {
      await setDeployment(run.control, projectId, { url: deployment!.url });
      await releaseResources(run.control, run.adapters, { runId: run.id }, { only: RUN_SCOPED });
      return null;
    });
    return {
      result: {
        outcome: "deployed",
        project: { id: projectId, name: projectName },
        run: { id: run.id },
        commit: repository.commit,
        deployment: deployment!,
      },
    };
  },
  summarize: () => "Recorded",
};
