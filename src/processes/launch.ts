// Starts a command in a process group of its own, with limits, so that nothing of it outlives its end, its time or tb.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { TbError } from "../errors.ts";
import { findByEnvironment, lowestDescendant } from "./process-identity.ts";
import { errorCode } from "./error-code.ts";

export type Command = readonly [string, ...string[]];

export interface LaunchOptions {
  cwd: string;
  /** The whole environment: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Marks the processes of one place (a sandbox, a deployment), so that `killMarked` finds those that left the group. */
  mark: string;
  limits?: Limits;
  /** Who the command runs as, when tb is root. It has no other group then, and no capability. */
  user?: ProcessUser | null;
  /** What the command can read from descriptor 4, 5, … to its end: for what must not be on a command line. It is told the
   * variable that marks the process, for programs that build a fresh environment. */
  inherit?: (marked: readonly [name: string, value: string]) => readonly (string | Buffer)[];
  /** Its standard input is empty as long as tb holds it, and ends with tb; otherwise it has ended from the beginning. */
  heldInput?: boolean;
  /** The leader only waits for processes in a namespace of their own, which end with it: a stop with a grace tells them one
   * by one instead of the group, and after a regular end nobody has to be looked for. */
  leaderOnlyWaits?: boolean;
}

export interface ProcessUser {
  uid: number;
  gid: number;
}

interface Limits {
  openFiles: number;
  /** MiB that a single file may grow to. */
  fileSize: number;
  /** MiB of data memory per process; the kind of limit that Node lives with. */
  memory: number;
}

export interface LaunchedProcess {
  /** The leader, whose pid is also the group's id. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the leader has ended, the rest of its group was killed and its output was read to the end.
   * `exitCode` is null after a signal. Never rejects. */
  readonly exited: Promise<{ exitCode: number | null }>;
  /** SIGTERM to the group, SIGKILL after the grace (milliseconds; 0 = at once); resolves when it is gone. */
  stop(grace: number): Promise<void>;
}

const MARK = "TB_PROCESS_OF";
const DEFAULT_LIMITS: Limits = { openFiles: 8192, fileSize: 1024, memory: 4096 };
const BASH = "/bin/bash";
const FIRST_INHERITED = 4;
/** Descriptors up to this one are given anew to every child, or closed by the guard. */
const LAST_OWN = 9;
/** O_CLOEXEC as /proc shows it. */
const CLOSE_ON_EXEC = 0o2000000;
const OUTPUT_GRACE = 1000; // for a process that left the group and holds the output open

