// The only place that writes to the terminal: results to stdout, progress and messages to stderr.
import { stripVTControlCharacters, styleText } from "node:util";
import type { ErrorJson } from "../errors.ts";
import { EXIT_CODES } from "../errors.ts";
import { redact } from "../secrets/redactor.ts";
import { leaveIfUnread } from "./closed-pipe.ts";

/** @param reveal prints a secret as well: only where the user has asked for exactly that. */
export function writeResult(text: string, { reveal = false }: { reveal?: boolean } = {}): void {
  const told = reveal ? text : redact(text);
  process.stdout.write(told.endsWith("\n") ? told : `${told}\n`);
}

export function writeMessage(text: string): void {
  const told = redact(text);
  process.stderr.write(told.endsWith("\n") ? told : `${told}\n`);
}

/** Writes a part of a stream to stdout. Resolves when there is room for more; ends the process when nobody reads. */
export async function writeChunk(chunk: string | Uint8Array): Promise<void> {
  leaveIfUnread({ atWork: false });
  const room = process.stdout.write(chunk);
  if (room) return;
  await new Promise<void>((resolve) => {
    function goOn(): void {
      process.stdout.off("drain", goOn).off("error", goOn);
      resolve();
    }
    process.stdout.on("drain", goOn).on("error", goOn); // after an error the next chunk is not written
  });
}

/** Ends what a drawing that is cut short has hidden. */
export function showCursor(): void {
  process.stderr.write("\u001b[?25h\n");
}

/** Columns that lines may use: the terminal's width, at most 100; 80 without a terminal. */
export function width(): number {
  return Math.min(process.stderr.columns || 80, 100);
}

type Style = "green" | "red" | "yellow" | "dim" | "bold";

/** Text in a style when stderr (or the given stream) shows colours, else as it is. Heeds NO_COLOR and FORCE_COLOR. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return styleText(style, text, { stream });
}

/** The error as people read it: what failed, why, what to do; the exit code at the right edge of the message's last line. */
export function formatError(error: ErrorJson): string {
  const exit = `exit ${EXIT_CODES[error.code]}`;
  const message = wrap(plain(error.message), width() - 2);
  const gap = width() - 2 - message.at(-1)!.length - exit.length;
  if (gap >= 2) message[message.length - 1] += `${" ".repeat(gap)}${paint("dim", exit)}`;
  else message.push(`${" ".repeat(width() - 2 - exit.length)}${paint("dim", exit)}`);
  const lines = message.map((line, i) => `${i === 0 ? paint("red", "✖") : " "} ${line}`);
  if (error.details?.length) lines.push("", ...error.details.flatMap((detail) => indent(plain(detail))), "");
  for (const line of error.suggestion?.split("\n") ?? []) {
    const parts = isCommand(line) ? [line] : wrap(line, width() - 4);
    lines.push(...parts.map((part, i) => `  ${i === 0 ? "→" : " "} ${part}`));
  }
  return lines.join("\n");
}

/** Whether a suggestion is a command: one line whatever its length, so that it can be copied. */
export function isCommand(suggestion: string): boolean {
  return /^(tb|--|npm|git) ?/.test(suggestion);
}

/** Programs and databases have had their say in it: nothing of that may steer the terminal. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

function indent(text: string): string[] {
  return text.split("\n").map((line) => (line ? `  ${line}` : line));
}

/** Breaks at spaces so that no line is longer than `columns`, except a single longer word. */
export function wrap(text: string, columns: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = word;
      } else line = line ? `${line} ${word}` : word;
    }
    return [...lines, line];
  });
}

/** "0.2 s", "1 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Local time for people: "today 14:02", "19 Nov 14:02", with the year when it is not this one. */
export function formatTime(unixSeconds: number, now = new Date()): string {
  const date = new Date(unixSeconds * 1000);
  const clock = `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
  if (date.toDateString() === now.toDateString()) return `today ${clock}`;
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const day = `${date.getDate()} ${months[date.getMonth()]}`;
  return date.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${day} ${date.getFullYear()} ${clock}`;
}

export function formatUsd(usd: number | null): string {
  return usd === null ? "cost unknown" : `$${usd.toFixed(2)}`;
}
