// Whether the database server answered all the time while something else was at work: one that hangs breaks off nothing.
import { setTimeout as sleep } from "node:timers/promises";
import { MAINTENANCE } from "../adapters/database-cluster/administrator-session.ts";
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";

/** Milliseconds that a server which is well never takes to answer nothing. */
export const LONG = 3000;
/** Milliseconds between an answer and the next question: whatever hangs for LONG and this much is met by one. */
const EVERY = 1000;

export interface AnswerWatch {
  /** Whether an answer took longer than a server which is well ever takes, the one that is awaited included. */
  hung(): boolean;
  /** Asks no more. Waits for no answer. */
  stop(): void;
}

/** Begins at once, in a session of its own, starting a server that is down. */
export function watchAnswers(cluster: Pick<DatabaseCluster, "session">): AnswerWatch {
  const stopped = new AbortController();
  let longest = 0;
  let asked: number | null = null;

  async function ask(): Promise<void> {
    await cluster.session(MAINTENANCE, async (query) => {
      while (!stopped.signal.aborted) {
        asked = performance.now();
        await query("select 1");
        longest = Math.max(longest, performance.now() - asked);
        asked = null;
        await sleep(EVERY, undefined, { signal: stopped.signal, ref: false }).catch(() => {}); // stopped meanwhile
      }
    });
  }

  ask().catch(() => {}); // broken off, which whoever works with the server hears as well
  return {
    hung: () => Math.max(longest, asked === null ? 0 : performance.now() - asked) > LONG,
    stop: () => stopped.abort(),
  };
}
