// Text that has to fit into a column of a terminal, whoever wrote it.
import { stripVTControlCharacters } from "node:util";

/** On one line, and without what would steer the terminal. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .trim();
}

/** Columns that the text takes: characters of East Asia and emoji take two. */
export function cellWidth(text: string): number {
  return isPlain(text) ? text.length : graphemes(text).reduce((sum, each) => sum + graphemeWidth(each), 0);
}

/** The text in at most that many columns, its end cut off with "…". */
export function cut(text: string, columns: number): string {
  if (cellWidth(text) <= columns) return text;
  let [kept, width] = ["", 0];
  for (const each of isPlain(text) ? text : graphemes(text)) {
    width += graphemeWidth(each);
    if (width > columns - 1) break;
    kept += each;
  }
  return `${kept.trimEnd()}…`;
}

/** Cut or filled up to that many columns. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + " ".repeat(columns - cellWidth(short));
}

function isPlain(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text);
}

function graphemes(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

function graphemeWidth(text: string): number {
  const wide =
    /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
  return wide.test(text) ? 2 : 1;
}
