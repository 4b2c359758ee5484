import { TbError } from "../errors.ts";

/** The error of a run that is kept, with the commands that go on from there. */
export function withResumeHint(error: TbError, runId: string): TbError {
  const hint = `tb resume ${runId}      continue\ntb cancel ${runId}      undo what it has made`;
  if (error.suggestion?.includes(runId)) return error;
  return new TbError(error.code, error.message, {
    retryable: error.retryable,
    ...(error.details && { details: error.details }),
    suggestion: error.suggestion ? `${error.suggestion}\n${hint}` : hint,
    cause: error.cause,
  });
}
