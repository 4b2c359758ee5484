// How an attempt at a run ended, told and written down.
import type { RunEnd } from "../control/runs.ts";
import { toErrorJson, type TbError } from "../errors.ts";
import { asTbError } from "./run-errors.ts";
import type { EngineEvent, RunVoice } from "./run-events.ts";

export type RunOutcome = { state: "succeeded"; result: object } | { state: "failed" | "parked"; error: TbError };

/** Where the end cannot be written, the run is parked whatever it came to: its row still says "running" under a lease that
 * ends, the engine remembers the outcome, and resuming tells it. */
export async function closeRun(voice: RunVoice, outcome: RunOutcome): Promise<RunOutcome> {
  try {
    await voice.close(closingEvent(outcome), endOf(outcome));
    return outcome;
  } catch (error) {
    const failure = asTbError(error);
    if (!failure.parks) throw failure;
    const parked: RunOutcome = outcome.state === "parked" ? outcome : { state: "parked", error: failure };
    await voice.tell(closingEvent(parked));
    return parked;
  }
}

function closingEvent(outcome: RunOutcome): EngineEvent {
  if (outcome.state === "succeeded") return { type: "run.finished", result: outcome.result };
  return { type: outcome.state === "failed" ? "run.failed" : "run.parked", error: toErrorJson(outcome.error) };
}

function endOf(outcome: RunOutcome): RunEnd {
  if (outcome.state === "succeeded") return { state: "succeeded", error: null, result: outcome.result };
  return { state: outcome.state, error: toErrorJson(outcome.error), result: null };
}
