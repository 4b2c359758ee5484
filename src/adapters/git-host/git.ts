// The one door to git: simple-git over a fresh, hardened environment, so that neither the user's configuration nor
// anything in a working tree (hooks, filters, a .git of its own) can make git run a program.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { GitError, simpleGit } from "simple-git";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { isDiskNearlyFull } from "../../processes/disk-room.ts";

const AUTHOR = { name: "TurboBackend Agent", email: "agent@turbobackend.dev" } as const;

/** Set for every command through GIT_CONFIG_*, which no file of a repository can override. */
const SETTINGS: Record<string, string> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.symlinks": "false",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.autocrlf": "false",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
  "core.quotePath": "false",
  "commit.gpgSign": "false",
  "push.gpgSign": "false",
  "protocol.allow": "never",
  "protocol.file.allow": "always",
  "submodule.recurse": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "advice.detachedHead": "false",
  "init.defaultBranch": "main",
  "safe.bareRepository": "explicit",
};

/** The environment variables that carry the settings are only read by git 2.32 and newer. */
const OLDEST = [2, 32] as const;
/** Updating a ref holds its lock for milliseconds; an older lock was left by a process that was killed. */
const STALE_LOCK_MS = 2_000;

export interface GitPlace {
  gitDir?: string;
  workTree?: string;
  /** Absolute path of an index file instead of the git directory's own. */
  index?: string;
}

export interface Git {
  /** Runs one git command and returns its stdout. Rejects with GitError (its message is what git printed). */
  (args: string[], place?: GitPlace, input?: string): Promise<string>;
  /** Runs git commands one after the other up to the first that fails, as one process of tb's: `commands` is text for sh, which
   * finds `variables` in its environment. Resolves and rejects as for one command. To start a process, tb's memory map is
   * copied, which takes longer than most of what git does; a small shell has little to copy. */
  script(commands: string, variables: Record<string, string>, place: GitPlace, input?: string): Promise<string>;
  /** Looks for git, once. Throws TbError "configuration" when it is missing or too old. */
  check(): Promise<void>;
}

/** Throws TbError "configuration" on first use when git is missing or too old. */
export function createGit(config: Config): Git {
  let checked: Promise<void> | undefined;
  async function run(args: string[], place: GitPlace, input: string | undefined): Promise<string> {
    const home = await gitHome();
    const env = environment(config, home, place);
    const git = simpleGit({
      baseDir: home,
      allowEnvironment: Object.keys(env).filter((name) => name.startsWith("GIT_")),
      unsafe: {
        allowUnsafeConfigEnvCount: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeTemplateDir: true,
        allowUnsafeHooksPath: true,
        allowUnsafeFsMonitor: true,
        allowUnsafeProtocolOverride: true,
      },
      completion: { onClose: true, onExit: false },
      ...(input !== undefined && { input: () => input }),
    });
    // simple-git waits 50 ms more for a command that printed nothing, which most of ours do: an empty piece ends that.
    git.outputHandler((_command, stdout) => void setImmediate(() => stdout.emit("data", Buffer.alloc(0))));
    try {
      return await git.env(env).raw(args);
    } catch (error) {
      throw isUnwritten(error, home) ? cannotWrite(error) : error;
    }
  }
  async function runScript(
    commands: string,
    variables: Record<string, string>,
    place: GitPlace,
    input = "",
  ): Promise<string> {
    const home = await gitHome();
    const child = spawn("/bin/sh", ["-ec", commands], {
      cwd: home,
      env: { ...environment(config, home, place), ...variables },
      stdio: "pipe",
    });
    child.stdin.on("error", () => {}); // it ended without reading: its exit code says why
    child.stdin.end(input);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
    if (code === 0) return stdout;
    const error = new GitError(undefined, stderr.trim() || `git ended with exit code ${code}.`);
    throw isUnwritten(error, home) ? cannotWrite(error) : error;
  }
  async function gitHome(): Promise<string> {
    const home = join(config.home, "git");
    await mkdir(home, { recursive: true, mode: 0o700 });
    return home;
  }
  const check = () => (checked ??= checkVersion(() => run(["--version"], {}, undefined)));
  return Object.assign(
    async (args: string[], place: GitPlace = {}, input?: string) => {
      await check();
      return run(args, place, input);
    },
    {
      check,
      async script(commands: string, variables: Record<string, string>, place: GitPlace, input?: string) {
        await check();
        return runScript(commands, variables, place, input);
      },
    },
  );
}

