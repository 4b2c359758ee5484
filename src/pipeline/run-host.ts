// What a workflow runs in: durable steps, events, the end of a run that parks and the undoing of one that fails.
import type { Adapters } from "../adapters/index.ts";
import type { Control } from "../control/control.ts";
import { setModificationStatus } from "../control/modifications.ts";
import { releaseResources } from "../control/release-resources.ts";
import type { RunRow } from "../control/runs.ts";
import { TbError, toErrorJson, type ErrorJson } from "../errors.ts";
import { redactJson } from "../secrets/redactor.ts";
import { asTbError, reviveError, throwIfAborted } from "./run-errors.ts";
import { recordUndone, type RunVoice } from "./run-events.ts";
import type { Run } from "./types.ts";

/** One attempt at a run. */
export interface HostOf {
  row: RunRow;
  control: Control;
  adapters: Adapters;
  signal: AbortSignal;
  voice: RunVoice;
  park: (error: unknown) => void;
}

/** What a step's checkpoint holds: an expected error comes back with its class, whatever the engine's serializer keeps. */
type StepRecord = { value: unknown } | { error: ErrorJson & { parks: false } };

type Checkpoint = (name: string, work: () => Promise<StepRecord>) => Promise<StepRecord>;

/** `checkpoint` runs work once, whatever happens to the process after it, and remembers its result. */
export function createHost(attempt: HostOf, checkpoint: Checkpoint) {
  const { emit } = attempt.voice;

  function parkHere(cause: unknown): Promise<never> {
    attempt.park(cause);
    return new Promise(() => {}); // this workflow goes on in the process that resumes it
  }

  async function durable(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const record = await checkpoint(name, async () => {
      try {
        return { value: redactJson(await work()) }; // it is kept in the engine's tables
      } catch (error) {
        const failure = asTbError(error);
        if (failure.parks) return parkHere(error);
        return { error: { ...toErrorJson(error), parks: false } };
      }
    });
    if ("error" in record) throw reviveError(record.error);
    return record.value;
  }

  function runFor(phase: string): Run {
    let current = "";
    return {
      id: attempt.row.run_id,
      adapters: attempt.adapters,
      control: attempt.control,
      signal: attempt.signal,
      async step<T>(name: string, work: () => Promise<T>): Promise<T> {
        current = name;
        try {
          return (await durable(`${phase}/${name}`, async () => {
            throwIfAborted(attempt.signal);
            return work();
          })) as T;
        } finally {
          current = "";
        }
      },
      emit: (event) => emit({ ...event, phase }, current),
    };
  }

  /** Releases what the run holds, newest first; runs even when the user has already pressed Ctrl-C. */
  async function undo(cause: unknown): Promise<void> {
    await durable("undo", async () => {
      try {
        await releaseResources(attempt.control, attempt.adapters, { runId: attempt.row.run_id });
        await recordUndone(attempt, "failed", `Failed: ${toErrorJson(cause).message}`);
        if (attempt.row.modification_id) {
          await setModificationStatus(attempt.control, attempt.row.modification_id, "failed");
        }
        return null;
      } catch (error) {
        const [first, second] = [asTbError(cause).message, asTbError(error).message];
        throw new TbError("partial", `${first.replace(/[^.!?]$/, "$&.")} Undoing it failed: ${second}`, {
          suggestion: `tb cancel ${attempt.row.run_id}`,
          cause: error,
        });
      }
    });
  }

  return { emit, runFor, undo, parkHere };
}
