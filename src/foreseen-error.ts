// Errors of the system and of Postgres that are nobody's defect, as errors a person can act on.
import { TbError } from "./errors.ts";

/** The error as tb tells it, or null when tb did not foresee it. Reads the causes too. */
export function foreseenError(error: unknown): TbError | null {
  if (error instanceof TbError) return error;
  if (!(error instanceof Error)) return null;
  if (error.name === "AbortError") return new TbError("interrupted", "Interrupted.", { cause: error });
  return diskError(error) ?? connectionLoss(error) ?? foreseenError(error.cause);
}

const DISK: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  "53100": "the disk is full", // Postgres' own word for it
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

/** A full disk is a reason to wait, the rest is for the user to repair. */
function diskError(error: Error): TbError | null {
  const { code = "", path, dest } = error as { code?: string; path?: string; dest?: string };
  const reason = DISK[code];
  if (reason === undefined) return null;
  const full = code === "ENOSPC" || code === "EDQUOT" || code === "53100";
  const place = dest ?? path;
  if (!full && place === undefined) return null; // not about a file: a signal, a port
  return new TbError(
    full ? "transient" : "configuration",
    `Cannot write${place === undefined ? "" : ` to ${place}`}: ${reason}.`,
    {
      suggestion: full
        ? "Free some space, then try again."
        : "Repair that folder, or set TB_HOME to a folder you can write to.",
      cause: error,
    },
  );
}

/** Postgres' class 08 and shutdown codes, and what the socket says (https://www.postgresql.org/docs/18/errcodes-appendix.html). */
function connectionLoss(error: Error): TbError | null {
  const { code = "", message } = error as { code?: string; message: string };
  const lost =
    /^(08|57P0[123]|53300)/.test(code) ||
    ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code) ||
    /Connection terminated|is not queryable|timeout exceeded when trying to connect|Query read timeout/.test(message);
  if (!lost) return null;
  return new TbError("transient", `A database does not answer: ${message.replace(/\.$/, "")}.`, {
    suggestion: "tb db status",
    cause: error,
  });
}