// The shell becomes the command. Before that it leaves a watcher in the group that reads a pipe whose other end only tb
// holds: when tb ends in any way, even by SIGKILL, the pipe ends and the watcher kills the group it is in. Limits that
// cannot be set (a lower hard limit is in force) stay as they are.
const GUARD = `
ulimit -c 0
ulimit -n "$1" 2>/dev/null || :
ulimit -f "$2" 2>/dev/null || :
ulimit -d "$3" 2>/dev/null || :
shift 3
( (trap '' HUP INT TERM; read -r _; kill -KILL 0) <&3 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

/** Starts the command. Throws TbError "not_found" when the working directory is gone and "usage" when the command is
 * too long; a program that does not exist ends with exit code 127 like in any shell. */
export async function launch(command: Command, options: LaunchOptions): Promise<LaunchedProcess> {
  const { openFiles, fileSize, memory } = options.limits ?? DEFAULT_LIMITS;
  const mark = `${options.mark}:${randomBytes(6).toString("hex")}`;
  const figures = [openFiles, fileSize * 2048, memory * 1024].map(String); // blocks of 512 bytes, KiB
  const startedAt = performance.now();
  const inherited = options.inherit?.([MARK, mark]) ?? [];
  const env = { ...options.env, [MARK]: mark };
  const child = await start(
    ["-c", closeForeign() + GUARD, "tb", ...figures, ...command],
    { ...options, env },
    inherited,
  );
  const { pid, stdout, stderr } = child;
  const guard = child.stdio[3];
  guard?.on("error", () => guard.destroy()); // the watcher may be killed before we close our end
  child.stdin?.on("error", () => child.stdin?.destroy());
  inherited.forEach((content, index) => hand(child.stdio[FIRST_INHERITED + index], content));
  let ended = false;

  async function finish(): Promise<{ exitCode: number | null }> {
    const drained = Promise.all([closed(stdout), closed(stderr)]);
    await once(child, "exit");
    signalGroup(pid, "SIGKILL"); // the watcher and what the command left in the background
    ended = true;
    const namespaceEnded = options.leaderOnlyWaits && child.exitCode !== null;
    if (!namespaceEnded) killMarked((value) => value === mark, lowestDescendant(pid, performance.now() - startedAt));
    guard?.destroy();
    child.stdin?.destroy();
    await Promise.race([drained, delay(OUTPUT_GRACE, undefined, { ref: false })]);
    stdout.destroy();
    stderr.destroy();
    return { exitCode: child.exitCode };
  }

  const exited = finish();
  return {
    pid,
    stdout,
    stderr,
    exited,
    async stop(grace) {
      if (!ended && grace > 0) {
        if (options.leaderOnlyWaits) terminateMarked(mark, pid);
        else signalGroup(pid, "SIGTERM");
        await Promise.race([exited, delay(grace)]);
      }
      if (!ended) signalGroup(pid, "SIGKILL");
      await exited;
    },
  };
}

/** Kills every process of the place, also those that left their group, and returns how many it found. Only Linux shows
 * the marks; elsewhere this finds none. */
export function killPlace(mark: string): number {
  return killMarked((value) => value.startsWith(`${mark}:`));
}

/** Signals a whole group; one that is gone is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errorCode(error) !== "ESRCH" && errorCode(error) !== "EPERM") throw error;
  }
}

/** The leader goes when what it waits for has gone. */
function terminateMarked(mark: string, leader: number): void {
  for (const pid of findByEnvironment(MARK, (value) => value === mark)) {
    if (pid !== leader) signalProcess(pid, "SIGTERM");
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

/** A command that ends, or fails to start, without having read it is no error here: its end says more. */
function hand(pipe: Readable | Writable | null | undefined, content: string | Buffer): void {
  if (!pipe || !("end" in pipe)) throw new Error("The descriptor is not a pipe.");
  pipe.on("error", () => pipe.destroy());
  pipe.end(content);
}

/** In rounds, because a process may start another while we look. */
function killMarked(matches: (value: string) => boolean, lowest = 1): number {
  const seen = new Set<number>();
  for (let round = 0; round < 10; round++) {
    const found = findByEnvironment(MARK, matches, lowest).filter((pid) => !seen.has(pid));
    if (found.length === 0) break;
    for (const pid of found) {
      seen.add(pid);
      signalProcess(pid, "SIGKILL");
    }
  }
  return seen.size;
}

async function start(args: string[], { cwd, env, user, heldInput }: LaunchOptions, inherited: readonly unknown[]) {
  try {
    const input = heldInput ? ("pipe" as const) : ("ignore" as const);
    const stdio = [input, ...["pipe", "pipe", "pipe", ...inherited].map(() => "pipe" as const)];
    const [shell, first] = needsBash() ? [BASH, ["--posix"]] : ["/bin/sh", []]; // by default bash counts other blocks
    const child = spawn(shell, [...first, ...args], { cwd, env, detached: true, stdio, ...user });
    await once(child, "spawn"); // rejects with the child's "error"
    if (child.pid === undefined || !child.stdout || !child.stderr) throw new Error("The process has no pid or output.");
    return Object.assign(child, { pid: child.pid, stdout: child.stdout, stderr: child.stderr });
  } catch (error) {
    const code = errorCode(error);
    if (code === "E2BIG") throw new TbError("usage", "The command line is too long.", { cause: error });
    if (code === "ERR_INVALID_ARG_VALUE")
      throw new TbError("usage", "The command contains a NUL character.", { cause: error });
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new TbError("not_found", "The folder that the command should run in is gone.", { cause: error });
    }
    throw error;
  }
}

let foreign: readonly number[] | undefined;

/** Descriptors that whoever started tb left open for every child: a CI's pipe, say, or a lock. They are no business of what
 * tb starts. Node closes the lowest ones itself, up to the first gap. */
function foreignDescriptors(): readonly number[] {
  foreign ??= process.platform === "linux" ? inheritable() : [];
  return foreign;
}

function inheritable(): number[] {
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => {
      if (fd <= LAST_OWN) return false;
      try {
        const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "0";
        return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
      } catch {
        return false; // it was the one that the folder was read through
      }
    });
}

/** Shells of the smallest kind know descriptors of one digit only. */
function needsBash(): boolean {
  return foreignDescriptors().length > 0 && existsSync(BASH);
}

function closeForeign(): string {
  const closing = foreignDescriptors().map((fd) => `${fd}>&-`);
  return needsBash() ? `exec ${closing.join(" ")}\n` : "";
}

async function closed(stream: Readable): Promise<void> {
  if (!stream.closed) await new Promise((resolve) => stream.once("close", resolve));
}
