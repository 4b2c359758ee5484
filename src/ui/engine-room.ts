import type { ClusterStatus, EngineRoomStatus } from "../control/engine-room.ts";
import { formatBytes } from "./bytes.ts";
import { fitTable } from "./layout.ts";

export function formatEngineRoom({ control, projects }: EngineRoomStatus): string {
  const { schema } = control;
  const migrations = schema.problem ?? describeMigrations(schema.version, schema.pending);
  return [
    fitTable([...clusterRows(control), ["", "schema", `${schema.name}: ${migrations}`]]),
    fitTable(clusterRows(projects)),
    ...([control, projects].some(({ kind, running }) => kind === "embedded" && !running) ? ["  → tb db start"] : []),
  ].join("\n\n");
}

function clusterRows(cluster: ClusterStatus): string[][] {
  const state = cluster.running
    ? `running, Postgres ${cluster.version}${cluster.pid ? `, pid ${cluster.pid}` : ""}`
    : "stopped";
  return [
    [cluster.name, cluster.kind, cluster.problem ?? state],
    ["", "at", cluster.location],
    ...(cluster.size_bytes === null ? [] : [["", "size", formatBytes(cluster.size_bytes)]]),
    ...cluster.databases.map(({ name, size_bytes }) => ["", "database", `${name}  ${formatBytes(size_bytes)}`]),
  ];
}

function describeMigrations(version: string | null, pending: string[] | null): string {
  if (pending === null) return "unknown while it is stopped";
  if (pending.length > 0) return `${pending.length} migrations pending → tb db migrate`;
  return `up to date (${version})`;
}
