// Runs the phases of a pipeline in order: the workflow body. What is durable and what time it is, the engine decides.
import { toErrorJson, type ErrorJson } from "../errors.ts";
import type { Phase, PhaseEvent, Pipeline, Run } from "./types.ts";

/** Events before the engine has stamped them with run, number and time. */
export type LifecycleEvent =
  | { type: "phase.started" | "phase.undone"; phase: string }
  | { type: "phase.finished"; phase: string; summary?: string }
  | { type: "phase.skipped"; phase: string; reason: string }
  | { type: "phase.failed"; phase: string; error: ErrorJson };

export interface PipelineHost {
  /** The `run` that a phase gets. */
  runFor(phase: string): Run;
  emit(event: LifecycleEvent | (PhaseEvent & { phase: string })): Promise<void>;
}

/** Runs every phase with the state so far and returns the last state. A phase's error is announced and thrown on. */
export async function runPipeline<Start extends object, State>(
  pipeline: Pipeline<Start, State>,
  start: Start,
  host: PipelineHost,
): Promise<State> {
  let state: object = start;
  for (const phase of pipeline.phases as readonly Phase<object, object>[]) {
    const skipped = phase.skip?.(state);
    if (skipped) {
      state = { ...state, ...skipped.instead };
      await host.emit({ type: "phase.skipped", phase: phase.name, reason: skipped.reason });
      continue;
    }
    await host.emit({ type: "phase.started", phase: phase.name });
    try {
      state = { ...state, ...(await phase.run(state, host.runFor(phase.name))) };
    } catch (error) {
      await host.emit({ type: "phase.failed", phase: phase.name, error: toErrorJson(error) });
      throw error;
    }
    await host.emit({
      type: "phase.finished",
      phase: phase.name,
      ...(phase.summarize && { summary: phase.summarize(state) }),
    });
  }
  return state as State;
}
