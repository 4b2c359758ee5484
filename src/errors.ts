// The one error type a user meets, and its exit codes (product.md, "Output contract").
import { redact } from "./secrets/redactor.ts";

/** What went wrong, as a program reads it. Each code has one exit code. */
export type ErrorCode =
  | "failure"
  | "usage"
  | "configuration"
  | "authentication"
  | "not_found"
  | "approval_required"
  | "verification_failed"
  | "limit_reached"
  | "conflict"
  | "partial"
  | "not_understood"
  | "transient"
  | "interrupted";

export const EXIT_CODES: Record<ErrorCode, number> = {
  failure: 1,
  usage: 2,
  configuration: 3,
  authentication: 4,
  not_found: 5,
  approval_required: 6,
  verification_failed: 7,
  limit_reached: 8,
  conflict: 9,
  partial: 10,
  not_understood: 11,
  transient: 75,
  interrupted: 130,
};

/** Each outcome in a few words, as help lists it. */
export const EXIT_MEANINGS: Record<ErrorCode | "done", string> = {
  done: "done, and verified where verification applies",
  failure: "failure",
  usage: "wrong usage",
  configuration: "configuration or prerequisite missing",
  authentication: "not let in: wrong or missing credentials",
  not_found: "not found",
  approval_required: "approval required or refused",
  verification_failed: "verification failed",
  limit_reached: "budget, turn or time limit reached",
  conflict: "conflict or drift",
  partial: "partly done; tb resume continues",
  not_understood: "the request was not (wholly) understood",
  transient: "try again",
  interrupted: "interrupted",
};

/** Errors that park a run instead of undoing it (product.md, R1): exits 6-10, 75 and an interruption. A conflict before
 * anything exists is a failure like any other, so phases that create nothing throw it with `parks: false`. */
const PARKING: ReadonlySet<ErrorCode> = new Set([
  "approval_required",
  "verification_failed",
  "limit_reached",
  "conflict",
  "partial",
  "transient",
  "interrupted",
]);

export interface ErrorJson {
  code: ErrorCode;
  /** What failed, and why. */
  message: string;
  /** What to do next: commands or sentences, a line each; null when there is nothing to say. */
  suggestion: string | null;
  /** Whether the same command may succeed later. */
  retryable: boolean;
  /** More lines that a person reads below the message; null when there are none. */
  details: string[] | null;
}

export interface TbErrorOptions extends ErrorOptions {
  /** What to do next: one or more commands or sentences, a line each. */
  suggestion?: string;
  retryable?: boolean;
  details?: string[];
  /** Overrides whether a run that meets this error is parked (kept, resumable) or failed (undone). */
  parks?: boolean;
}

/** An expected failure: its message, details and suggestion are shown. Any other Error is a defect of tb. */
export class TbError extends Error {
  readonly code: ErrorCode;
  readonly suggestion: string | null;
  readonly retryable: boolean;
  readonly details: string[] | undefined;
  readonly parks: boolean;

  constructor(code: ErrorCode, message: string, options: TbErrorOptions = {}) {
    super(message, options);
    this.name = "TbError";
    this.code = code;
    this.suggestion = options.suggestion ?? null;
    this.retryable = options.retryable ?? code === "transient";
    this.details = options.details;
    this.parks = options.parks ?? PARKING.has(code);
  }
}

/** The error as data, without any secret that this process knows; an unexpected error becomes a `failure` that says it is
 * tb's own fault. */
export function toErrorJson(error: unknown): ErrorJson {
  if (error instanceof TbError) {
    return {
      code: error.code,
      message: redact(error.message),
      suggestion: error.suggestion === null ? null : redact(error.suggestion),
      retryable: error.retryable,
      details: error.details?.map(redact) ?? null,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "failure",
    message: `Unexpected error: ${redact(message)}`,
    suggestion: "Run the command again with TB_DEBUG=1 and report what it prints.",
    retryable: false,
    details: null,
  };
}
