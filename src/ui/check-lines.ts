// A check and what it found, as `tb doctor` and `tb db check` show them.
import { columns } from "./layout.ts";
import { isCommand, wrap } from "./output.ts";

export interface CheckLine {
  mark: string;
  name: string;
  message: string;
  details: readonly string[];
  /** Commands or sentences, a line each; null when there is nothing to do. */
  fix: string | null;
}

/** `column`: the longest name and a gap. */
export function formatCheckLine({ mark, name, message, details, fix }: CheckLine, column: number): string[] {
  const indent = " ".repeat(4 + column);
  const room = columns() - indent.length;
  const [first = "", ...rest] = [message, ...details].flatMap((text) => wrap(text, room));
  const steps = (fix?.split("\n") ?? []).flatMap((step) =>
    (isCommand(step) ? [step] : wrap(step, room - 2)).map((line, i) => `${i === 0 ? "→" : " "} ${line}`),
  );
  return [`  ${mark} ${name.padEnd(column)}${first}`, ...[...rest, ...steps].map((line) => `${indent}${line}`)];
}
