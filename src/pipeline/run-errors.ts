// What is thrown inside a run, as the error that decides between parking and failing, and back from a checkpoint.
import { TbError, toErrorJson, type ErrorJson, type TbErrorOptions } from "../errors.ts";

/** Anything thrown, as the error that decides between parking and failing. An aborted call counts as an interruption. */
export function asTbError(error: unknown): TbError {
  if (error instanceof TbError) return error;
  if (error instanceof Error && error.name === "AbortError")
    return new TbError("interrupted", "Interrupted.", { cause: error });
  if (isConnectionLoss(error)) {
    const message = `A database does not answer: ${(error as Error).message}`;
    return new TbError("transient", message, { suggestion: "tb db status", cause: error });
  }
  const json = toErrorJson(error);
  return new TbError(json.code, json.message, {
    ...(json.suggestion && { suggestion: json.suggestion }),
    cause: error,
  });
}

/** Postgres' class 08 and shutdown codes, and what the socket says (https://www.postgresql.org/docs/18/errcodes-appendix.html). */
function isConnectionLoss(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (/^(08|57P0[123]|53300)/.test(code ?? "")) return true;
  if (["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code ?? "")) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout/.test(message ?? "");
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
