// Claims that processes make on something: a symbolic link whose target is the text that says whose it is. Unlike a file, a link
// is made together with its text, so neither a kill nor a full disk leaves a claim that is nobody's.
import { readlinkSync, symlinkSync } from "node:fs";
import { errorCode } from "./error-code.ts";

/** Makes the claim, in a folder that is there; false when somebody has it already. */
export function makeClaim(path: string, owner: string): boolean {
  try {
    symlinkSync(owner, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Whose the claim is; null when nobody has it. */
export function claimOwner(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
