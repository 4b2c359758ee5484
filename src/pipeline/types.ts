// The vocabulary of a run: phases, pipelines, events. Phases speak only through `Run`.
import type { Adapters } from "../adapters/index.ts";
import type { ActivityStatus, ActivityType, Environment } from "../control/activity-types.ts";
import type { Control } from "../control/control.ts";
import type { ErrorJson } from "../errors.ts";
import type { Verdict } from "../verify/verdict.ts";

/** One step of a pipeline: reads the state so far, returns what it adds (small, plain JSON), speaks only through `run`.
 * A phase body is workflow code: it is run again on resume, so the world, the clock and randomness are touched only
 * inside `run.step`; an error that a resume should meet anew is thrown inside a step too. What a phase creates is written to the resource ledger first, so it needs no undo of its own. */
export interface Phase<In, Added extends object> {
  readonly name: string; // "design": file name, event key, checkpoint key
  readonly title: string; // "Design the schema"
  readonly run: (state: In, run: Run) => Promise<Added>;
  readonly skip?: (state: In) => { reason: string; instead: Added } | undefined;
  /** The line a person reads when it is done: "Understood: 2 tables, 12 endpoints". Default: the title. */
  readonly summarize?: (state: In & Added) => string;
}

/** `.phase()` takes only a phase whose input is already produced: a wrong order does not compile. */
export interface Pipeline<Start, State> {
  readonly name: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- the types were checked when the phase was added
  readonly phases: readonly Phase<any, any>[];
  phase<Added extends object>(next: Phase<State, Added>): Pipeline<Start, State & Added>;
}

export interface Run {
  readonly id: string;
  readonly adapters: Adapters;
  readonly control: Control;
  /** Aborted by Ctrl-C, a cancellation or a lost lease. */
  readonly signal: AbortSignal;
  /** Durable: done once, its JSON result remembered. At-least-once when the process dies inside it. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Keyed (run, phase, step, n): repeats after a resume are ignored. */
  emit(event: PhaseEvent): Promise<void>;
}

/** What a phase may say. */
export type PhaseEvent =
  | {
      type: "progress";
      text: string;
      /** Left out where nobody knows it. */
      percent?: number;
    }
  | { type: "agent.message" | "warning"; text: string }
  /** What tb has found out about the project, each time that it has looked. */
  | { type: "verification"; verdict: Verdict }
  | { type: "tool.started" | "tool.finished"; tool: string; summary: string }
  | { type: "model.usage"; model: string; input: number; cached: number; output: number; usd: number | null }
  | {
      type: "activity";
      action: ActivityType;
      details: string;
      status?: ActivityStatus;
      environment?: Environment;
      references?: Record<string, string>;
    };

export type RunEvent = {
  /** The run. */
  runId: string;
  /** Rises from event to event of the run. */
  seq: number;
  /** When, in ISO 8601. */
  at: string;
} & (
  | { type: "run.started"; pipeline: string; phases: { name: string; title: string }[] }
  | { type: "phase.started" | "phase.undone"; phase: string }
  | { type: "phase.finished"; phase: string; summary?: string }
  | { type: "phase.skipped"; phase: string; reason: string }
  | { type: "phase.failed"; phase: string; error: ErrorJson }
  | (PhaseEvent & { phase: string })
  | { type: "run.finished"; result: object }
  | { type: "run.parked" | "run.failed"; error: ErrorJson }
);

/** Listens to the one stream of run events: the tree, the NDJSON writer, the log. `repeat` is true for an event that an
 * earlier attempt of the run has already stored; it is passed on so that a tree can show what was done before. */
export type RunSink = (event: RunEvent, repeat: boolean) => void | Promise<void>;
