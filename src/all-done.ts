/** Waits until all of it has ended, then throws the first error: nothing works on behind a step that has failed. */
export async function allDone(works: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === "rejected") throw result.reason;
}
