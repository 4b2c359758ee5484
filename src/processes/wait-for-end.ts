// Waits for a launched process within its time.
import { interruption } from "./interruption.ts";
import type { LaunchedProcess } from "./launch.ts";

export interface WaitOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds. */
  timeout?: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace?: number;
}

/** Resolves when the process has ended; stops it at the timeout or when the signal is aborted.
 * Throws TbError "interrupted" (or the signal's own TbError) after an abort. `exitCode` is null after a signal or the timeout. */
export async function waitForEnd(
  child: LaunchedProcess,
  { signal, timeout, grace = 200 }: WaitOptions,
): Promise<{ exitCode: number | null; timedOut: boolean }> {
  let timedOut = false;
  const stop = () => void child.stop(grace);
  const expire = () => {
    timedOut = true;
    stop();
  };
  const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop(); // aborted while it started
  const { exitCode } = await child.exited;
  clearTimeout(timer);
  signal?.removeEventListener("abort", stop);
  if (signal?.aborted) throw interruption(signal);
  return { exitCode: timedOut ? null : exitCode, timedOut };
}
