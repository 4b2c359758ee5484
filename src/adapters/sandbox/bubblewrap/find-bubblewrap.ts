// Whether bubblewrap is there, new enough, and allowed to work.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nodeFolder } from "../sandbox-place.ts";
import { programOn, tryOut, type Found } from "../try-out.ts";
import { createBubblewrapTier, type Bubblewrap } from "./bubblewrap-tier.ts";
import { everyoneMayRun } from "./reachable-node.ts";
import { seccompFilter } from "./seccomp.ts";

const HELP_TIMEOUT = 10_000;
/** Used where they are known. */
const WANTED = ["--disable-userns", "--size"];
/** Without these a bwrap is too old. */
const NEEDED = ["--args", "--clearenv", "--ro-bind-data", "--remount-ro", "--seccomp", "--die-with-parent"];

const NEWER = "Install bubblewrap 0.8 or newer.";
const INSTALL = "Install bubblewrap: apt-get install bubblewrap (or dnf, apk, pacman).";

/** @param tried a bwrap that has worked with all options a moment ago, in the process that started this one. */
export async function findBubblewrap(path: string, tried?: string): Promise<Found> {
  const program = programOn(path, "bwrap");
  if (program === undefined) return { make: null, reason: "bubblewrap is not installed", improvement: INSTALL };
  // As if it knew all options, which saves a process; one that does not work so is asked which it knows.
  let options: ReadonlySet<string> = new Set(WANTED);
  let problem = program === tried ? null : await tryIt({ program, options });
  if (problem !== null) {
    options = await optionsOf(program);
    const missing = NEEDED.filter((option) => !options.has(option));
    if (missing.length > 0) {
      const reason = `${program} is too old (it has no ${missing[0]})`;
      return { make: null, reason, improvement: NEWER };
    }
    if (WANTED.some((option) => !options.has(option))) problem = await tryIt({ program, options });
  }
  if (problem !== null) {
    const reason = `bubblewrap does not work here: ${problem}`;
    return { make: null, reason, improvement: improvementFor(problem) };
  }
  return {
    make: (config) => createBubblewrapTier({ program, options }, config.passthrough, () => nodeFolder(config)),
    ...(WANTED.every((option) => options.has(option)) && { tried: program }),
    ...describe(options),
  };
}

/** What an old bwrap, or a machine of another kind, does without. */
function describe(options: ReadonlySet<string>): Pick<Found, "reason" | "improvement"> {
  const old = WANTED.filter((option) => !options.has(option));
  const filter = seccompFilter() === null ? [`a filter of system calls (there is none for ${process.arch})`] : [];
  const lacking = [...old, ...filter];
  return {
    reason: `it works here${lacking.length > 0 ? `, without ${lacking.join(" and ")}` : ""}`,
    improvement: old.length > 0 ? NEWER : null,
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
