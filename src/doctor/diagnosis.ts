// One thing that `tb doctor` looks at, and what it found.
import { setTimeout as delay } from "node:timers/promises";
import { toErrorJson } from "../errors.ts";
import { foreseenError } from "../foreseen-error.ts";

export interface Diagnosis {
  /** What was looked at, such as "git". */
  check: string;
  /** `problem`: tb cannot work without it. `warning`: something will not work, or not well. */
  status: "ok" | "warning" | "problem";
  /** What was found, in a sentence. */
  message: string;
  details: string[];
  /** What to do: commands or sentences, a line each; null when there is nothing to do. */
  fix: string | null;
}

export type Found = string | Pick<Diagnosis, "status" | "message" | "fix"> | Omit<Diagnosis, "check">;

/** A hung file system or server must not hang the doctor. */
const LONGEST = 20_000;

/** Makes one check. What it throws, or that it takes too long, is what it found: no check keeps another from being made.
 * @param severity of an error that it throws. */
export async function examine(
  check: string,
  severity: "warning" | "problem",
  work: () => Promise<Found>,
): Promise<Diagnosis> {
  const over = new AbortController();
  try {
    const found = await Promise.race([work(), tooLong(over.signal)]);
    if (typeof found === "string") return { check, status: "ok", message: found, details: [], fix: null };
    return { check, details: [], ...found };
  } catch (error) {
    const { message, details, suggestion } = toErrorJson(foreseenError(error) ?? error);
    return { check, status: severity, message, details: details ?? [], fix: suggestion };
  } finally {
    over.abort();
  }
}

async function tooLong(signal: AbortSignal): Promise<Found> {
  await delay(LONGEST, undefined, { signal, ref: false });
  return {
    status: "warning",
    message: `This could not be found out within ${LONGEST / 1000} seconds.`,
    fix: "Look whether a file system or a server in use hangs.",
  };
}
