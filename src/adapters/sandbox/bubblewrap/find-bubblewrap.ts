// Whether bubblewrap is there, new enough, and allowed to work.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nodeFolder } from "../sandbox-place.ts";
import { programOn, tryOut, type Found } from "../try-out.ts";
import { createBubblewrapTier, type Bubblewrap } from "./bubblewrap-tier.ts";
import { everyoneMayRun } from "./reachable-node.ts";

const HELP_TIMEOUT = 10_000;
/** Without these a bwrap is too old; --disable-userns and --size are used where they are known. */
const NEEDED = ["--args", "--clearenv", "--ro-bind-data", "--remount-ro", "--seccomp", "--die-with-parent"];

const INSTALL = "Install bubblewrap: apt-get install bubblewrap (or dnf, apk, pacman).";

export async function findBubblewrap(path: string): Promise<Found> {
  const program = programOn(path, "bwrap");
  if (program === undefined) return { reason: "bubblewrap is not installed", improvement: INSTALL };
  const options = await optionsOf(program);
  const missing = NEEDED.filter((option) => !options.has(option));
  if (missing.length > 0) {
    const reason = `${program} is too old (it has no ${missing[0]})`;
    return { reason, improvement: "Install bubblewrap 0.5 or newer." };
  }
  const problem = await tryIt({ program, options });
  if (problem !== null) {
    return { reason: `bubblewrap does not work here: ${problem}`, improvement: improvementFor(problem) };
  }
  return {
    reason: "bubblewrap works here",
    make: (config) => createBubblewrapTier({ program, options }, config.passthrough, () => nodeFolder(config)),
  };
}

async function optionsOf(program: string): Promise<Set<string>> {
  try {
    const { stdout } = await promisify(execFile)(program, ["--help"], { timeout: HELP_TIMEOUT });
    return new Set(stdout.match(/--[a-z-]+/g));
  } catch {
    return new Set(); // not a program that could be used
  }
}

/** What is wrong, or null: the very arguments of every command. */
async function tryIt(bubblewrap: Bubblewrap): Promise<string | null> {
  // Whether this Node starts there is tried where that takes no copy: a probe makes nothing.
  const direct = process.getuid?.() !== 0 || everyoneMayRun(process.execPath);
  const tier = createBubblewrapTier(bubblewrap, {}, direct ? () => Promise.reject(new Error("not asked for")) : null);
  return tryOut(tier, direct ? [process.execPath, "--version"] : ["true"]);
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
