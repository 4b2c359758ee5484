import type { ProjectStatus } from "../control/project-status.ts";
import { formatDuration, formatTable, formatTime } from "./output.ts";

export function formatStatus(status: ProjectStatus): string {
  const { project, deployment, repository, database, last_run: run } = status;
  const rows = [
    ["Project", `${project.name}  ${project.id}  ${project.status}`],
    ["Deployed", deployment ? deploymentLine(deployment) : `no → tb deploy ${project.name}`],
    ["Code", repository ? repository.url : "-"],
    ["Database", database ? `${database.name}: ${database.tables.join(", ")}` : "none"],
    ["Endpoints", String(status.endpoints.length)],
    ["Created", formatTime(Date.parse(project.created_at) / 1000)],
    ...(run ? [["Last run", `${run.id}  ${run.pipeline}  ${run.state}`]] : []),
  ];
  const hint =
    deployment && !deployment.healthy ? [`\n  → tb logs ${project.name}`, `  → tb deploy ${project.name}`] : [];
  return [formatTable(rows), ...hint].join("\n");
}

function deploymentLine(deployment: NonNullable<ProjectStatus["deployment"]>): string {
  const health = deployment.healthy ? "healthy" : deployment.running ? "running, not healthy" : "stopped";
  const uptime = deployment.uptime_ms === null ? "" : `, up ${formatDuration(deployment.uptime_ms)}`;
  const restarts = deployment.restarts > 0 ? `, restarted ${deployment.restarts}×` : "";
  return `${deployment.url}  ${deployment.commit.slice(0, 7)}  ${health}${uptime}${restarts}`;
}
