// How much of a tool's output a model gets to see: 2,000 lines or 50 KB.
import { redact } from "../secrets/redactor.ts";

export const MAX_LINES = 2000;
const MAX_CHARS = 50 * 1024;

export interface Cut {
  text: string;
  /** Lines shown and lines there were. */
  shown: number;
  total: number;
  cut: boolean;
}

/** The beginning of a text, whole lines where possible. */
export function keepHead(text: string, maxLines = MAX_LINES, maxChars = MAX_CHARS): Cut {
  return keep(text, maxLines, maxChars, false);
}

/** The end of a text, whole lines where possible: where a command says what went wrong. */
export function keepTail(text: string, maxLines = MAX_LINES, maxChars = MAX_CHARS): Cut {
  return keep(text, maxLines, maxChars, true);
}

/** Secrets are taken out before: one that is cut in two is not found any more. */
function keep(whole: string, maxLines: number, maxChars: number, fromEnd: boolean): Cut {
  const text = redact(whole);
  const lines = splitLines(text);
  const order = fromEnd ? lines.toReversed() : lines;
  const kept: string[] = [];
  let size = 0;
  for (const line of order) {
    size += line.length + 1;
    if (kept.length >= maxLines || size > maxChars) break;
    kept.push(line);
  }
  // A single line longer than everything allowed: a part of it is better than nothing.
  const first = order[0];
  if (kept.length === 0 && first !== undefined) kept.push(fromEnd ? first.slice(-maxChars) : first.slice(0, maxChars));
  const shown = fromEnd ? kept.toReversed() : kept;
  const cut = shown.length < lines.length || shown.join("\n").length < lines.join("\n").length;
  return { text: cut ? shown.join("\n") : text, shown: shown.length, total: lines.length, cut };
}

/** Lines of a text; a line break at its end ends the last line and begins no other. */
export function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
