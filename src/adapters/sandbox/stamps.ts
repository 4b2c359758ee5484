// Marks of files that change whenever somebody writes to them: inode and time of change, which no program can set. So even what
// was put back afterwards is noticed.
import { lstatSync, readdirSync } from "node:fs";
import { errorCode } from "../../processes/error-code.ts";
import type { Placing } from "./shared-packages.ts";

/** By path below the root. */
export type Stamps = ReadonlyMap<string, string>;

/** Of everything below the root that is no folder; folders with these names are passed over. An absent root has none. */
export function stampFiles(root: string, skipped: ReadonlySet<string> = new Set()): Map<string, string> {
  const stamps = new Map<string, string>();
  const folders = [""];
  for (const folder of folders) {
    for (const entry of entriesOf(`${root}/${folder}`)) {
      if (skipped.has(entry.name)) continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else stamp(stamps, root, path);
    }
  }
  return stamps;
}

/** What tools keep there for themselves. */
export const OF_TOOLS: ReadonlySet<string> = new Set([".cache", ".nitro"]);

/** Of the packages in a node_modules. Where a sandbox has copies, they are its own, however deep they lie. */
export function stampsOf(modules: string, how: Placing): Map<string, string> {
  return how === "copied" ? stampFiles(modules, OF_TOOLS) : stampPackages(modules);
}

/** Of the packages' folders. What lies deeper cannot be changed by a sandbox that does not own it. */
export function stampPackages(modules: string): Map<string, string> {
  const stamps = new Map<string, string>();
  for (const { name } of entriesOf(modules)) {
    if (OF_TOOLS.has(name)) continue;
    stamp(stamps, modules, name);
    if (name.startsWith("@"))
      for (const inner of entriesOf(`${modules}/${name}`)) stamp(stamps, modules, `${name}/${inner.name}`);
  }
  return stamps;
}

/** Paths that are new, changed or gone, sorted. */
export function changedStamps(
  before: Stamps,
  after: Stamps,
): { path: string; change: "added" | "changed" | "removed" }[] {
  const added = [...after.keys()]
    .filter((path) => !before.has(path))
    .map((path) => ({ path, change: "added" }) as const);
  const others = [...before].flatMap(([path, stamp]) => {
    const now = after.get(path);
    if (now === stamp) return [];
    return [{ path, change: now === undefined ? "removed" : "changed" } as const];
  });
  return [...added, ...others].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return [];
    throw error;
  }
}

function stamp(stamps: Map<string, string>, root: string, path: string): void {
  const stats = lstatSync(`${root}/${path}`, { bigint: true, throwIfNoEntry: false });
  if (stats) stamps.set(path, `${stats.ino} ${stats.ctimeNs} ${stats.size}`);
}
