// Tells whether a process noted earlier is still the same one: a pid alone may belong to a stranger by now.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export interface ProcessIdentity {
  pid: number;
  /** When it started, in the platform's own form; compared, never read. */
  started: string;
}

interface LinuxStat {
  startTicks: string;
}

/** The process's identity, or null when it does not run (a zombie counts as gone). */
export function identify(pid: number): ProcessIdentity | null {
  const started = process.platform === "linux" ? linuxStart(pid) : psStart(pid);
  return started === null ? null : { pid, started };
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** Waits until the process has ended, at most `limit` milliseconds; returns whether it has. */
export async function untilGone(identity: ProcessIdentity, limit = 5000): Promise<boolean> {
  const deadline = performance.now() + limit;
  while (isRunning(identity)) {
    if (performance.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

let own: ProcessIdentity | undefined;

/** This process's own identity. */
export function ownIdentity(): ProcessIdentity {
  own ??= identify(process.pid) ?? { pid: process.pid, started: "unknown" };
  return own;
}

/** Reads what `identify` was stored as; null when it is not one. */
export function parseIdentity(value: unknown): ProcessIdentity | null {
  if (typeof value !== "object" || value === null || !("pid" in value) || !("started" in value)) return null;
  const { pid, started } = value;
  return typeof pid === "number" && Number.isInteger(pid) && pid > 1 && typeof started === "string"
    ? { pid, started }
    : null;
}

/** Pids from `lowest` up whose environment holds the variable with a value that passes. Only Linux shows environments;
 * elsewhere none. */
export function findByEnvironment(name: string, matches: (value: string) => boolean, lowest = 1): number[] {
  if (process.platform !== "linux") return [];
  const start = Buffer.from(`${name}=`);
  return readdirSync("/proc").flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid < lowest || pid === process.pid) return [];
    const environment = readProc(`/proc/${pid}/environ`);
    const at = environment?.indexOf(start) ?? -1;
    if (!environment || at === -1 || (at > 0 && environment[at - 1] !== 0)) return [];
    const end = environment.indexOf(0, at);
    const value = environment.toString("utf8", at + start.length, end === -1 ? environment.length : end);
    return matches(value) && linuxStat(pid) ? [pid] : [];
  });
}

/** More than any machine starts within the milliseconds. */
const MANY_PROCESSES = 10_000;
const SHORT = 5000;
/** The kernel's default, where it does not tell. */
const SMALLEST_LIMIT = 32_768;

let pidLimit: number | undefined;

/** The lowest pid that a descendant of `pid` can have, which was started `age` milliseconds ago: numbers are given out in
 * turn, so they are higher as long as the end of the numbers was not reached meanwhile. Looking at every process instead
 * takes as long as many a command. */
export function lowestDescendant(pid: number, age: number): number {
  pidLimit ??= Number(readProc("/proc/sys/kernel/pid_max")?.toString("utf8")) || SMALLEST_LIMIT;
  return age < SHORT && pid + MANY_PROCESSES < pidLimit ? pid : 1;
}

let bootId: string | undefined;

/** Start times count from the boot, so the same figures come again after the next one. */
function linuxStart(pid: number): string | null {
  const stat = linuxStat(pid);
  if (!stat) return null;
  bootId ??= readProc("/proc/sys/kernel/random/boot_id")?.toString("utf8").trim() ?? "";
  return `${stat.startTicks}@${bootId}`;
}

function linuxStat(pid: number): LinuxStat | null {
  const text = readProc(`/proc/${pid}/stat`)?.toString("latin1");
  if (!text) return null;
  // The second field is the program's name in parentheses and may hold anything, so count from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, threads, startTicks = ""] = [fields[0], Number(fields[17]), fields[19]];
  // A zombie whose other threads are still ending holds its files and ports.
  const gone = state === "X" || (state === "Z" && threads <= 1);
  return gone ? null : { startTicks };
}

function readProc(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null; // gone meanwhile, or another user's: not ours either way
  }
}

function psStart(pid: number): string | null {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return line === "" || line.startsWith("Z") ? null : line.replace(/^\S+\s+/, "");
  } catch {
    return null; // ps ends with 1 when there is no such process
  }
}
