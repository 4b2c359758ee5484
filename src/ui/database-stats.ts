import type { StatsResult } from "../control/database-stats.ts";
import type { Activity, ClusterFigures, ClusterStats } from "../control/stats/cluster-stats.ts";
import type { DatabaseStats, ProjectStats, RunCounts } from "../control/stats/project-stats.ts";
import { formatBytes } from "./bytes.ts";
import { countOf } from "./count.ts";
import { wrap } from "./output.ts";
import { fitTable } from "./layout.ts";

const SHOWN_TABLES = 8;

export function formatStats({ clusters, projects, runs, days }: StatsResult): string {
  const stopped = clusters.some(({ running, problem }) => !running && problem === null);
  return [
    ...clusters.map(clusterBlock),
    ...projects.map((project) => projectBlock(project, days)),
    ...(runs ? [`  runs in ${days} days  ${formatRuns(runs)}`] : []),
    ...(stopped ? ["  → tb db start"] : []),
  ].join("\n\n");
}

function clusterBlock({ name, kind, running, problem, figures }: ClusterStats): string {
  if (!running || !figures) return fitTable([[name, kind, problem ?? "stopped"]]);
  const { longest_statement: longest, slow_statements: slow } = figures;
  const rows = [
    ["", "connections", usage(figures.connections)],
    ...activityRows(figures),
    [
      "",
      "longest",
      longest ? `${longest.seconds} s, ${longest.state}: ${cut(longest.statement)}` : "nothing is under way",
    ],
    ...slow.statements.map(({ mean_ms, calls, statement }) => [
      "",
      "slow",
      `${mean_ms} ms × ${calls}: ${cut(statement)}`,
    ]),
  ];
  const missing = wrap(slow.missing ?? "", 54).filter(Boolean);
  rows.push(...missing.map((line, i) => ["", i === 0 ? "slow" : "", line]));
  return `  ${name}  ${kind}, ${formatBytes(figures.size_bytes)}\n${fitTable(rows)}`;
}

function activityRows(of: Activity | ClusterFigures): string[][] {
  const ratio =
    of.cache_hit_ratio === null ? "nothing was read yet" : `${(of.cache_hit_ratio * 100).toFixed(1)} % of blocks`;
  const done = `${countOf(of.transactions, "transaction")}, ${of.rollbacks} rolled back, ${countOf(of.deadlocks, "deadlock")}`;
  return [
    ["", "from memory", ratio],
    ["", "work", done],
  ];
}

function projectBlock({ project, database, statements, requests, runs }: ProjectStats, days: number): string {
  const rows = [
    ...(database ? databaseRows(database) : []),
    ["", "SQL of tb", `${statements.total} in ${days} days, ${statements.failed} failed`],
    ["", "runs", formatRuns(runs)],
  ];
  if (requests) rows.push(["", "requests", `${requests.failed} of the last ${requests.total} failed (5xx)`]);
  const where = database ? `${database.name}, ${formatBytes(database.size_bytes)}` : "no database to look at";
  return `  ${project.name}  ${where}\n${fitTable(rows)}`;
}

function databaseRows(database: DatabaseStats): string[][] {
  const { connections, tables } = database;
  const more = tables.length - SHOWN_TABLES;
  return [
    ["", "connections", `app ${usage(connections.app)}, own ${usage(connections.own)}`],
    ...activityRows(database),
    ...tables
      .slice(0, SHOWN_TABLES)
      .map(({ name, bytes, rows, dead_rows }) => [
        "",
        "table",
        `${name}  ${formatBytes(bytes)}, ${countOf(rows, "row")}, ${dead_rows} dead`,
      ]),
    ...(more > 0 ? [["", "", `and ${more} more (--json lists them)`]] : []),
  ];
}

function formatRuns(runs: RunCounts): string {
  const counted = Object.entries(runs).filter(([, n]) => n > 0);
  return counted.length > 0 ? counted.map(([state, n]) => `${n} ${state}`).join(", ") : "none";
}

function usage({ used, limit }: { used: number; limit: number }): string {
  return limit < 0 ? `${used} (no limit)` : `${used} of ${limit}`;
}

function cut(statement: string): string {
  return statement.length > 40 ? `${statement.slice(0, 39)}…` : statement;
}
