// The version, in a fresh sandbox with its dependencies.
import type { DeployStart } from "../deploy.ts";
import type { Phase } from "../types.ts";
import { sandboxName } from "../names.ts";
import { createRunSandbox, fillSandbox, treeRef } from "../workspace.ts";
import type { BuildState } from "./find-build.ts";

export const checkOut: Phase<DeployStart & { build: BuildState }, object> = {
  name: "check-out",
  title: "Check out the code",
  skip: ({ build }) => skipKept(build),
  run: async ({ projectId, repository }, run) => {
    await run.step("check-out", async () => {
      // From an empty folder each time: this step may have been cut short before.
      await (await run.adapters.sandbox()).destroy(sandboxName(run.id));
      const sandbox = await createRunSandbox(run, projectId);
      const gitHost = await run.adapters.gitHost();
      await sandbox.fillTree(async (folder) => {
        await gitHost.checkout({ projectId, repository, commit: repository.commit, folder });
        await gitHost.saveTree({ projectId, workTree: folder, ref: treeRef(run.id) }); // a lost sandbox is rebuilt from it
      });
      await fillSandbox(run, sandbox, null); // building needs no database
      return null;
    });
    return {};
  },
  summarize: ({ repository }) => `Checked out ${repository.commit.slice(0, 7)}`,
};

/** Nothing has to be built when an earlier deployment's build is there. */
export function skipKept({ kept }: BuildState): { reason: string; instead: object } | undefined {
  return kept === null ? undefined : { reason: `the build of ${kept} is still there`, instead: {} };
}
