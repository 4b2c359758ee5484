import { errorCode } from "./error-code.ts";

/** Whether a process of that number runs, whoever's it is. The number may have been given to another process since. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