/** Of a program that was started; a signal counts as a failure. Rejects when it could not be started. */
async function exitCode(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return code ?? signal ?? "unknown";
}

/** git says why it cannot write only for some files, and not always in words of its own. */
function isUnwritten(error: unknown, home: string): error is GitError {
  const words = /no space left on device|disk quota exceeded|unable to write|write error|failed to write/i;
  return error instanceof GitError && (words.test(error.message) || isDiskNearlyFull(home));
}

function cannotWrite(cause: GitError): TbError {
  const [line = ""] = cause.message.trim().split("\n");
  return new TbError(
    "transient",
    `git cannot write its files, most likely because the disk is full. It said: ${line}`,
    {
      suggestion: "Free some space, then try again.",
      cause,
    },
  );
}

function environment(config: Config, home: string, place: GitPlace): Record<string, string> {
  const env: Record<string, string> = {
    ...pick(config.passthrough, ["PATH", "TZ"]),
    HOME: home,
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "file",
    GIT_NO_LAZY_FETCH: "1",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_LITERAL_PATHSPECS: "0",
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    ...(place.gitDir && { GIT_DIR: place.gitDir }),
    ...(place.workTree && { GIT_WORK_TREE: place.workTree }),
    ...(place.index && { GIT_INDEX_FILE: place.index }),
    GIT_CONFIG_COUNT: String(Object.keys(SETTINGS).length),
  };
  for (const [i, [key, value]] of Object.entries(SETTINGS).entries()) {
    env[`GIT_CONFIG_KEY_${i}`] = key;
    env[`GIT_CONFIG_VALUE_${i}`] = value;
  }
  return env;
}

async function checkVersion(version: () => Promise<string>): Promise<void> {
  const suggestion = "Install git 2.32 or newer (Debian: apt-get install git, macOS: xcode-select --install).";
  let text: string;
  try {
    text = await version();
  } catch (error) {
    if (!/ENOENT/.test(String(error))) throw error;
    throw new TbError("configuration", "git was not found on the PATH.", { suggestion, cause: error });
  }
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1])) return;
  throw new TbError("configuration", `git ${major}.${minor} is too old.`, { suggestion });
}

/** Runs `work`; when a lock that a killed process left in a git directory stands in its way, removes it and tries again. */
export async function pastStaleLocks<T>(gitDirs: readonly string[], work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GitError) || !/cannot lock|unable to create '.*\.lock'/i.test(error.message)) throw error;
      if (attempt === 3) throw error;
      for (const gitDir of gitDirs) await removeStaleLocks(gitDir);
    }
  }
}

async function removeStaleLocks(gitDir: string): Promise<void> {
  const names = await readdir(gitDir, { recursive: true });
  const locks = names.filter((name) => name.endsWith(".lock") && !name.startsWith("objects/"));
  for (const path of locks.map((name) => join(gitDir, name))) {
    const found = await stat(path).catch(() => null); // gone: it was alive after all
    if (!found) continue;
    const age = Math.max(Date.now() - found.mtimeMs, 0); // the clock may have been put back
    if (age < STALE_LOCK_MS) await sleep(STALE_LOCK_MS - age);
    const now = await stat(path).catch(() => null);
    if (now && now.ino === found.ino && now.mtimeMs === found.mtimeMs) await rm(path, { force: true });
  }
}

function pick(from: Readonly<Record<string, string>>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));
}
