// What a command may end with, as its help and its page list it.
import { EXIT_CODES, EXIT_MEANINGS, type ErrorCode } from "../errors.ts";

type Outcome = ErrorCode | "done";

export interface ExitCode {
  code: number;
  meaning: string;
}

/** What any command may end with. */
const ORDINARY: readonly Outcome[] = ["done", "failure", "usage", "configuration", "transient", "interrupted"];

/** The ordinary outcomes and the command's own: those it names, and "not found" where it is given a project or a run. */
export function exitCodesOf(command: { args: object; exitCodes?: readonly ErrorCode[] }): ExitCode[] {
  const { args, exitCodes = [] } = command;
  return explained([...ORDINARY, ...("project" in args || "run" in args ? ["not_found" as const] : []), ...exitCodes]);
}

export function allExitCodes(): ExitCode[] {
  return explained(["done", ...(Object.keys(EXIT_CODES) as ErrorCode[])]);
}

function explained(outcomes: readonly Outcome[]): ExitCode[] {
  return [...new Set(outcomes)]
    .map((outcome) => ({ code: outcome === "done" ? 0 : EXIT_CODES[outcome], meaning: EXIT_MEANINGS[outcome] }))
    .toSorted((a, b) => a.code - b.code);
}
