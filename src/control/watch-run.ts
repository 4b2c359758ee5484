// Follows a run that another process works on, by the events that it stores.
import { setTimeout as delay } from "node:timers/promises";
import type { RunEvent } from "../pipeline/types.ts";
import type { Control } from "./control.ts";
import { listEvents } from "./events.ts";
import { effectiveState } from "./run-view.ts";
import { findRun, type RunRow } from "./runs.ts";

const LOOK_EVERY = 250;
/** Numbers are given when an event is written and seen when it is committed: two processes that follow each other may
 * commit out of order, so the last few are read again. */
const AGAIN = 20;
const PAGE = 1000;
const CLOSING: ReadonlySet<string> = new Set(["run.finished", "run.parked", "run.failed"]);

/** Tells every event once, in order, from the beginning; the closing one last, and only when the run has really ended or
 * parked (a run that was resumed has closed before). Resolves with the run's row as it is then, or with null when the
 * signal was aborted. */
export async function watchRun(
  control: Control,
  runId: string,
  tell: (event: RunEvent) => Promise<void> | void,
  signal: AbortSignal,
): Promise<RunRow | null> {
  const told: number[] = [];
  const seen = new Set<number>();
  let closing: RunEvent | null = null;
  let started = false;

  async function tellNew(): Promise<void> {
    for (;;) {
      const events = await listEvents(control, runId, told.at(-AGAIN) ?? 0, PAGE);
      const fresh = events.filter(({ seq }) => !seen.has(seq));
      for (const event of fresh) {
        seen.add(event.seq);
        told.push(event.seq);
        if (CLOSING.has(event.type)) {
          closing = event;
          continue;
        }
        closing = null; // it went on
        if (event.type === "run.started" && started) continue; // once more, by whoever resumed it
        started ||= event.type === "run.started";
        await tell(event);
      }
      if (events.length < PAGE || fresh.length === 0) return;
    }
  }

  while (!signal.aborted) {
    const row = await findRun(control, runId); // before its events, so that none comes after an end
    await tellNew();
    if (effectiveState(row) !== "running") {
      if (closing) await tell(closing);
      return row;
    }
    await pause(signal);
  }
  return null;
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await delay(LOOK_EVERY, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error; // an abort only ends the pause early
  }
}
