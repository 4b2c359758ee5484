// Output that cannot be written. A reader that went away (tb … | head, a closed terminal) is no error of ours: tb leaves
// quietly, but never in the middle of a run. A result that a full disk has swallowed is one.
import { writeSync } from "node:fs";
import { foreseenError } from "../foreseen-error.ts";

const READER_GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "EIO", "ECONNRESET", "ENOTCONN"]);

let working = 0;
let broken = false;
let unwritten: Error | undefined;

/** To be called once, before anything is written. */
export function watchPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      broken = true;
      if (!READER_GONE.has(error.code)) unwritten ??= error;
      leaveIfUnread();
    });
  }
}

/** Nobody reading is no reason to leave this work undone. */
export async function whileWorking<T>(work: () => Promise<T>): Promise<T> {
  working++;
  try {
    return await work();
  } finally {
    working--;
  }
}

/** Ends the process, with the exit code that stands, when nobody reads what it would still write: waiting for that to be
 * written would be waiting for ever. Not in the middle of work, unless the output is all that the work is for. */
export function leaveIfUnread({ atWork = working > 0 } = {}): void {
  if (!broken || atWork) return;
  if (!unwritten) process.exit();
  try {
    writeSync(2, `✖ The output is incomplete. ${foreseenError(unwritten)?.message ?? unwritten.message}\n`);
  } catch {
    // stderr takes nothing either; the exit code remains
  }
  process.exit(process.exitCode || 1);
}
