// Who asks: the owner of projects made here.
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";

/** git's user.email, else `<system user>@localhost`-like name of the system's user; always lower case. */
export async function findOwner(): Promise<string> {
  return (await gitAddress()) ?? systemUser();
}

/** The user's own user.email, in lower case; null without one. A repository's is left out: whoever works in it stays who
 * they are, and their projects stay theirs. */
export async function gitAddress(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)("git", ["config", "--get", "user.email"], { timeout: 5000, cwd: "/" });
    return stdout.trim().toLowerCase() || null;
  } catch {
    return null; // no git, or no address configured
  }
}

export function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`; // a uid without a passwd entry
  }
}
