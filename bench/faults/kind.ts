// A kind of fault, and how its trials are run.
import { toErrorJson } from "../../src/errors.ts";
import { randomNumbers } from "../../test/helpers/activities.ts";
import { newTrial, problemsOf, type Trial } from "../../test/helpers/faults/trial.ts";
import type { World } from "../../test/helpers/faults/world.ts";

/** Numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number;

export interface Kind {
  /** For --only. */
  readonly name: string;
  /** A line for the report. */
  readonly title: string;
  /** Seeds of the trials that belong to so many kills of a create. */
  readonly seeds: (kills: number, random: Random) => number[];
  /** A trial for each seed, decided by it alone, and told as soon as it has ended; after `enough` none begins, but
   * of a kind that tries all in one process. `cache` is the folder of prepared dependencies that all of them share. */
  readonly tryAll: (
    cache: string,
    seeds: readonly number[],
    tell: (seed: number, trial: Trial) => void,
    enough: AbortSignal,
  ) => Promise<void>;
}

/** A kind whose trials are run one after the other in one home. */
export interface WorldKind<W extends World = World> {
  readonly name: string;
  readonly title: string;
  /** How many trials belong to so many kills of a create. */
  readonly trials: (kills: number) => number;
  readonly open: (cache: string) => Promise<W>;
  readonly run: (world: W, random: Random, seed: number) => Promise<Trial>;
}

export function inWorld<W extends World>({ name, title, trials, open, run }: WorldKind<W>): Kind {
  return {
    name,
    title,
    seeds: (kills, random) => Array.from({ length: trials(kills) }, () => newSeed(random)),
    async tryAll(cache, seeds, tell, enough) {
      let world: W | null = null;
      try {
        for (const seed of seeds) {
          if (enough.aborted) break;
          world ??= await open(cache);
          const trial = await caught(name, () => run(world!, seeded(seed), seed));
          tell(seed, trial);
          if (problemsOf(trial).length === 0) continue;
          await world.close(); // the next trials would be blamed for what is left in it
          world = null;
        }
      } finally {
        await world?.close();
      }
    },
  };
}

/** An error that no trial foresees is one of its problems. */
async function caught(name: string, run: () => Promise<Trial>): Promise<Trial> {
  try {
    return await run();
  } catch (error) {
    const trial = newTrial(name);
    trial.unfinished.push(`the trial broke off: ${error instanceof Error ? error.stack : toErrorJson(error).message}`);
    return trial;
  }
}

export function newSeed(random: Random): number {
  return Math.floor(random() * 2 ** 31);
}

/** Near seeds begin alike, so the first numbers are passed over. */
export function seeded(seed: number): Random {
  const random = randomNumbers(seed);
  for (let skipped = 0; skipped < 5; skipped++) random();
  return random;
}

/** One of these, each as often as the others. */
export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}
