// What the probes say in numbers: the security score and the performance score of a verdict (docs/verification.md).

/** Milliseconds within which a valid request is answered to everyone's satisfaction; four times that is still tolerable. */
const SATISFYING_MS = 50;
const TOLERABLE_MS = 4 * SATISFYING_MS;

export interface Tally {
  /** A hostile request, or a rule of the base project that keeps clients safe. */
  countSecurity(passed: boolean): void;
  /** A valid request that was answered with success. */
  countLatency(milliseconds: number): void;
  /** Share of the security probes that passed, in percent; null without one. */
  securityScore(): number | null;
  /** Apdex of the valid requests, in percent; null without one. */
  performanceScore(): number | null;
}

export function createTally(): Tally {
  let [probes, passes] = [0, 0];
  let [answered, satisfied, tolerated] = [0, 0, 0];
  return {
    countSecurity(passed) {
      probes++;
      if (passed) passes++;
    },
    countLatency(milliseconds) {
      answered++;
      if (milliseconds <= SATISFYING_MS) satisfied++;
      else if (milliseconds <= TOLERABLE_MS) tolerated++;
    },
    securityScore: () => percent(passes, probes),
    performanceScore: () => percent(satisfied + tolerated / 2, answered),
  };
}

/** With one decimal, and never rounded up to a full hundred. */
export function percent(part: number, whole: number): number | null {
  if (whole === 0) return null;
  return Math.floor((part / whole) * 1000) / 10;
}
