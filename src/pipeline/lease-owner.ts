// Who works on a run: this process, written into the run's row so that another tb can tell whether it is still alive.
import { hostname } from "node:os";
import { identify, isRunning, parseIdentity } from "../processes/process-identity.ts";

/** This process as JSON text `{host, pid, started}`. */
export function leaseOwner(): string {
  return JSON.stringify({ host: hostname(), ...identify(process.pid) });
}

/** Whether the process that a row names is alive: "unknown" when it is (or was) on another machine. */
export function isOwnerAlive(owner: string): boolean | "unknown" {
  const { host, identity } = parseOwner(owner);
  if (host !== hostname()) return "unknown";
  return identity !== null && isRunning(identity);
}

export function pidOfOwner(owner: string): number | null {
  return parseOwner(owner).identity?.pid ?? null;
}

function parseOwner(owner: string): { host: string | null; identity: ReturnType<typeof parseIdentity> } {
  const value: unknown = JSON.parse(owner);
  const host = typeof value === "object" && value !== null && "host" in value ? String(value.host) : null;
  return { host, identity: parseIdentity(value) };
}
