// Who works on a run: this process, named so that another tb on the machine can tell whether it is still alive.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** `<host>/<boot>/<pid>/<start>`: a pid alone may have been given to another process since. */
export function processIdentity(pid = process.pid): string {
  return [hostname(), bootId(), pid, startTime(pid) ?? "-"].join("/");
}

/** Whether the process named by an identity is alive: "unknown" when it is (or was) on another machine. */
export function isAlive(identity: string): boolean | "unknown" {
  const [host, boot, pid, start] = identity.split("/");
  if (host !== hostname()) return "unknown";
  if (boot !== bootId()) return false;
  return startTime(Number(pid)) === start;
}

export function pidOf(identity: string): number {
  return Number(identity.split("/")[2]);
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().slice(0, 8);
  } catch {
    return "-"; // no procfs (macOS): the start time alone has to tell
  }
}

/** The process's start time in the kernel's own form, or undefined when there is no such process (a zombie is none). */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name may hold spaces and brackets
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    if (process.platform === "linux") return undefined;
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim().replaceAll("/", "-");
  } catch {
    return undefined;
  }
}
