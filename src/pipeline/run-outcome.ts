// What a run came to, for a command that did not work on it itself.
import { effectiveState } from "../control/run-view.ts";
import type { RunRow } from "../control/runs.ts";
import { TbError } from "../errors.ts";
import { withResumeHint } from "./resume-hint.ts";
import { reviveError } from "./run-errors.ts";

/** The result of a run that has succeeded; throws what it failed or parked with, so that the exit code is the same. */
export function outcomeOf(row: RunRow): object {
  const { run_id: id } = row;
  switch (effectiveState(row)) {
    case "succeeded":
      return row.result!;
    case "cancelled":
      throw new TbError("failure", `Run ${id} was cancelled and undone.`, { suggestion: `tb runs show ${id}` });
    case "failed":
      throw row.error ? reviveError(row.error) : new TbError("failure", `Run ${id} has failed.`);
    default:
      // Its process may have died without a word.
      throw withResumeHint(
        row.error ? reviveError(row.error) : new TbError("partial", `The process that worked on run ${id} has ended.`),
        id,
      );
  }
}
