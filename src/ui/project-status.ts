// One project as people read it.
import type { ProjectStatus } from "../control/project-status.ts";
import { fitTable } from "./layout.ts";
import { formatDuration, formatTime } from "./output.ts";

export function formatStatus(status: ProjectStatus): string {
  const { project, deployment, repository, database, last_run: run } = status;
  const rows = [
    ["Project", `${project.name}  ${project.id}  ${project.status}`],
    ...(deployment ? deploymentRows(deployment) : [["Deployed", `no → tb deploy ${project.name}`]]),
    ["Code", repository ? repository.url : "-"],
    ...(database ? databaseRows(database) : [["Database", "none"]]),
    ["Endpoints", String(status.endpoints.length)],
    ["Created", formatTime(Date.parse(project.created_at) / 1000)],
    ...(run ? [["Last run", `${run.id}  ${run.pipeline}  ${run.state}`]] : []),
  ];
  const hints = hintsFor(status);
  return [fitTable(rows), ...(hints.length > 0 ? ["", ...hints.map((hint) => `  → ${hint}`)] : [])].join("\n");
}

/** Deployments as a table, for `tb projects show`. */
export function formatDeployments({ deployments }: ProjectStatus): string {
  return fitTable(
    deployments.map(({ id, status, commit, restores, created_at }) => [
      id,
      commit.slice(0, 7),
      status,
      formatTime(Date.parse(created_at) / 1000),
      restores ? `back to ${restores}` : "",
    ]),
  );
}

function deploymentRows(deployment: NonNullable<ProjectStatus["deployment"]>): string[][] {
  const health = deployment.healthy ? "healthy" : deployment.running ? "running, not healthy" : "stopped";
  const uptime = deployment.uptime_ms === null ? "" : `, up ${formatDuration(deployment.uptime_ms)}`;
  const restarts = deployment.restarts > 0 ? `, restarted ${deployment.restarts}×` : "";
  return [
    ["Deployed", `${deployment.url}  ${health}${uptime}${restarts}`],
    ["Version", `${deployment.commit.slice(0, 7)}  ${deployment.id}`],
    ...(deployment.isolation ? [["Isolation", describeIsolation(deployment.isolation)]] : []),
  ];
}

function describeIsolation(isolation: string): string {
  return isolation === "process" ? "none: a plain process with your rights (tb doctor)" : isolation;
}

function databaseRows({ name, tables, answers }: NonNullable<ProjectStatus["database"]>): string[][] {
  return [
    ["Database", answers ? name : `${name}  does not answer`],
    ["Tables", tables.join(", ") || "-"],
  ];
}

function hintsFor({ project, deployment, database, last_run: run }: ProjectStatus): string[] {
  const hints: string[] = [];
  if (database && !database.answers) hints.push("tb db start");
  else if (deployment?.running && !deployment.healthy) hints.push(`tb logs ${project.name}`);
  if (deployment && !deployment.running) hints.push(`tb deploy ${project.name}      starts it again`);
  if (run?.state === "parked") hints.push(`tb resume ${run.id}`, `tb cancel ${run.id}`);
  if (run?.state === "running") hints.push(`tb runs watch ${run.id}`);
  if (hints.length === 0 && database) hints.push(`eval "$(tb db env ${project.name} --password)" && psql`);
  return hints;
}
