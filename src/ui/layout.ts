// Results in the columns that are there: what is too long goes on in the next line, so that it still can be read and pasted.
import { wrap } from "./output.ts";

const INDENT = 2;
const GAP = 2;
/** A last column narrower than this goes below the others. */
const NARROW = 16;

/** Columns that a result may use: those of the terminal that shows it, at most 100; 80 without one. */
export function columns(): number {
  return Math.min(process.stdout.columns || 80, 100);
}

/** Sentences in the columns that are there. */
export function prose(text: string): string {
  return wrap(text, columns()).join("\n");
}

/** Rows as aligned columns of which the last one is broken at spaces, its rest under itself. */
export function fitTable(rows: readonly (readonly string[])[], width = columns()): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: Math.max(0, count - 1) }, (_, i) =>
    Math.max(0, ...rows.map((row) => (i < row.length - 1 ? row[i]!.length : 0))),
  );
  const before = INDENT + widths.reduce((sum, one) => sum + one + GAP, 0);
  const beside = width - before >= NARROW;
  return rows.flatMap((row) => fitRow(row, widths, beside ? before : INDENT + 2, width, beside)).join("\n");
}

function fitRow(row: readonly string[], widths: number[], hang: number, width: number, beside: boolean): string[] {
  const cells = row.slice(0, -1).map((cell, i) => cell.padEnd(widths[i]!));
  const head = `${" ".repeat(INDENT)}${cells.map((cell) => `${cell}${" ".repeat(GAP)}`).join("")}`;
  const last = row.at(-1) ?? "";
  if (`${head}${last}`.length <= width || last === "") return [`${head}${last}`.trimEnd()];
  const pieces = wrap(last, width - hang);
  if (cells.length === 0) return pieces.map((piece) => `${" ".repeat(INDENT)}${piece}`);
  const below = beside ? pieces.slice(1) : pieces;
  return [`${head}${beside ? pieces[0]! : ""}`.trimEnd(), ...below.map((piece) => `${" ".repeat(hang)}${piece}`)];
}

/** A command on as many lines as it takes, joined by backslashes as a shell reads them. Quoted words stay whole. */
export function foldCommand(command: string, width: number): string[] {
  if (command.length <= width) return [command];
  const lines: string[] = [];
  let line = "";
  for (const word of command.match(/(?:"[^"]*"|\S)+/g) ?? []) {
    const longer = line ? `${line} ${word}` : word;
    if (line && longer.length > width - 2) {
      lines.push(`${line} \\`);
      line = `  ${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** A line of code broken at spaces, the rest indented below it. */
export function foldCode(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const [, indent = "", text = ""] = /^(\s*)(.*)$/.exec(line) ?? [];
  const deeper = `${indent}    `;
  const [first = "", ...rest] = wrap(text, width - deeper.length);
  return [`${indent}${first}`, ...rest.map((piece) => `${deeper}${piece}`)];
}
