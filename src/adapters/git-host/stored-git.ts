// What lies in the folders of the local git host, for `tb cleanup` and `tb db check`.
import { join } from "node:path";
import { foldersIn, pathFacts } from "../../processes/folders.ts";
import { leftoversIn, type Leftover } from "../leftover.ts";
import type { StoredGit } from "./git-host.ts";

const TEMPORARY = /\.(\d+)-[0-9a-f]{8}\.tmp$/;
/** Index files are made for one command (tree.ts) and go with it. */
const INDEX = /^index-[A-Za-z0-9]{6}$/;

/** Folders of a project each, whose names end so. */
export async function storedIn(folder: string, ending: string): Promise<StoredGit[]> {
  const found: StoredGit[] = [];
  for (const name of await foldersIn(folder)) {
    if (name.startsWith(".") || TEMPORARY.test(name) || !name.endsWith(ending)) continue;
    const facts = await pathFacts(join(folder, name));
    if (facts) found.push({ name: name.slice(0, name.length - ending.length), ...facts });
  }
  return found;
}

/** Half-made and half-removed repositories, and indexes of commands that were killed. */
export async function gitLeftovers(home: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const folder of [join(home, "repositories"), join(home, "git")]) {
    found.push(...(await leftoversIn(folder, TEMPORARY)));
  }
  for (const project of await foldersIn(join(home, "git"))) {
    found.push(...(await leftoversIn(join(home, "git", project), INDEX)));
  }
  return found;
}
