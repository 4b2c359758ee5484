// Looks after the sessions of a project for as long as somebody works on it or serves it.
import type { EndedSession, SessionWatch } from "./database-cluster.ts";

/** Opens a connection, lends it to the work as a look, and closes it. Throws where no server answers. */
export type Looking = (work: (look: () => Promise<EndedSession[]>) => Promise<void>) => Promise<void>;

export interface WatchTiming {
  /** Milliseconds between two looks. */
  every: number;
  /** Keeps the connection: somebody who takes all locks of the server keeps new ones out. */
  stayConnected: boolean;
}

/** Begins after the first pause and keeps no process alive. */
export function watch(looking: Looking, timing: WatchTiming, onEnded: (session: EndedSession) => void): SessionWatch {
  const stop = new AbortController();

  async function goOn(): Promise<void> {
    while (await pause(timing.every, stop.signal)) {
      try {
        await looking(lookOften);
      } catch {
        // The server is away, was stopped meanwhile, or is full to its last connection: the next look asks it again, and
        // whoever needs it for more than looking after says what is wrong with it.
      }
    }
  }

  async function lookOften(look: () => Promise<EndedSession[]>): Promise<void> {
    do for (const session of await look()) onEnded(session);
    while (timing.stayConnected && (await pause(timing.every, stop.signal)));
  }

  const watching = goOn();
  return {
    stop() {
      stop.abort();
      return watching;
    },
  };
}

/** False when it was stopped. */
function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(end, milliseconds, true).unref();
    const onAbort = () => end(false);
    signal.addEventListener("abort", onAbort, { once: true });
    function end(over: boolean): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve(over);
    }
  });
}

const WORDS: Record<EndedSession["what"], string> = {
  statement: "a statement that ran for too long",
  lock: "a statement that waited too long for a lock",
  idle: "a transaction that was left open",
  transaction: "a transaction that took too long",
  locks: "a session that held too many locks",
};

/** "Ended a statement that ran for too long (role app, database …)." */
export function describeEnded({ what, role, database }: EndedSession): string {
  return `Ended ${WORDS[what]} (role ${role}, database ${database}).`;
}
