// Runs a command and does something to it, or to the world around it, at a moment of its run.
import type { ChildProcess } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import type { RunEvent } from "../../../src/pipeline/types.ts";
import { type Ran, startTb } from "../tb.ts";

/** The start of a phase, or so many milliseconds after the start of the command. */
export type Moment = { phase: string } | { afterMs: number };

export interface Disturbed extends Ran {
  /** As far as the command has told it. */
  runId: string | null;
  /** False when the command had ended before the moment came. */
  hit: boolean;
}

/** Where a command runs. */
export interface Where {
  home: string;
  env?: Record<string, string>;
}

/** `act` is called once, at the moment; the command's end is waited for, and that of `act`. */
export async function disturb(
  { home, env }: Where,
  args: string[],
  moment: Moment,
  act: (child: ChildProcess) => unknown,
): Promise<Disturbed> {
  const running = startTb(home, [...args, "--events"], env);
  const { child } = running;
  let acting: Promise<unknown> | undefined;
  let runId: string | null = null;
  let rest = "";
  function now(): void {
    if (child.exitCode === null && child.signalCode === null) acting ??= Promise.resolve(act(child));
  }
  child.stdout!.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const event of lines.map((line) => JSON.parse(line) as RunEvent)) {
      runId ??= event.runId;
      if ("phase" in moment && event.type === "phase.started" && event.phase === moment.phase) now();
    }
  });
  const timer = "afterMs" in moment ? setTimeout(now, moment.afterMs) : undefined;
  const ran = await running.done;
  clearTimeout(timer);
  await acting;
  return { ...ran, runId, hit: acting !== undefined };
}

/** SIGKILL for the command alone: what it has started finds out by itself. */
export function killAlone(child: ChildProcess): void {
  child.kill("SIGKILL");
}

/** SIGKILL for the command and everything it has started for itself, in any order, as when memory runs out. Database servers
 * and supervisors are there to outlive commands. */
export async function killWithDescendants(child: ChildProcess): Promise<void> {
  const family = await descendants(child.pid!);
  for (const pid of [child.pid!, ...family]) killIfThere(pid);
}

/** SIGKILL for one thing that the command has started, and not for the command. False when it has started nothing. */
export async function killOneDescendant(child: ChildProcess, random: () => number): Promise<boolean> {
  const family = await descendants(child.pid!);
  const victim = family[Math.floor(random() * family.length)];
  if (victim !== undefined) killIfThere(victim);
  return victim !== undefined;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended meanwhile
  }
}

async function descendants(ancestor: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const entry of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${entry}/stat`, "latin1").catch(() => null);
    const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (!stat || /postgres|supervisor/.test(command)) continue;
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found: number[] = [];
  const open = [ancestor];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    open.push(...below);
  }
  return found;
}
