// What a verification has measured, as people read it.
import type { Scores } from "../verify/verdict.ts";

/** "test coverage 91.9 %, security 100 %, performance 98.2 %"; what was not measured is left out. */
export function formatScores({ test_coverage, security_score, performance_score }: Scores): string {
  const known = [
    ["test coverage", test_coverage],
    ["security", security_score],
    ["performance", performance_score],
  ] as const;
  return known.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value} %`])).join(", ");
}
