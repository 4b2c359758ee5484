// Git is deterministic and never the agent's: create the repository, commit, push main (product.md, C8).
import { allDone } from "../../all-done.ts";
import { withResource } from "../../control/ledger.ts";
import { recordPush } from "../../control/repositories.ts";
import type { Plan } from "../../plan/plan.ts";
import { redact } from "../../secrets/redactor.ts";
import { withoutPatterns } from "../../secrets/secret-patterns.ts";
import { countOf } from "../../ui/count.ts";
import type { CreateStart } from "../create.ts";
import { repositoryName } from "../names.ts";
import type { Phase, Run } from "../types.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";
import { prepareDeployment } from "./deploy.ts";

export interface RepositoryState {
  url: string;
  branch: string;
  commit: string;
  files: number;
}

type In = CreateStart & { plan: Plan; database: string | null };

/** Packages that the pushed package.json names, with their versions. */
export type Dependencies = Record<string, string>;

export const pushRepository: Phase<In, { repository: RepositoryState; dependencies: Dependencies }> = {
  name: "push-repository",
  title: "Push the code",
  run: async (state, run) => {
    const { repository, dependencies } = await run.step("push", async () => {
      const workspace = await openWorkspace(run, { projectId: state.projectId, database: null });
      const pushing = push(state, workspace, run);
      await allDone([pushing, prepareDeployment(state, workspace, run)]);
      return { repository: await pushing, dependencies: await dependenciesOf(workspace) };
    });
    await run.emit({
      type: "activity",
      action: "github_push",
      details: `Pushed ${countOf(repository.files, "file")} to ${repository.branch} ${repository.commit.slice(0, 7)}`,
      references: {
        github_push_id: repository.commit,
        branch_name: repository.branch,
        modification_id: state.modificationId,
      },
    });
    return { repository, dependencies };
  },
  summarize: ({ repository }) => `Pushed ${repository.branch} ${repository.commit.slice(0, 7)}`,
};

async function push({ projectId, plan, request }: In, workspace: Workspace, run: Run): Promise<RepositoryState> {
  const gitHost = await run.adapters.gitHost();
  const resource = {
    run_id: run.id,
    project_id: projectId,
    kind: "repository",
    name: repositoryName(projectId),
    provider: gitHost.name,
  } as const;
  const created = await withResource(run.control, resource, () => gitHost.createRepository(resource.name));
  const message = commitMessage(plan, request);
  const pushed = await gitHost.commitAndPush({
    projectId,
    repository: created,
    workTree: await (await workspace.sandbox()).workTree(),
    branch: "main",
    message,
  });
  await recordPush(run.control, { projectId, runId: run.id, provider: gitHost.name, message, pushed });
  return { url: pushed.url, branch: pushed.branch, commit: pushed.commit, files: pushed.files.length };
}

async function dependenciesOf(workspace: Workspace): Promise<Dependencies> {
  const manifest = JSON.parse(await (await workspace.sandbox()).readFile("package.json")) as {
    dependencies?: Dependencies;
  };
  return manifest.dependencies ?? {};
}

/** The request as it was asked, but for secrets that somebody has typed into it. */
function commitMessage(plan: Plan, request: string): string {
  const oneLine = withoutPatterns(redact(request)).replaceAll(/\s+/g, " ").trim();
  return `Modification: create ${plan.name}\n\n${oneLine}\n`;
}
