// "Did you mean": the known word that a mistyped one is closest to.

/** The closest of `words` to `typed`, when one slip (two in a long word) explains the difference; otherwise null. */
export function nearMiss(typed: string, words: Iterable<string>): string | null {
  const limit = typed.length >= 7 ? 2 : 1;
  if (typed.length < 3 || typed.length > 40) return null;
  let best: { word: string; distance: number } | null = null;
  for (const word of words) {
    if (word.length < 3 || Math.abs(word.length - typed.length) > limit) continue;
    const distance = editDistance(typed, word);
    if (distance > 0 && distance <= limit && distance < (best?.distance ?? Infinity)) best = { word, distance };
  }
  return best?.word ?? null;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      current.push(cost);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}
