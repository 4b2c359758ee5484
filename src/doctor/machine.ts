// What tb needs of the machine: Node, git, npm, a port, the time.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { FIRST_PORT } from "../adapters/deploy-target/deployment-port.ts";
import type { Config } from "../config.ts";
import { errorCode } from "../processes/error-code.ts";
import { isPortFree } from "../processes/is-port-free.ts";
import { findOwner } from "../owner.ts";
import type { Found } from "./diagnosis.ts";

const run = promisify(execFile);

/** What package.json asks for. */
const OLDEST_NODE = [22, 18] as const;
/** Older ones ignore the settings by which tb keeps a repository's own configuration out. */
const OLDEST_GIT = [2, 32] as const;
const INSTALL_GIT = "Debian, Ubuntu: apt-get install git\nmacOS: xcode-select --install";

export async function checkNode(): Promise<Found> {
  const { node } = process.versions;
  if (isAtLeast(node, OLDEST_NODE)) return `Node ${node}`;
  return { status: "problem", message: `Node ${node} is too old; tb needs 22.18.`, fix: "https://nodejs.org" };
}

export async function checkGit({ passthrough }: Pick<Config, "passthrough">): Promise<Found> {
  let version: string;
  try {
    const { stdout } = await run("git", ["--version"], { env: { PATH: passthrough.PATH }, timeout: 5000 });
    version = /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] ?? "0.0";
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    return { status: "problem", message: "git was not found on the PATH.", fix: INSTALL_GIT };
  }
  if (isAtLeast(version, OLDEST_GIT)) return `git ${version}`;
  return { status: "problem", message: `git ${version} is too old; tb needs 2.32.`, fix: INSTALL_GIT };
}

/** Who owns what is made here. */
export async function checkOwner({ user }: Pick<Config, "user">): Promise<Found> {
  if (user !== null) return `${user} (setting "user")`;
  const owner = await findOwner();
  if (owner.includes("@")) return `${owner} (git's user.email)`;
  return {
    status: "warning",
    message: `You are ${owner}, your system's user, because git has no address of yours.`,
    fix: "git config --global user.email you@example.com\ntb config set user you@example.com",
  };
}

export async function checkPort(): Promise<Found> {
  const last = FIRST_PORT + 999;
  for (let port = FIRST_PORT; port <= last; port++) {
    if (await isPortFree(port)) return `127.0.0.1:${port} is the first free one for deployments`;
  }
  return {
    status: "warning",
    message: `No port between ${FIRST_PORT} and ${last} is free, so nothing new can be deployed.`,
    fix: "Stop programs that listen there, or destroy projects that are not needed.",
  };
}

/** @param elsewhere what time it is where the registry is; null when that is not known. */
export async function checkClock(elsewhere: Date | null): Promise<Found> {
  const now = new Date();
  const fix = "Set the clock, or let it be set: timedatectl set-ntp true";
  if (now.getUTCFullYear() < 2025 || now.getUTCFullYear() > 2100) {
    return { status: "problem", message: `The clock says ${now.toISOString()}.`, fix };
  }
  if (elsewhere === null) return now.toISOString();
  const minutes = Math.round((now.getTime() - elsewhere.getTime()) / 60_000);
  if (Math.abs(minutes) < 5) return `${now.toISOString()}, as the registry says`;
  const way = minutes > 0 ? "ahead of" : "behind";
  return { status: "warning", message: `The clock is ${Math.abs(minutes)} minutes ${way} the registry's.`, fix };
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ours = 0, small = 0] = version.split(".").map(Number);
  return ours > major || (ours === major && small >= minor);
}
