// Whether there is room on a disk: programs that run out of it say so in many ways, or not at all.
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "./error-code.ts";

const MIB = 1024 * 1024;
/** What git and a deployment write may be some MiB, and when they fail part of it is free again. */
const NEEDED = 64 * MIB;

/** Whether so little is free where the path lies, or would, that what fails there may do so for want of room. */
export function isDiskNearlyFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize < NEEDED;
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    return isDiskNearlyFull(dirname(path));
  }
}
