// What a failed edit shows: the lines of the file that come closest to the ones that were looked for.

const SHOWN = 12;
const MAX_FILE_LINES = 5000;

/** "" when nothing comes close; else a paragraph with numbered lines. */
export function nearestLines(text: string, wanted: string): string {
  const lines = text.split("\n");
  const wantedLines = wanted.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > MAX_FILE_LINES || wantedLines.length === 0) return "";
  const weights = lines.map((line) => wordsOf(line));
  const targets = wantedLines.slice(0, SHOWN).map((line) => wordsOf(line));
  let best = { at: 0, score: 0 };
  for (let at = 0; at < lines.length; at++) {
    const score = targets.reduce((sum, target, i) => sum + likeness(target, weights[at + i]), 0) / targets.length;
    if (score > best.score) best = { at, score };
  }
  if (best.score < 0.3) return "";
  const shown = lines.slice(best.at, best.at + Math.min(SHOWN, wantedLines.length + 2));
  const numbered = shown.map((line, i) => `${best.at + i + 1}: ${line.slice(0, 200)}`).join("\n");
  return ` The nearest lines are:\n${numbered}`;
}

function wordsOf(line: string): Set<string> {
  return new Set(line.slice(0, 500).match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? []);
}

/** Share of the words that two lines have in common, 0 to 1. */
function likeness(a: Set<string>, b: Set<string> | undefined): number {
  if (!b || a.size + b.size === 0) return 0;
  let common = 0;
  for (const word of a) if (b.has(word)) common++;
  return (2 * common) / (a.size + b.size);
}
