// Runs as they are shown: a run whose process has died is parked, whatever its row still says.
import { isOwnerAlive } from "../pipeline/lease-owner.ts";
import type { ErrorJson } from "../errors.ts";
import type { RunEvent } from "../pipeline/types.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Control } from "./control.ts";
import { listEvents } from "./events.ts";
import type { RunRow, RunState } from "./runs.ts";
import { runningOfOwner, runsOfOwner } from "./runs.ts";
import { sumCost, type RunCost } from "./turns.ts";

export interface ListedRun {
  /** `run_…` */
  id: string;
  /** What it does: create, deploy, rollback, destroy, … */
  pipeline: string;
  /** A run whose process has died is parked. */
  state: RunState;
  /** The phase that it was in last. */
  phase: string | null;
  /** The project; its name is null before it has one. */
  project: { id: string; name: string | null } | null;
  /** When it began. */
  created_at: string;
  /** When it ended; null while it can go on. */
  finished_at: string | null;
}

/** "interrupted" is a phase that a parked run was in, "not_reached" one that an ended run never came to. */
type PhaseState = "finished" | "skipped" | "failed" | "undone" | "running" | "interrupted" | "pending" | "not_reached";

export interface ShownRun extends ListedRun {
  /** What was asked, in words; null when no words asked for it. */
  request: string | null;
  /** What it parked or failed with. */
  error: ErrorJson | null;
  /** What it came to; null until it has succeeded. */
  result: object | null;
  /** What the last verification of the run has found, also where the run ended with it; null without one. */
  verification: Verdict | null;
  /** Its phases in order. */
  phases: { name: string; title: string; state: PhaseState; duration_ms: number | null }[];
  /** What it has made outside tb's own state. */
  resources: { kind: string; name: string; provider: string; state: string }[];
  /** Of all model calls together. */
  cost: RunCost;
}

/** The state that counts: "running" only while the process that holds the run is alive. */
export function effectiveState(row: Pick<RunRow, "state" | "lease_owner" | "lease_expired">): RunState {
  if (row.state !== "running") return row.state;
  const alive = row.lease_owner ? isOwnerAlive(row.lease_owner) : false;
  return alive === true || (alive === "unknown" && !row.lease_expired) ? "running" : "parked";
}

/** The owner's runs, newest first. */
export async function viewRuns(
  control: Control,
  ownerId: string,
  filter: { state?: RunState | undefined; projectId?: string | undefined; limit: number },
): Promise<ListedRun[]> {
  const { state = null, projectId = null, limit } = filter;
  // Only a process of this machine knows which pids are alive, and few rows say "running".
  const running = state === "running" || state === "parked" ? await runningOfOwner(control, ownerId) : [];
  const dead = running.filter((row) => effectiveState(row) === "parked").map(({ run_id }) => run_id);
  return (await runsOfOwner(control, ownerId, { state, projectId, limit }, dead)).map(listed);
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
    verification: lastVerdict(events),
    phases: phasesOf(events, effectiveState(row)),
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

function lastVerdict(events: RunEvent[]): Verdict | null {
  const last = events.findLast(({ type }) => type === "verification");
  return last?.type === "verification" ? last.verdict : null;
}

/** What became of each phase, by the events and by what the run is now. */
function phasesOf(events: RunEvent[], run: RunState): ShownRun["phases"] {
  const first = events.find((event) => event.type === "run.started");
  const phases = first?.type === "run.started" ? first.phases : [];
  return phases.map(({ name, title }) => {
    const own = events.filter((event) => "phase" in event && event.phase === name);
    const last = own.findLast(({ type }) => type.startsWith("phase."));
    const began = own.find(({ type }) => type === "phase.started");
    const ended = last && last.type !== "phase.started" && began;
    return {
      name,
      title,
      state: phaseState(last?.type, run),
      duration_ms: ended ? Date.parse(last.at) - Date.parse(began.at) : null,
    };
  });
}

function phaseState(last: string | undefined, run: RunState): PhaseState {
  const open = run === "running" || run === "parked";
  if (last === undefined) return open ? "pending" : "not_reached";
  if (last === "phase.started") return run === "running" ? "running" : "interrupted";
  return last.slice("phase.".length) as PhaseState;
}
