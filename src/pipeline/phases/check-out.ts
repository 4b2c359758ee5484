// main, in a fresh sandbox with its dependencies.
import type { DeployStart } from "../deploy.ts";
import type { Phase } from "../types.ts";
import { sandboxName } from "../names.ts";
import { createRunSandbox, fillSandbox, treeRef } from "../workspace.ts";

/** `repository.commit` is then what main really is, whoever pushed it. */
export const checkOut: Phase<DeployStart, { repository: DeployStart["repository"] }> = {
  name: "check-out",
  title: "Check out main",
  run: async ({ projectId, repository }, run) => ({
    repository: await run.step("check-out", async () => {
      // From an empty folder each time: this step may have been cut short before.
      await (await run.adapters.sandbox()).destroy(sandboxName(run.id));
      const sandbox = await createRunSandbox(run, projectId);
      const gitHost = await run.adapters.gitHost();
      const folder = await sandbox.workTree();
      const { commit } = await gitHost.checkout({ projectId, repository, branch: repository.branch, folder });
      await gitHost.saveTree({ projectId, workTree: folder, ref: treeRef(run.id) }); // a lost sandbox is rebuilt from it
      await fillSandbox(run, sandbox, null); // building needs no database
      return { ...repository, commit };
    }),
  }),
  summarize: ({ repository }) => `Checked out ${repository.branch} ${repository.commit.slice(0, 7)}`,
};
