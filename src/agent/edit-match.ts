// Finds the passage an edit means, the way a careful reader would: exactly, else without regard to white space at line
// ends, to indentation, to typographic punctuation. Everything that is not replaced stays byte for byte.
import { nearestLines } from "./nearest-lines.ts";

export type EditResult =
  | { done: true; content: string; count: number; how: Strictness }
  /** The file already says what it would say afterwards. */
  | { done: true; content: string; count: 0; how: "already there" }
  | { done: false; reason: string };

type Strictness = "exact" | "trailing space" | "indentation" | "punctuation";

interface Span {
  start: number;
  end: number;
}

/** A whole-line search counts as made before only with this much text: a lone brace is everywhere. */
const TELLING = 12;

/** Replaces the only occurrence of `oldText` in `content` (or all of them). Line endings and a byte order mark are kept. */
export function applyEdit(content: string, oldText: string, newText: string, replaceAll = false): EditResult {
  const file = readText(content);
  const [wanted, replacement] = [toLines(oldText), toLines(newText)];
  if (wanted === "")
    return { done: false, reason: "old_text is empty. Use write_file to create a file or to replace all of it." };
  if (wanted === replacement)
    return { done: false, reason: "old_text and new_text are the same: nothing would change." };

  for (const [how, find] of FINDERS) {
    const spans = find(file.text, wanted);
    if (spans.length === 0) continue;
    const open = spans.filter((span) => !isDone(file.text, span, wanted, replacement));
    if (open.length === 0) return { done: true, content, count: 0, how: "already there" };
    if (spans.length > 1 && !replaceAll) return { done: false, reason: ambiguous(file.text, spans) };
    const text = (span: Span) => (how === "exact" ? replacement : fitIndentation(file.text, span, wanted, replacement));
    return { done: true, content: replaceSpans(file, open, text), count: open.length, how };
  }
  if (replacement.trim().length >= TELLING && file.text.includes(replacement)) {
    return { done: true, content, count: 0, how: "already there" };
  }
  return { done: false, reason: `old_text is not in the file.${nearestLines(file.text, wanted)}` };
}

/** An edit that keeps its old text as a part of the new one ("import a" -> "import a, import b") would match again. */
function isDone(text: string, span: Span, wanted: string, replacement: string): boolean {
  for (let at = replacement.indexOf(wanted); at !== -1; at = replacement.indexOf(wanted, at + 1)) {
    if (span.start >= at && text.startsWith(replacement, span.start - at)) return true;
  }
  return false;
}

const FINDERS: readonly [Strictness, (text: string, wanted: string) => Span[]][] = [
  ["exact", findExact],
  ["trailing space", (text, wanted) => findLines(text, wanted, (line) => line.trimEnd())],
  ["indentation", (text, wanted) => findLines(text, wanted, (line) => line.trim())],
  ["punctuation", (text, wanted) => findExact(plainPunctuation(text), plainPunctuation(wanted))],
  ["punctuation", (text, wanted) => findLines(text, wanted, (line) => plainPunctuation(line).trim())],
];

function findExact(text: string, wanted: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
    spans.push({ start: at, end: at + wanted.length });
  }
  return spans;
}

/** Runs of whole lines that equal the wanted ones once `plain` has been applied to both. */
function findLines(text: string, wanted: string, plain: (line: string) => string): Span[] {
  const lines = text.split("\n");
  const plainLines = lines.map(plain);
  const wantedLines = wanted.split("\n").map(plain);
  const closed = wantedLines.length > 1 && wanted.endsWith("\n");
  if (closed) wantedLines.pop();
  if (wantedLines.every((line) => line === "")) return [];
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  const spans: Span[] = [];
  for (let at = 0; at + wantedLines.length <= lines.length; at++) {
    if (!wantedLines.every((line, i) => plainLines[at + i] === line)) continue;
    const last = at + wantedLines.length - 1;
    const end = starts[last]! + lines[last]!.length;
    spans.push({ start: starts[at]!, end: closed ? Math.min(end + 1, text.length) : end });
    at = last;
  }
  return spans;
}

/** One character for one, so that offsets stay. */
function plainPunctuation(text: string): string {
  return text
    .replaceAll(/[\u2018\u2019\u201a\u201b\u2032]/g, "'")
    .replaceAll(/[\u201c\u201d\u201e\u201f\u2033]/g, '"')
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
    .replaceAll(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, " ");
}

/** A passage that was found by its trimmed lines gets the indentation that it has in the file. */
function fitIndentation(text: string, span: Span, wanted: string, replacement: string): string {
  const found = indentOf(text.slice(span.start, span.end));
  const given = indentOf(wanted);
  if (found === given) return replacement;
  return replacement
    .split("\n")
    .map((line) => (line.trim() !== "" && line.startsWith(given) ? found + line.slice(given.length) : line))
    .join("\n");
}

function indentOf(text: string): string {
  const line = text.split("\n").find((one) => one.trim() !== "") ?? "";
  return line.slice(0, line.length - line.trimStart().length);
}

function ambiguous(text: string, spans: Span[]): string {
  const lines = spans.slice(0, 8).map((span) => text.slice(0, span.start).split("\n").length);
  const more = spans.length > lines.length ? ", …" : "";
  return `old_text occurs ${spans.length} times (lines ${lines.join(", ")}${more}). Give more of the lines around the one you mean, or set replace_all.`;
}

interface FileText {
  original: string;
  /** Without byte order mark, line feeds only. */
  text: string;
  /** Offsets in `text` before which a carriage return was left out, ascending. */
  returns: number[];
  mark: string;
  lineEnd: string;
}

function readText(content: string): FileText {
  const mark = content.startsWith("\u{FEFF}") ? "\u{FEFF}" : "";
  const original = content.slice(mark.length);
  const returns: number[] = [];
  for (let at = original.indexOf("\r\n"); at !== -1; at = original.indexOf("\r\n", at + 2))
    returns.push(at - returns.length);
  const text = toLines(original);
  return { original, text, returns, mark, lineEnd: lineEnding(original) };
}

/** "\r\n" when most lines of the text end so. */
export function lineEnding(text: string): "\n" | "\r\n" {
  const all = text.split("\n").length - 1;
  return text.split("\r\n").length - 1 > all / 2 ? "\r\n" : "\n";
}

function toLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

function replaceSpans(file: FileText, spans: Span[], replacement: (span: Span) => string): string {
  let result = file.mark;
  let from = 0;
  for (const span of spans) {
    result += file.original.slice(from, originalOffset(file, span.start));
    result += replacement(span).replaceAll("\n", file.lineEnd);
    from = originalOffset(file, span.end);
  }
  return result + file.original.slice(from);
}

/** Offset in the file of an offset in its text; the break at `offset` itself is not passed yet. */
function originalOffset(file: FileText, offset: number): number {
  let [low, high] = [0, file.returns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (file.returns[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return offset + low;
}
