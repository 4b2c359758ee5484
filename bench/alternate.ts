// Times programs side by side: one run of each in turn, so that what else the machine does meets all of them alike.
import { spawnSync } from "node:child_process";

export interface Timed {
  name: string;
  /** Arguments of Node. */
  args: string[];
  env?: () => Record<string, string>;
  /** Exit codes that are right; 0 by default. */
  codes?: number[];
}

export interface Ratio {
  name: string;
  /** Median over the rounds of its time against that of `node -e 0` in the same round. */
  ratio: number;
  /** Median in milliseconds; means little on a shared machine. */
  milliseconds: number;
}

/** Output goes to /dev/null. The first two rounds warm up and do not count. Throws when a program ends with a wrong code. */
export function measure(programs: Timed[], rounds: number): Ratio[] {
  const all: Timed[] = [{ name: "node -e 0", args: ["-e", "0"] }, ...programs];
  const times = all.map((): number[] => []);
  const ratios = all.map((): number[] => []);
  for (let round = 0; round < rounds + 2; round++) {
    const taken = all.map((program) => run(program));
    if (round < 2) continue;
    taken.forEach((time, i) => {
      times[i]!.push(time);
      ratios[i]!.push(time / taken[0]!);
    });
  }
  return all.map(({ name }, i) => ({ name, ratio: median(ratios[i]!), milliseconds: median(times[i]!) }));
}

function run({ name, args, env, codes = [0] }: Timed): number {
  const added = env?.();
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: "ignore", env: { ...process.env, ...added } });
  const time = performance.now() - begin;
  if (status === null || !codes.includes(status)) throw new Error(`${name} ended with ${status}.`);
  return time;
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
