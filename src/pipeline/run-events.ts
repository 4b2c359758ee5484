// Stores and tells the events of one attempt at a run, one after the other.
import { actionId } from "../control/action-id.ts";
import type { Control } from "../control/control.ts";
import { insertEvent, type EventKey, type NewActivity } from "../control/events.ts";
import type { RunEnd, RunRow } from "../control/runs.ts";
import type { ErrorJson } from "../errors.ts";
import { redactJson } from "../secrets/redactor.ts";
import type { LifecycleEvent } from "./run-pipeline.ts";
import type { PhaseEvent, RunSink } from "./types.ts";

export type EngineEvent =
  | LifecycleEvent
  | (PhaseEvent & { phase: string })
  | { type: "run.started"; pipeline: string; phases: { name: string; title: string }[] }
  | { type: "run.finished"; result: object }
  | { type: "run.parked" | "run.failed"; error: ErrorJson };

/** Everything that an attempt says goes through here. */
export interface RunVoice {
  /** `step` is the step it is said in, "" for workflow code. Throws when the lease is no longer held. */
  readonly emit: (event: EngineEvent, step?: string) => Promise<void>;
  /** The run's last event, stored in one statement with the state it ends (or parks) in: both are there or neither. */
  readonly close: (event: EngineEvent, end: RunEnd) => Promise<void>;
  /** What happens beside the phase under way, at any moment; the numbers of the phase's own events stay as they are. */
  readonly warn: (text: string) => Promise<void>;
  /** Tells the sinks an event that cannot be stored. */
  readonly tell: (event: EngineEvent) => Promise<void>;
}

export interface VoiceOf {
  control: Control;
  sinks: readonly RunSink[];
  row: RunRow;
  token: number;
}

export function createVoice({ control, sinks, row, token }: VoiceOf): RunVoice {
  const counters = new Map<string, number>();
  let phaseUnderWay = "";
  let writing: Promise<void> = Promise.resolve();

  function emit(event: EngineEvent, step = ""): Promise<void> {
    return say(event, step, null);
  }

  function warn(text: string): Promise<void> {
    return say({ type: "warning", phase: phaseUnderWay, text }, `beside@${token}`, null);
  }

  function close(event: EngineEvent, end: RunEnd): Promise<void> {
    return say(event, "", end);
  }

  async function say(event: EngineEvent, step: string, end: RunEnd | null): Promise<void> {
    const phase = "phase" in event ? event.phase : "";
    if (event.type === "phase.started") phaseUnderWay = phase;
    const keyStep = eventStep(event, step, token);
    const counter = `${phase}\n${keyStep}`;
    const n = counters.get(counter) ?? 0;
    counters.set(counter, n + 1);
    const clean = redactJson(event); // from here it goes into the database, the timeline and to every sink
    const mine = writing.then(() => write(clean, { runId: row.run_id, phase, step: keyStep, n }, redactJson(end)));
    writing = mine.catch(() => {}); // the emitter gets the error; the next event tries for itself
    await mine;
  }

  async function write(event: EngineEvent, key: EventKey, end: RunEnd | null): Promise<void> {
    const activity = activityOf(row, event, key);
    const stored = await insertEvent(control, key, token, event, { activity, end });
    for (const sink of sinks)
      await sink({ ...event, runId: row.run_id, seq: stored.seq, at: stored.at }, stored.repeat);
  }

  async function tell(event: EngineEvent): Promise<void> {
    const clean = redactJson(event);
    for (const sink of sinks) await sink({ ...clean, runId: row.run_id, seq: -1, at: new Date().toISOString() }, false);
  }

  return { emit, warn, close, tell };
}

/** The failed activity of a run that was undone, which outlives the undo (it is no resource). Told once, however often the
 * undoing was begun. */
export async function recordUndone(
  { row, voice }: { row: RunRow; voice: RunVoice },
  how: "failed" | "cancelled",
  details: string,
): Promise<void> {
  if (!row.project_id || row.pipeline === "verify") return; // it changes nothing that a timeline could tell of
  const of = UNDONE[row.pipeline] ?? { action: "project_created" };
  await voice.emit({ type: "activity", phase: "", ...of, status: "failed", details }, how);
}

/** What a run that was undone had been about. */
const UNDONE: Record<string, Pick<Extract<PhaseEvent, { type: "activity" }>, "action" | "environment">> = {
  deploy: { action: "deployment", environment: "production" },
  rollback: { action: "deployment", environment: "production" },
  destroy: { action: "project_destroyed", environment: "production" },
  backup: { action: "database_backup" },
  restore: { action: "database_restored" },
};

/** Lifecycle events of different attempts differ (a phase may fail twice); starts and ends of phases are the same event. */
function eventStep(event: EngineEvent, step: string, token: number): string {
  if (event.type === "phase.failed" || event.type.startsWith("run.")) return `${event.type}@${token}`;
  return event.type.startsWith("phase.") ? event.type : step;
}

function activityOf(row: RunRow, event: EngineEvent, key: object): NewActivity | null {
  if (event.type !== "activity" || !row.project_id) return null;
  return {
    actionId: actionId(JSON.stringify(key)),
    projectId: row.project_id,
    userId: row.owner_id,
    requestId: row.request_id,
    type: event.action,
    details: event.details,
    status: event.status ?? "succeeded",
    environment: event.environment ?? "development",
    references: event.references ?? {},
  };
}
