// What one try of a fault has come to. The lists hold what went wrong, in words.
export interface Trial {
  /** What was done, so that a person can imagine it. */
  readonly what: string;
  /** Processes killed, servers stopped, answers swallowed: faults that really happened. */
  faults: number;
  /** Runs that one `tb resume` did not bring to their end, and projects that are not whole. */
  readonly unfinished: string[];
  /** What is there and belongs to nothing. */
  readonly orphans: string[];
  readonly duplicates: string[];
  /** Activities that are missing in the timeline. */
  readonly lost: string[];
  /** Milliseconds of each command that had to make good what the fault had left. */
  readonly recoveries: number[];
}

export function newTrial(what: string): Trial {
  return { what, faults: 0, unfinished: [], orphans: [], duplicates: [], lost: [], recoveries: [] };
}

/** Everything that went wrong, a line each. */
export function problemsOf({ unfinished, orphans, duplicates, lost }: Trial): string[] {
  return [
    ...unfinished.map((line) => `unfinished: ${line}`),
    ...orphans.map((line) => `orphan: ${line}`),
    ...duplicates.map((line) => `duplicate: ${line}`),
    ...lost.map((line) => `lost: ${line}`),
  ];
}
