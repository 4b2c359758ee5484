// What an attempt of a run may still spend on the agent: turns, minutes, dollars. A resumed run gets a fresh allowance.
import type { ModelUsage } from "../adapters/model/model.ts";
import { TbError } from "../errors.ts";
import type { Run } from "../pipeline/types.ts";

export interface AgentLimits {
  turns: number;
  minutes: number;
  usd: number;
}

export interface Allowance {
  /** Throws TbError "limit_reached" when another turn would pass a limit. Call it inside a step. */
  checkTurn(): void;
  /** Throws TbError "limit_reached" when the time is up. */
  checkTime(): void;
  /** The error that says so. */
  timeUp(): TbError;
  /** Counts a turn that was paid for. True when its price is unknown for the first time. */
  spend(usage: ModelUsage): { priceUnknown: boolean };
  /** Milliseconds until the time limit; the clock starts at the first question. */
  timeLeft(): number;
}

interface Spent {
  turns: number;
  usd: number;
  /** The last turn's price: what the next one is expected to cost at least. */
  last: number;
  priceUnknown: boolean;
  startedAt: number | null;
}

/** By the run's signal, which every attempt has of its own: the phases of one attempt share the allowance. */
const spentBy = new WeakMap<AbortSignal, Spent>();

export function allowanceOf(run: Run, limits: AgentLimits): Allowance {
  const spent = spentBy.get(run.signal) ?? { turns: 0, usd: 0, last: 0, priceUnknown: false, startedAt: null };
  spentBy.set(run.signal, spent);

  function limitReached(what: string): TbError {
    return new TbError("limit_reached", `The agent stopped: ${what}. Its work so far is kept.`, {
      suggestion: `tb resume ${run.id}      goes on with a fresh allowance\ntb cancel ${run.id}      undoes the run`,
    });
  }

  function timeLeft(): number {
    spent.startedAt ??= performance.now();
    return limits.minutes * 60_000 - (performance.now() - spent.startedAt);
  }

  function timeUp(): TbError {
    return limitReached(`${limits.minutes} ${limits.minutes === 1 ? "minute has" : "minutes have"} passed`);
  }

  function checkTime(): void {
    if (timeLeft() <= 0) throw timeUp();
  }

  return {
    timeLeft,
    timeUp,
    checkTime,
    checkTurn() {
      checkTime();
      if (spent.turns >= limits.turns) throw limitReached(`it has used all ${limits.turns} turns`);
      if (spent.usd + spent.last > limits.usd) {
        throw limitReached(
          `it has spent $${spent.usd.toFixed(2)}, and another turn may pass the limit of $${limits.usd.toFixed(2)}`,
        );
      }
    },
    spend({ usd }) {
      spent.turns += 1;
      spent.usd += usd ?? 0;
      spent.last = usd ?? spent.last;
      const priceUnknown = usd === null && !spent.priceUnknown;
      spent.priceUnknown ||= priceUnknown;
      return { priceUnknown };
    },
  };
}
