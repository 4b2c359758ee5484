// A reader that went away (tb … | head) is no error of ours: tb leaves quietly, but never in the middle of a run.
let working = 0;
let broken = false;

/** To be called once, before anything is written. */
export function watchPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      broken = true;
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
 * written would be waiting for ever. */
export function leaveIfUnread(): void {
  if (broken && working === 0) process.exit();
}
