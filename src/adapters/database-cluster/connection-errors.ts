// What a failed connection means: whether to wait, to start the server, or what to tell the user.
import { TbError } from "../../errors.ts";
import { errorCode } from "../../secrets/private-files.ts";

/** `absent`: nothing listens. `busy`: a server is there but not ready (starting, stopping, all connections taken). */
export type ConnectionFailure =
  | "absent"
  | "busy"
  | "disk-full"
  | "no-database"
  | "authentication"
  | "no-host"
  | "other";

const BY_CODE: Record<string, ConnectionFailure> = {
  ENOENT: "absent", // no socket file
  ECONNREFUSED: "absent",
  ECONNRESET: "busy",
  EPIPE: "busy",
  ETIMEDOUT: "busy",
  EHOSTUNREACH: "busy",
  ENETUNREACH: "busy",
  EAI_AGAIN: "busy",
  EAGAIN: "busy", // the socket's queue is full
  ENOTFOUND: "no-host",
  "53100": "disk-full",
  "53200": "busy", // out of memory
  "53300": "busy", // too many connections
  "57P01": "busy", // terminated by an administrator
  "57P02": "busy", // crash shutdown
  "57P03": "busy", // starting up or shutting down
  "3D000": "no-database",
  "28P01": "authentication",
  "28000": "authentication",
};

export function classifyConnectionError(error: unknown): ConnectionFailure {
  if (isAboutFile(error)) return "other";
  const known = BY_CODE[errorCode(error) ?? ""];
  if (known) return known;
  if (error instanceof AggregateError) return classifyConnectionError(error.errors[0]); // each address of a host name
  return error instanceof Error && /terminated|not queryable|timeout|timed out/i.test(error.message) ? "busy" : "other";
}

/** The codes of a missing file and of a missing socket are the same. */
function isAboutFile(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error && error.syscall !== "connect";
}

/** The error a person can act on. `server` names it without its password: "postgres@db.example.com:5432". `settings` are the
 * variables to look at. */
export function connectionError(error: unknown, server: string, settings: string): TbError {
  const message = `Cannot connect to the Postgres server ${server}: ${reasonOf(error)}.`;
  switch (classifyConnectionError(error)) {
    case "authentication":
      return new TbError("authentication", message, {
        suggestion: `Check the user and the password in ${settings}.`,
        cause: error,
      });
    case "no-database":
      return new TbError("configuration", message, {
        suggestion: `Create that database, or name another one in ${settings}.`,
        cause: error,
      });
    case "absent":
    case "busy":
      return new TbError("transient", message, {
        suggestion: `Check that the server is running and that ${settings} names it, then try again.`,
        cause: error,
      });
    case "disk-full":
      return new TbError("transient", message, {
        suggestion: "Free some space on the disk of the server, then try again.",
        cause: error,
      });
    case "no-host":
    case "other":
  }
  return new TbError("configuration", message, { suggestion: `Check ${settings}.`, cause: error });
}

/** A host name with several addresses fails with an error for each: the first one tells. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
