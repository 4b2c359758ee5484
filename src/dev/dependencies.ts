// node_modules of a working copy. It belongs to the user, who may install into it: prepared packages are copied in, and only
// replaced when tb has put them there.
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { placeDependencies } from "../adapters/sandbox/dependency-cache.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { errorCode } from "../processes/error-code.ts";
import { isAlive } from "../processes/is-alive.ts";
import { removeTree } from "../processes/remove-tree.ts";

export type DependencyOutcome =
  | "fit"
  /** Copied from what tb has prepared. */
  | "installed"
  /** They are the user's own and not those of the lockfile. */
  | "differ";

/** In node_modules: who has put it there. */
const MARK = ".tb-installed";

export interface DependencyOptions {
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/** Throws like `placeDependencies` when packages have to be prepared, and TbError "failure" for a folder without manifests. */
export async function ensureDependencies(
  config: Config,
  folder: string,
  options: DependencyOptions,
): Promise<DependencyOutcome> {
  const manifests = {
    packageJson: readManifest(folder, "package.json"),
    lockfile: readManifest(folder, "package-lock.json"),
  };
  await removeAbandoned(folder);
  const installed = join(folder, "node_modules");
  if (existsSync(installed)) {
    if (fits(installed, manifests.lockfile)) return "fit";
    if (!existsSync(join(installed, MARK))) return "differ";
  }
  const stamp = `${process.pid}-${randomBytes(4).toString("hex")}`;
  const [incoming, outgoing] = [temporary(folder, `in-${stamp}`), temporary(folder, `out-${stamp}`)];
  try {
    await placeDependencies(config, manifests, { to: incoming, how: "copied", spares: null }, options);
    writeFileSync(join(incoming, MARK), "");
    if (existsSync(installed)) await rename(installed, outgoing);
    await rename(incoming, installed);
  } finally {
    await Promise.all([removeTree(incoming), removeTree(outgoing)]);
  }
  return "installed";
}

function readManifest(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    throw new TbError("failure", `There is no ${name} in ${folder}.`, {
      suggestion: "git status      shows what the working copy lacks",
      cause: error,
    });
  }
}

/** npm notes in node_modules/.package-lock.json what it has installed. */
function fits(installed: string, lockfile: string): boolean {
  const [wanted, there] = [packagesOf(lockfile), packagesOf(readIfThere(join(installed, ".package-lock.json")))];
  if (!wanted || !there) return false;
  for (const [path, { version, link }] of Object.entries(there)) {
    if (link !== true && wanted[path]?.version !== version) return false;
  }
  return Object.entries(wanted).every(
    ([path, { optional, os, cpu }]) =>
      path === "" || path in there || optional === true || os !== undefined || cpu !== undefined,
  );
}

type Packages = Record<string, { version?: string; link?: boolean; optional?: boolean; os?: unknown; cpu?: unknown }>;

function packagesOf(lockfile: string | null): Packages | null {
  try {
    const { packages } = JSON.parse(lockfile ?? "null") as { packages?: unknown };
    return typeof packages === "object" && packages !== null ? (packages as Packages) : null;
  } catch {
    return null; // not a lockfile: whoever installs from it says so
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Where git does not look, on the same disk. A work tree of `git worktree` has a file there. */
function temporary(folder: string, name: string): string {
  const gitDir = join(folder, ".git");
  return statSync(gitDir).isDirectory() ? join(gitDir, `tb-modules-${name}`) : join(folder, `.tb-modules-${name}`);
}

/** Removes what a killed tb has left. */
async function removeAbandoned(folder: string): Promise<void> {
  const place = join(temporary(folder, ""), "..");
  for (const name of readdirSync(place)) {
    const pid = /^\.?tb-modules-(?:in|out)-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeTree(join(place, name));
  }
}
