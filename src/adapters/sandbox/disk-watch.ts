// Bounds what a sandbox takes of the disk. There is no quota that every file system and user has, so it is watched: what is free
// is asked for often, which costs nothing, and when much of that has gone the sandbox itself is measured; also now and then, in
// case somebody else has freed as much meanwhile.
import { lstatSync, readdirSync, statfsSync } from "node:fs";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";

export interface DiskLimits {
  /** Bytes and files of one sandbox. */
  bytes: number;
  files: number;
  /** How many of them may come unnoticed. */
  unnoticedBytes: number;
  unnoticedFiles: number;
  /** Milliseconds between two looks, and the longest between two measurements. */
  every: number;
  longest: number;
}

const MIB = 1024 * 1024;
const LIMITS: DiskLimits = {
  bytes: 2048 * MIB,
  files: 300_000,
  unnoticedBytes: 256 * MIB,
  unnoticedFiles: 50_000,
  every: 250,
  longest: 30_000,
};
/** Share of the disk that is left to others, whoever has taken the rest. */
const LEFT_FREE = 0.05;

/** Why a program must end. */
export interface DiskTrouble {
  text: string;
  /** The sandbox, which holds more than it may, or the disk, whoever has filled it. */
  whose: "sandbox" | "disk";
}

export interface DiskWatch {
  /** Throws TbError "failure" while the sandbox holds more than it may. */
  requireRoom(): void;
  /** Whether less is free than what a sandbox may take unnoticed: what fails then may do so for want of room. */
  isNearlyFull(): boolean;
  /** Looks until the returned function is called; `stop` is told once that it must end. */
  start(stop: (trouble: DiskTrouble) => void): () => void;
}

/** @param folders everything that the sandbox can write to; they lie on the file system of the first one. */
export function createDiskWatch(folders: readonly [string, ...string[]], limits = LIMITS): DiskWatch {
  let seen = freeOf(folders[0]);
  let measuredAt = performance.now();
  let full = false;

  /** Why it must stop; null when it may go on. */
  function look(begun: Free): DiskTrouble | null {
    const free = freeOf(folders[0]);
    const much = seen.bytes - free.bytes > limits.unnoticedBytes || seen.files - free.files > limits.unnoticedFiles;
    if (much || full || performance.now() - measuredAt > limits.longest) {
      full = isOver(folders, limits);
      seen = free;
      measuredAt = performance.now();
    }
    if (full) return { text: tooMuch(limits), whose: "sandbox" };
    // Files that were removed while they are open take room, but cannot be found.
    const scarce = free.bytes < free.total * LEFT_FREE && begun.bytes - free.bytes > limits.unnoticedBytes;
    return scarce ? { text: "The disk is nearly full.", whose: "disk" } : null;
  }

  return {
    requireRoom() {
      const trouble = look(freeOf(folders[0]));
      if (trouble === null) return;
      throw new TbError("failure", trouble.text, { suggestion: "Delete files; nothing can be run before." });
    },
    isNearlyFull: () => freeOf(folders[0]).bytes < limits.unnoticedBytes,
    start(stop) {
      const begun = freeOf(folders[0]);
      const timer = setInterval(() => {
        let trouble: DiskTrouble | null;
        try {
          trouble = look(begun);
        } catch {
          return clearInterval(timer); // the sandbox is being removed
        }
        if (trouble === null) return;
        clearInterval(timer);
        stop(trouble);
      }, limits.every);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

interface Free {
  bytes: number;
  files: number;
  total: number;
}

function freeOf(folder: string): Free {
  const { bavail, bsize, blocks, ffree } = statfsSync(folder);
  return { bytes: bavail * bsize, files: ffree, total: blocks * bsize };
}

function tooMuch({ bytes, files }: DiskLimits): string {
  return `The sandbox holds more than ${Math.round(bytes / MIB)} MiB or ${files.toLocaleString("en")} files.`;
}

/** A folder that cannot be looked into (its path is too long, or it was closed) is too much. */
function isOver(folders: readonly string[], limits: Pick<DiskLimits, "bytes" | "files">): boolean {
  const linked = new Set<number>();
  const left = [...folders];
  let [bytes, files] = [0, 0];
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    for (const entry of entriesOf(folder) ?? [null]) {
      if (entry === null) return true;
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) left.push(path);
      const stats = statsOf(path);
      if (stats === "unknown") return true;
      if (!stats || (stats.nlink > 1 && !stats.isDirectory() && linked.has(stats.ino))) continue;
      if (stats.nlink > 1) linked.add(stats.ino);
      bytes += stats.blocks * 512;
      files += 1;
      if (bytes > limits.bytes || files > limits.files) return true;
    }
  }
  return false;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return errorCode(error) === "ENOENT" ? [] : null;
  }
}

function statsOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return "unknown";
  }
}
