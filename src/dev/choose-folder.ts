// Which folder holds the user's working copy of a project, or will hold it. Looks only; nothing is ever overwritten.
import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findWorkingCopy, isFree, plainAddress } from "../adapters/git-host/working-copy.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { rememberedFolder } from "./dev-record.ts";

export interface ChosenFolder {
  /** Absolute. */
  folder: string;
  /** Whether the working copy is there; else the folder is free. */
  found: boolean;
}

export interface FolderQuestion {
  project: { id: string; name: string };
  /** Address of the repository. */
  url: string;
  /** What the user says; null when nothing. */
  given: string | null;
  /** Where the user is. */
  cwd: string;
}

/** The given folder; else the working copy that the user is in, that lies in ./<name>, or that was served last; else
 * ./<name>. Throws TbError "conflict" for a folder that holds something else. */
export async function chooseFolder(config: Config, question: FolderQuestion): Promise<ChosenFolder> {
  const { project, url, given, cwd } = question;
  const address = await plainAddress(url, cwd);
  if (given !== null) return inspect(config, resolve(cwd, given), project.name, address);
  const around = await findWorkingCopy(config, cwd);
  if (around?.remotes.includes(address)) return { folder: around.folder, found: true };
  const usual = join(cwd, project.name);
  const known = [usual, rememberedFolder(config.home, project.id)].filter((folder) => folder !== null);
  for (const folder of known) {
    if (await isWorkingCopy(config, folder, address)) return { folder: await realpath(folder), found: true };
  }
  return inspect(config, usual, project.name, address);
}

async function inspect(config: Config, folder: string, name: string, address: string): Promise<ChosenFolder> {
  if (await isFree(folder)) return { folder, found: false };
  if (await isWorkingCopy(config, folder, address)) return { folder: await realpath(folder), found: true };
  throw new TbError("conflict", `${folder} is there already, and is no working copy of ${name}.`, {
    suggestion: `tb dev ${name} --dir FOLDER      one that is empty or not there yet`,
    parks: false,
  });
}

/** Whether the folder is the top of a working copy that has the address among its remotes. */
async function isWorkingCopy(config: Config, folder: string, address: string): Promise<boolean> {
  const copy = await findWorkingCopy(config, folder);
  return copy !== null && copy.folder === (await realpath(folder)) && copy.remotes.includes(address);
}
