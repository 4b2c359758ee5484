// What programs read: the object of `--json` and the lines of `--events`.
import type { ErrorJson } from "../errors.ts";
import type { RunEvent } from "../pipeline/types.ts";

const SCHEMA_VERSION = 1;

/** What `--json` prints, once. Fields are only ever added.
 * @public read by the generator of docs/schemas */
export interface Envelope {
  /** Whether the command succeeded; the exit code says the same. */
  ok: boolean;
  /** The command's result, by the schema of the command; null when it failed. A command that looks for problems and has
   * found some gives both its data and an error. */
  data: unknown;
  /** What went wrong; null when nothing did. */
  error: ErrorJson | null;
  metadata: {
    /** The command, such as "projects list". */
    command: string;
    /** Changes only when a field has changed its meaning. */
    schema_version: number;
    duration_ms: number;
    /** The run that the command started or continued; null when there was none. */
    run_id: string | null;
  };
}

/** One line of `--events`. The last one is run.finished, run.parked or run.failed, and only that one.
 * @public read by the generator of docs/schemas */
export type EventLine = RunEvent | StreamedItem | ClosingLine;

/** An item of a command that streams, by the command's schema of items. */
interface StreamedItem {
  type: "item";
  item: object;
}

/** The end of a stream that no run has closed. */
type ClosingLine = Ending & {
  /** The run; null when the command has none. */
  runId: string | null;
  seq: 0;
  /** When, in ISO 8601. */
  at: string;
};

export type Ending =
  | {
      type: "run.finished";
      /** The command's data, by the schema of the command. */
      result: unknown;
    }
  | {
      type: "run.parked" | "run.failed";
      error: ErrorJson;
      /** The data of a command that did its work and found what should not be, such as a failed check; else null. */
      result: unknown;
    };

export function formatClosingLine(ending: Ending, runId: string | null): string {
  const line: ClosingLine = { ...ending, runId, seq: 0, at: new Date().toISOString() };
  return JSON.stringify(line);
}

export interface Answer {
  command: string;
  data: unknown;
  error: ErrorJson | null;
  durationMs: number;
  runId: string | null;
}

/** On one line where it follows the lines of a stream. */
export function formatEnvelope({ command, data, error, durationMs, runId }: Answer, asLine = false): string {
  const metadata = { command, schema_version: SCHEMA_VERSION, duration_ms: durationMs, run_id: runId };
  const envelope: Envelope = { ok: error === null, data, error, metadata };
  return JSON.stringify(envelope, null, asLine ? 0 : 2);
}
