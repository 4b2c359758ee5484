// main, in a fresh sandbox with its dependencies.
import type { DeployStart } from "../deploy.ts";
import type { Phase } from "../types.ts";
import { createRunSandbox, fillSandbox } from "../workspace.ts";

export const checkOut: Phase<DeployStart, { checkedOut: { commit: string } }> = {
  name: "check-out",
  title: "Check out main",
  run: async ({ projectId, repository }, run) => ({
    checkedOut: await run.step("check-out", async () => {
      const sandbox = await createRunSandbox(run, projectId);
      const gitHost = await run.adapters.gitHost();
      const folder = await sandbox.workTree();
      const { commit } = await gitHost.checkout({ projectId, repository, branch: repository.branch, folder });
      await fillSandbox(run, sandbox, null); // building needs no database
      return { commit };
    }),
  }),
  summarize: ({ repository, checkedOut }) => `Checked out ${repository.branch} ${checkedOut.commit.slice(0, 7)}`,
};
