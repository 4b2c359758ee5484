// Working copies: clones that belong to the user. tb makes them and reads where they come from; the rest is the user's.
import { lstat, mkdir, readdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { GitError } from "simple-git";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";
import { exists } from "../../processes/folders.ts";
import { createGit, type Git } from "./git.ts";
import { removeAbandoned, temporaryName } from "./places.ts";

export interface WorkingCopy {
  /** Its topmost folder, without links in the path. */
  folder: string;
  /** Addresses of its remotes; a path is absolute and without links. */
  remotes: string[];
}

/** The working copy that the folder is in; null when it is in none. Nothing in it is run. */
export async function findWorkingCopy(config: Config, folder: string): Promise<WorkingCopy | null> {
  if (!(await exists(folder))) return null;
  for (let at = await realpath(folder); ; at = dirname(at)) {
    const gitDir = join(at, ".git");
    if (await exists(gitDir)) return { folder: at, remotes: await remotesOf(createGit(config), at, gitDir) };
    if (dirname(at) === at) return null;
  }
}

async function remotesOf(git: Git, folder: string, gitDir: string): Promise<string[]> {
  try {
    const output = await git(["config", "--local", "--get-regexp", "^remote\\..*\\.url$"], { gitDir });
    const addresses = output
      .split("\n")
      .filter(Boolean)
      .map((line) => line.slice(line.indexOf(" ") + 1));
    return await Promise.all(addresses.map((address) => plainAddress(address, folder)));
  } catch (error) {
    if (error instanceof GitError) return []; // no remote, or no repository at all
    throw error;
  }
}

/** Paths are compared as files: with a link in it, relative, or as file://. */
export async function plainAddress(address: string, folder: string): Promise<string> {
  if (/^[a-z+]+:\/\//.test(address) && !address.startsWith("file://")) return address;
  const path = resolve(folder, address.replace(/^file:\/\//, ""));
  return (await exists(path)) ? realpath(path) : path;
}

/** Clones beside the place and moves it there, so that a clone that exists is a whole one. */
export async function cloneWhole(git: Git, address: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await removeAbandoned(folder);
  const temporary = temporaryName(folder);
  try {
    await git(["clone", "--quiet", "--no-local", "--template=", "--no-recurse-submodules", "--", address, temporary]);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(errorCode(error) ?? "")) throw error;
    throw new TbError("conflict", `${folder} is not empty.`, { parks: false, cause: error });
  }
}

/** The commit that the beginning of a name stands for; null when there is none, or more than one. */
export async function findCommit(git: Git, gitDir: string, name: string): Promise<string | null> {
  if (!/^[0-9a-f]{4,64}$/.test(name)) return null;
  try {
    return (await git(["rev-parse", "--verify", "--quiet", `${name}^{commit}`], { gitDir })).trim() || null;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** Whether there is nothing in the folder, or no folder. */
export async function isFree(folder: string): Promise<boolean> {
  try {
    return (await lstat(folder)).isDirectory() && (await readdir(folder)).length === 0;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    if (errorCode(error) === "ENOTDIR") return false; // a part of the path is a file
    throw error;
  }
}
