// Glob matching without regular expressions: a pattern comes from a model and must not cost more than its length.
import { TbError } from "../errors.ts";

const MAX_PATTERN = 200;
const MAX_ALTERNATIVES = 64;
const BRACES = /\{([^{}]*)\}/;

/** `*` and `?` within a segment, `**` across segments, `{a,b}`; a pattern without a slash fits file names anywhere, one that
 * is a folder fits everything in it. Throws TbError "usage" for a pattern that is too long. */
export function createGlob(pattern: string): (path: string) => boolean {
  const cleaned = pattern.trim().replace(/^\.?\/+/, "");
  if (cleaned.length > MAX_PATTERN) throw new TbError("usage", `A pattern has at most ${MAX_PATTERN} characters.`);
  const alternatives = expandBraces(cleaned).map((alternative) => {
    const segments = alternative.split("/").filter((segment) => segment !== "");
    if (segments.length === 1 && !alternative.endsWith("/"))
      return [
        ["**", ...segments],
        [...segments, "**"],
      ];
    return [segments, [...segments, "**"]];
  });
  return (path) => {
    const names = path.split("/");
    return alternatives.flat().some((segments) => matchSegments(segments, names));
  };
}

function expandBraces(pattern: string): string[] {
  let patterns = [pattern];
  // A round expands one pair of braces in each; the bound on the patterns is one on the work, too.
  while (patterns.some((one) => BRACES.test(one))) patterns = patterns.flatMap(expandFirst).slice(0, MAX_ALTERNATIVES);
  return patterns;
}

function expandFirst(pattern: string): string[] {
  const braces = BRACES.exec(pattern);
  if (!braces) return [pattern];
  const [head, tail] = [pattern.slice(0, braces.index), pattern.slice(braces.index + braces[0].length)];
  return braces[1]!.split(",").map((choice) => head + choice + tail);
}

function matchSegments(pattern: string[], path: string[]): boolean {
  // reachable[j]: the pattern so far fits the first j segments of the path
  let reachable = path.map(() => false);
  reachable.unshift(true);
  for (const segment of pattern) {
    const next = reachable.map(() => false);
    for (let j = 0; j <= path.length; j++) {
      if (segment === "**") next[j] = reachable[j]! || (j > 0 && next[j - 1]!);
      else if (j > 0) next[j] = reachable[j - 1]! && matchName(segment, path[j - 1]!);
    }
    reachable = next;
  }
  return reachable[path.length]!;
}

function matchName(pattern: string, name: string): boolean {
  let reachable = Array.from({ length: name.length + 1 }, () => false);
  reachable[0] = true;
  for (const character of pattern) {
    const next = Array.from({ length: name.length + 1 }, () => false);
    for (let j = 0; j <= name.length; j++) {
      if (character === "*") next[j] = reachable[j]! || (j > 0 && next[j - 1]!);
      else if (j > 0) next[j] = reachable[j - 1]! && (character === "?" || character === name[j - 1]);
    }
    reachable = next;
  }
  return reachable[name.length]!;
}
