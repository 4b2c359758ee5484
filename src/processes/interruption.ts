// The error that an aborted signal stands for.
import { TbError } from "../errors.ts";

/** The signal's own TbError, else "interrupted". */
export function interruption(signal: AbortSignal): TbError {
  if (signal.reason instanceof TbError) return signal.reason;
  return new TbError("interrupted", "The run was interrupted.", { cause: signal.reason });
}
