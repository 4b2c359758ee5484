// Lines of a deployment's log as they were written by rotating-log.ts, read from the end of the file and of the older one
// beside it.
import { open, type FileHandle } from "node:fs/promises";
import { errorCode } from "../../processes/error-code.ts";
import type { LogLine } from "./deploy-target.ts";

const CHUNK = 64 * 1024;
const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (app|supervisor) (.*)$/;

/** null for what is no line of ours, such as the second half of one that a full disk has cut. */
export function parseLogLine(text: string, deployment: string): LogLine | null {
  const [, at, stream, line] = FORM.exec(text) ?? [];
  if (at === undefined || line === undefined) return null;
  return { at, deployment, stream: stream === "app" ? "app" : "supervisor", line };
}

export interface TailOptions {
  /** How many at most; null for all. */
  lines: number | null;
  /** ISO time of the oldest; null for any. */
  since: string | null;
}

/** The last lines of the log, oldest first. `end`: the byte of the current file to stop before. */
export async function tailOf(
  path: string,
  deployment: string,
  options: TailOptions,
  end = Number.POSITIVE_INFINITY,
): Promise<LogLine[]> {
  const found: LogLine[] = [];
  const seen = new Set<number>(); // the file may be renamed while it is read
  for (const [file, limit] of [[path, end] as const, [`${path}.1`, Number.POSITIVE_INFINITY] as const]) {
    const handle = await openIfThere(file);
    if (!handle) continue;
    try {
      const { ino, size } = await handle.stat();
      if (seen.has(ino)) continue;
      seen.add(ino);
      for await (const text of linesBackward(handle, Math.min(size, limit))) {
        const line = parseLogLine(text, deployment);
        if (!line) continue;
        if (options.since !== null && line.at < options.since) return found.toReversed();
        if (options.lines !== null && found.length >= options.lines) return found.toReversed();
        found.push(line);
      }
    } finally {
      await handle.close();
    }
  }
  return found.toReversed();
}

/** null when the file is not there. */
export async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Newest first. */
async function* linesBackward(handle: FileHandle, size: number): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const text = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
    const first = start === 0 ? -1 : text.indexOf(0x0a);
    if (start > 0 && first === -1) {
      rest = text; // one line that is longer than what was read
    } else {
      const lines = text
        .subarray(first + 1)
        .toString("utf8")
        .split("\n");
      yield* lines.filter(Boolean).toReversed();
      rest = text.subarray(0, first + 1);
    }
    end = start;
  }
}
