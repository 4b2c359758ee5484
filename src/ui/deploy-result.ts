import type { DeployResult } from "../pipeline/phases/record-deploy.ts";

export function formatDeployed({ project, deployment, commit, run }: DeployResult): string {
  return [
    "",
    `  ${project.name} serves ${commit.slice(0, 7)} at ${deployment.url}`,
    "",
    `  → curl ${deployment.url}/api/health`,
    `  → tb logs ${project.name}`,
    "",
    `  Deployment ${deployment.id} · run ${run.id}`,
  ].join("\n");
}
