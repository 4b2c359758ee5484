// What `tb deploy` says at the end.
import type { DeployResult } from "../pipeline/phases/record-deploy.ts";
import { columns, fitTable } from "./layout.ts";
import { wrap } from "./output.ts";

export function formatDeployed(result: DeployResult): string {
  const { outcome, project, deployment, commit, run } = result;
  const version = commit.slice(0, 7);
  if (outcome === "unchanged") {
    return [
      ...wrap(`${project.name} serves ${version} already, in good health; nothing was done.`, columns()),
      `  ${deployment.url}`,
      `  → tb deploy ${project.name} --force      build and start it anew`,
    ].join("\n");
  }
  return [
    "",
    fitTable([[`${project.name} serves ${version} at ${deployment.url}`]]),
    ...listed("Migrated", result.migrations_applied),
    ...keptLines(result),
    "",
    `  → curl ${deployment.url}/api/health`,
    `  → tb logs ${project.name}`,
    ...(outcome === "rolled_back" ? [`  → tb deploy ${project.name}      main again`] : []),
    "",
    fitTable([[`Deployment ${deployment.id}${run ? ` · run ${run.id}` : ""}`]]),
  ].join("\n");
}

/** What a rollback does not bring back. */
function keptLines({ migrations_kept: kept, project }: DeployResult): string[] {
  if (kept.length === 0) return [];
  return [
    ...listed("Stays applied", kept),
    fitTable([[`The database of ${project.name} was not changed: migrations go forward only.`]]),
  ];
}

function listed(label: string, names: string[]): string[] {
  return names.map((name, i) => `  ${(i === 0 ? label : "").padEnd(15)}${name}`);
}
