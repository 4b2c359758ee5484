// Runs as they are shown: a run whose process has died is parked, whatever its row still says.
import { isOwnerAlive } from "../pipeline/lease-owner.ts";
import type { ErrorJson } from "../errors.ts";
import type { RunEvent } from "../pipeline/types.ts";
import type { Control } from "./control.ts";
import { listEvents } from "./events.ts";
import type { RunRow, RunState } from "./runs.ts";
import { runsOfOwner } from "./runs.ts";
import { sumCost, type RunCost } from "./turns.ts";

export interface ListedRun {
  id: string;
  pipeline: string;
  state: RunState;
  phase: string | null;
  project: { id: string; name: string | null } | null;
  created_at: string;
  finished_at: string | null;
}

export interface ShownRun extends ListedRun {
  request: string | null;
  error: ErrorJson | null;
  result: object | null;
  phases: { name: string; title: string; state: string; duration_ms: number | null }[];
  resources: { kind: string; name: string; provider: string; state: string }[];
  cost: RunCost;
}

/** The state that counts: "running" only while the process that holds the run is alive. */
export function effectiveState(row: RunRow): RunState {
  if (row.state !== "running") return row.state;
  const alive = row.lease_owner ? isOwnerAlive(row.lease_owner) : false;
  return alive === true || (alive === "unknown" && !row.lease_expired) ? "running" : "parked";
}

export async function viewRuns(
  control: Control,
  ownerId: string,
  filter: { state?: string | undefined; limit: number },
): Promise<ListedRun[]> {
  // "running" in the row may mean parked, so that these two are told apart after the query.
  const stored =
    filter.state === "parked" || filter.state === "running"
      ? ["running", "parked"]
      : filter.state
        ? [filter.state]
        : null;
  const rows = await runsOfOwner(control, ownerId, stored, filter.limit);
  return rows.map(listed).filter(({ state }) => !filter.state || state === filter.state);
}

export async function showRun(control: Control, row: RunRow): Promise<ShownRun> {
  const [events, cost, resources, names] = await Promise.all([
    listEvents(control, row.run_id),
    sumCost(control, row.run_id),
    control.query<ShownRun["resources"][number]>(
      "select kind, name, provider, state from resources where run_id = $1 order by sequence",
      [row.run_id],
    ),
    control.query<{ name: string }>("select name from project_contexts where project_id = $1", [row.project_id]),
  ]);
  return {
    ...listed({ ...row, project_name: names[0]?.name ?? null }),
    request: (row.input as { request?: string }).request ?? null,
    error: row.error,
    result: row.result,
    phases: phasesOf(events),
    resources,
    cost,
  };
}

function listed(row: RunRow & { project_name: string | null }): ListedRun {
  return {
    id: row.run_id,
    pipeline: row.pipeline,
    state: effectiveState(row),
    phase: row.phase,
    project: row.project_id ? { id: row.project_id, name: row.project_name } : null,
    created_at: new Date(row.created_at * 1000).toISOString(),
    finished_at: row.finished_at === null ? null : new Date(row.finished_at * 1000).toISOString(),
  };
}

/** What became of each phase, by the events. */
function phasesOf(events: RunEvent[]): ShownRun["phases"] {
  const first = events.find((event) => event.type === "run.started");
  const phases = first?.type === "run.started" ? first.phases : [];
  return phases.map(({ name, title }) => {
    const own = events.filter((event) => "phase" in event && event.phase === name);
    const last = own.findLast(({ type }) => type.startsWith("phase."));
    const began = own.find(({ type }) => type === "phase.started");
    const state = last ? last.type.slice("phase.".length) : "pending";
    const ended = last && last.type !== "phase.started" && began;
    return { name, title, state, duration_ms: ended ? Date.parse(last.at) - Date.parse(began.at) : null };
  });
}
