// A commit that nobody has checked yet, in a fresh sandbox with its dependencies. What is wrong with it is a finding.
import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { check, unlessFaulty } from "../../verify/check.ts";
import type { Check } from "../../verify/verdict.ts";
import { sandboxName } from "../names.ts";
import type { Phase, Run } from "../types.ts";
import type { VerifyStart } from "../verify.ts";
import { createRunSandbox, fillSandbox, treeRef } from "../workspace.ts";

export interface TreeState {
  /** The checks "files" and "dependencies". */
  tree: Check[];
}

export const checkOutTree: Phase<VerifyStart, TreeState> = {
  name: "check-out",
  title: "Check out the code",
  run: async (state, run) => ({
    tree: await run.step("check-out", async () => {
      // From an empty folder each time: this step may have been cut short before.
      await (await run.adapters.sandbox()).destroy(sandboxName(run.id));
      const sandbox = await createRunSandbox(run, state.projectId);
      const files = await check("files", () => unlessFaulty("files", () => checkOut(state, run, sandbox)));
      if (!files.passed) return [files];
      const install = () => fillSandbox(run, sandbox, null);
      return [files, await check("dependencies", () => unlessFaulty("dependencies", install))];
    }),
  }),
  summarize: ({ repository, tree }) => {
    const problem = tree.find(({ passed }) => !passed);
    const commit = repository.commit.slice(0, 7);
    return problem ? `Checked out ${commit}: ${problem.summary}` : `Checked out ${commit}`;
  },
};

async function checkOut({ projectId, repository }: VerifyStart, run: Run, sandbox: Sandbox): Promise<void> {
  const gitHost = await run.adapters.gitHost();
  await sandbox.fillTree(async (folder) => {
    await gitHost.checkout({ projectId, repository, commit: repository.commit, folder });
    await gitHost.saveTree({ projectId, workTree: folder, ref: treeRef(run.id) }); // a lost sandbox is rebuilt from it
  });
}
