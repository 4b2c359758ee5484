// Who asks: the owner of projects made here.
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";

/** git's user.email, else `<system user>@localhost`-like name of the system's user; always lower case. */
export async function findOwner(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("git", ["config", "--get", "user.email"], { timeout: 5000 });
    if (stdout.trim()) return stdout.trim().toLowerCase();
  } catch {
    // no git, or no address configured: the system's user it is
  }
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`; // a uid without a passwd entry
  }
}
