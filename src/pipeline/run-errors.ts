// What is thrown inside a run, as the error that decides between parking and failing, and back from a checkpoint.
import { TbError, toErrorJson, type ErrorJson, type TbErrorOptions } from "../errors.ts";
import { foreseenError } from "../foreseen-error.ts";

/** Anything thrown, as the error that decides between parking and failing. An aborted call counts as an interruption. */
export function asTbError(error: unknown): TbError {
  const foreseen = foreseenError(error);
  if (foreseen) return foreseen;
  const json = toErrorJson(error);
  return new TbError(json.code, json.message, {
    ...(json.suggestion && { suggestion: json.suggestion }),
    cause: error,
  });
}

/** An error that a checkpoint or a row holds; a run that has met it does not park. */
export function reviveError(json: ErrorJson): TbError {
  const options: TbErrorOptions = { retryable: json.retryable, parks: false };
  if (json.suggestion) options.suggestion = json.suggestion;
  if (json.details) options.details = json.details;
  return new TbError(json.code, json.message, options);
}

/** Throws the reason as a TbError. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof TbError ? signal.reason : new TbError("interrupted", "Interrupted.");
}
