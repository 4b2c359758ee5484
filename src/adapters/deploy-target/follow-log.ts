// Follows the log of what serves: into the next file when the log is rotated, into the next deployment when one takes over.
import { existsSync, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { logPath, readState, type DeploymentFolder } from "./deployment-folder.ts";
import type { LogLine } from "./deploy-target.ts";
import { openIfThere, parseLogLine, tailOf, type TailOptions } from "./log-lines.ts";

const LOOK_EVERY = 200;
/** How long a deployment that was replaced is listened to: it is drained and stopped within that. */
const LINGER = 10_000;
const CHUNK = 64 * 1024;

export interface FollowOptions extends TailOptions {
  /** Only this deployment; null follows whatever serves. */
  deployment: string | null;
  /** Ends it, quietly. */
  signal: AbortSignal;
}

/** The last lines and then every new one, until the signal is aborted or the project's folder is gone. */
export async function* followLog(folder: DeploymentFolder, options: FollowOptions): AsyncGenerator<LogLine> {
  const { signal } = options;
  const tails = new Map<string, Tail>();
  try {
    const first = options.deployment ?? servingNow(folder);
    if (first !== null) {
      const tail = await openTail(folder, first, true);
      if (tail) {
        yield* await tailOf(logPath(folder, first), first, options, tail.begin);
        tails.set(first, tail);
      }
    }
    while (!signal.aborted) {
      const current = options.deployment ?? servingNow(folder);
      if (current !== null && !tails.has(current)) {
        const tail = await openTail(folder, current, false);
        if (tail) tails.set(current, tail);
      }
      for (const [id, tail] of tails) {
        for (const line of await tail.news()) yield line;
        if (id !== current && tail.idleFor() > LINGER) {
          await tail.close();
          tails.delete(id);
        }
      }
      if (!existsSync(folder.root)) return;
      await pause(signal);
    }
  } finally {
    for (const tail of tails.values()) await tail.close();
  }
}

function servingNow(folder: DeploymentFolder): string | null {
  return existsSync(folder.root) ? (readState(folder)?.releases[0] ?? null) : null;
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await delay(LOOK_EVERY, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error; // an abort only ends the pause early
  }
}

interface Tail {
  /** Where it began to read. */
  begin: number;
  /** What was written since it was last asked. */
  news(): Promise<LogLine[]>;
  /** Milliseconds since the last line. */
  idleFor(): number;
  close(): Promise<void>;
}

/** null while the log is not there yet. */
async function openTail(folder: DeploymentFolder, deployment: string, atEnd: boolean): Promise<Tail | null> {
  const path = logPath(folder, deployment);
  const opened = await openIfThere(path);
  if (!opened) return null;
  let handle: FileHandle = opened;
  const begin = atEnd ? (await handle.stat()).size : 0;
  let position = begin;
  let rest = Buffer.alloc(0);
  let last = performance.now();

  async function read(): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const text = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = text.lastIndexOf(0x0a) + 1;
      rest = text.subarray(end);
      for (const one of text.subarray(0, end).toString("utf8").split("\n")) {
        const line = parseLogLine(one, deployment);
        if (line) lines.push(line);
      }
    }
    return lines;
  }

  async function news(): Promise<LogLine[]> {
    const lines = await read();
    const { ino } = await handle.stat();
    const now = statSync(path, { throwIfNoEntry: false });
    if (now && now.ino !== ino) {
      lines.push(...(await read())); // what came between the last look and the renaming
      const next = await openIfThere(path);
      if (next) {
        await handle.close();
        [handle, position, rest] = [next, 0, Buffer.alloc(0)];
        lines.push(...(await read()));
      }
    }
    if (lines.length > 0) last = performance.now();
    return lines;
  }

  return { begin, news, idleFor: () => performance.now() - last, close: () => handle.close() };
}
