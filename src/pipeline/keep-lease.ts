import type { Control } from "../control/control.ts";
import { beatLease, LEASE_SECONDS } from "../control/runs.ts";

/** Renews the lease of a run until the returned function is called; `onLost` when another process has taken it. */
export function keepLease(control: Control, runId: string, token: number, onLost: () => void): () => void {
  async function beat(): Promise<void> {
    try {
      if (!(await beatLease(control, runId, token))) onLost();
    } catch {
      // The database did not answer: the next step or beat finds out; the lease outlives three missed beats.
    }
  }
  const heart = setInterval(() => void beat(), (LEASE_SECONDS * 1000) / 4);
  return () => clearInterval(heart);
}
