// A snapshot of the source, with the verdict beside it, in the object store (product.md, C9).
import { withResource } from "../../control/ledger.ts";
import { recordSnapshot } from "../../control/snapshots.ts";
import type { Verdict } from "../../verify/verdict.ts";
import type { CreateStart } from "../create.ts";
import type { Phase } from "../types.ts";
import { repositoryName } from "../names.ts";
import { openWorkspace } from "../workspace.ts";
import type { RepositoryState } from "./push-repository.ts";

type In = CreateStart & { database: string | null; repository: RepositoryState; verdict: Verdict };

export const uploadSnapshot: Phase<In, { snapshot: { id: string; url: string } }> = {
  name: "upload-snapshot",
  title: "Keep a snapshot",
  run: async ({ projectId, repository, verdict }, run) => ({
    snapshot: await run.step("upload", async () => {
      const store = await run.adapters.objectStore();
      const workspace = await openWorkspace(run, { projectId, database: null });
      const sandbox = await workspace.sandbox();
      // What was committed: it was looked through for secrets, and what git ignores was not.
      const gitHost = await run.adapters.gitHost();
      const { commit } = repository;
      const files = await gitHost.listFiles({
        projectId,
        repository: { ...repository, name: repositoryName(projectId) },
        commit,
        folder: "",
      });
      const resource = {
        run_id: run.id,
        project_id: projectId,
        kind: "snapshot",
        name: projectId,
        provider: store.name,
      } as const;
      const snapshot = await withResource(run.control, resource, async () =>
        store.putSnapshot({
          projectId,
          commit,
          folder: await sandbox.workTree(),
          files,
          extra: { "verification.json": `${JSON.stringify(verdict, null, 2)}\n` },
        }),
      );
      await recordSnapshot(run.control, { projectId, runId: run.id, commit: repository.commit, snapshot });
      return { id: snapshot.id, url: snapshot.url };
    }),
  }),
  summarize: () => "Snapshot kept",
};
