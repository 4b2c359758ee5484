// What is served now is written down as the project's state, with the endpoints of that version.
import { adoptResource } from "../../control/ledger.ts";
import { setDeployed } from "../../control/projects.ts";
import { releaseRunScoped } from "../../control/release-resources.ts";
import { findRoutes } from "../../verify/routes.ts";
import type { DeployStart } from "../deploy.ts";
import type { Phase, Run } from "../types.ts";
import type { DeploymentState } from "./deploy.ts";

/** The data of `tb deploy --json`. */
export interface DeployResult {
  /** "unchanged": that version served already, in good health, and nothing was done. */
  outcome: "deployed" | "rolled_back" | "unchanged";
  /** The project. */
  project: { id: string; name: string };
  /** The run that did it; null when nothing had to be done. */
  run: { id: string } | null;
  /** The version that serves, as a git commit. */
  commit: string;
  /** The deployment that serves, and where. */
  deployment: DeploymentState;
  /** The deployment whose version was brought back; null for a version from main. */
  restores: string | null;
  /** Migrations that were applied to the project's database. */
  migrations_applied: string[];
  /** Migrations that stay applied though the version that was brought back does not know them. */
  migrations_kept: string[];
}

type In = DeployStart & { deployment: DeploymentState | null; migrated?: string[] };

export const recordDeploy: Phase<In, { result: DeployResult }> = {
  name: "record",
  title: "Write it down",
  run: async (state, run) => {
    await run.step("record", () => writeDown(state, run));
    const { projectId, projectName, repository, deployment, restores, migrated, keptMigrations } = state;
    return {
      result: {
        outcome: restores === null ? "deployed" : "rolled_back",
        project: { id: projectId, name: projectName },
        run: { id: run.id },
        commit: repository.commit,
        deployment: deployment!,
        restores,
        migrations_applied: migrated ?? [],
        migrations_kept: keptMigrations,
      },
    };
  },
  summarize: () => "Recorded",
};

async function writeDown({ projectId, repository, deployment }: In, run: Run): Promise<null> {
  const gitHost = await run.adapters.gitHost();
  const at = { projectId, repository, commit: repository.commit };
  const files = await gitHost.listFiles({ ...at, folder: "" });
  const manifest = JSON.parse((await gitHost.readFile({ ...at, path: "package.json" })) ?? "{}") as {
    dependencies?: Record<string, string>;
  };
  await setDeployed(run.control, projectId, {
    url: deployment!.url,
    codebase: {
      endpoints: findRoutes(files).filter(({ file }) => file.startsWith("server/api/")),
      files: files.length,
    },
    dependencies: manifest.dependencies ?? {},
  });
  await releaseRunScoped(run.control, run.adapters, run.id);
  // Last: from here on undoing an older run cannot take away what serves.
  const provider = (await run.adapters.deployTarget()).name;
  await adoptResource(run.control, { run_id: run.id, kind: "deployment", name: projectId, provider });
  return null;
}
