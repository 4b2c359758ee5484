// Which tier of isolation this machine can give: tried, not guessed, because a bwrap that is there may be forbidden to work.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import type { Config } from "../../config.ts";
import { waitForEnd } from "../../processes/wait-for-end.ts";
import { createTextTail } from "../../processes/text-tail.ts";
import { createBubblewrapTier, type Bubblewrap } from "./bubblewrap-tier.ts";
import { everyoneMayRun } from "./bubblewrap/reachable-node.ts";
import { createProcessTier, type SandboxPlace, type Tier } from "./process-tier.ts";
import type { IsolationFacts } from "./sandbox.ts";
import { FIRST_UID, nodeFolder } from "./sandbox-place.ts";

export interface SelectedTier {
  tier: Tier;
  facts: IsolationFacts;
}

const PROBE_TIMEOUT = 10_000;
/** Without these a bwrap is too old; --disable-userns and --size are used where they are known. */
const NEEDED = ["--args", "--clearenv", "--ro-bind-data", "--remount-ro", "--seccomp", "--die-with-parent"];

const INSTALL = "Install bubblewrap: apt-get install bubblewrap (or dnf, apk, pacman).";

const known = new Map<string, Promise<Bubblewrap | IsolationFacts>>();

/** The strongest tier that works; found out once per process. */
export async function selectTier(config: Config): Promise<SelectedTier> {
  const path = config.passthrough.PATH ?? "/usr/bin:/bin";
  let found = known.get(path);
  if (!found) known.set(path, (found = findBubblewrap(path)));
  const bubblewrap = await found;
  if ("isolation" in bubblewrap) return { tier: createProcessTier(config.passthrough), facts: bubblewrap };
  return {
    tier: createBubblewrapTier(bubblewrap, config.passthrough, () => nodeFolder(config)),
    facts: { isolation: "bubblewrap", reason: "bubblewrap works here", improvement: null },
  };
}

async function findBubblewrap(path: string): Promise<Bubblewrap | IsolationFacts> {
  if (process.platform !== "linux") return plain("this tb isolates commands on Linux only", null);
  const program = path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, "bwrap"))
    .find((file) => existsSync(file));
  if (program === undefined) return plain("bubblewrap is not installed", INSTALL);
  const options = await optionsOf(program);
  const missing = NEEDED.filter((option) => !options.has(option));
  if (missing.length > 0) {
    return plain(`${program} is too old (it has no ${missing[0]})`, "Install bubblewrap 0.5 or newer.");
  }
  const problem = await tryOut({ program, options });
  if (problem === null) return { program, options };
  return plain(`bubblewrap does not work here: ${problem}`, improvementFor(problem));
}

function plain(reason: string, improvement: string | null): IsolationFacts {
  return { isolation: "process", reason, improvement };
}

async function optionsOf(program: string): Promise<Set<string>> {
  try {
    const { stdout } = await promisify(execFile)(program, ["--help"], { timeout: PROBE_TIMEOUT });
    return new Set(stdout.match(/--[a-z-]+/g));
  } catch {
    return new Set(); // not a program that could be used
  }
}

/** What is wrong, or null: the very arguments of every command, with no folder of a sandbox. */
async function tryOut(bubblewrap: Bubblewrap): Promise<string | null> {
  const asRoot = process.getuid?.() === 0;
  const place: SandboxPlace = {
    use: "build",
    work: "/tmp",
    home: "/tmp",
    tmp: "/tmp",
    compiled: null,
    sockets: [],
    gates: [],
    bins: [],
    reads: [],
    mark: "/probe",
    owner: asRoot ? { uid: FIRST_UID, gid: FIRST_UID } : null,
  };
  // Whether this Node starts there is tried where that takes no copy: a probe makes nothing.
  const direct = !asRoot || everyoneMayRun(process.execPath);
  const tier = createBubblewrapTier(bubblewrap, {}, direct ? () => Promise.reject(new Error("not asked for")) : null);
  try {
    const child = await tier.start(place, direct ? [process.execPath, "--version"] : ["true"], {});
    const output = createTextTail();
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.add(String(chunk)));
    const { exitCode } = await waitForEnd(child, { timeout: PROBE_TIMEOUT, grace: 0 });
    return exitCode === 0 ? null : (output.text().trim().split("\n").at(-1) ?? `exit code ${exitCode}`);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function improvementFor(problem: string): string {
  if (/uid map|new namespace|No permissions|Operation not permitted/i.test(problem)) {
    return (
      "Let programs make user namespaces: sysctl kernel.unprivileged_userns_clone=1, on Ubuntu an AppArmor profile for bwrap,\n" +
      "in Docker --security-opt seccomp=unconfined --security-opt apparmor=unconfined."
    );
  }
  return "Try: bwrap --unshare-all --ro-bind / / true";
}
