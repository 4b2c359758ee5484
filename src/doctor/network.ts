// The npm registry, which a first project of its kind is installed from.
import { registryUrl } from "../adapters/sandbox/registry/registry-url.ts";
import type { Config } from "../config.ts";
import type { Found } from "./diagnosis.ts";

const ANSWERS_WITHIN = 4000;

export interface RegistryAnswer {
  /** Without a name or password in it; null when npm cannot say. */
  host: string | null;
  reachable: boolean | "not asked";
  /** What time it is there; null when it did not say. */
  time: Date | null;
  why: string;
}

/** Asks the registry that npm is set to. Never throws. */
export async function askRegistry({ passthrough }: Pick<Config, "passthrough">): Promise<RegistryAnswer> {
  const url = await registryUrl(passthrough);
  if (!url) return { host: null, reachable: "not asked", time: null, why: "npm does not say which one it is" };
  const { host } = url;
  if (Object.keys(passthrough).some((name) => /^https?_proxy$/i.test(name))) {
    return { host, reachable: "not asked", time: null, why: "npm reaches it through the proxy that is set" };
  }
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(ANSWERS_WITHIN) });
    const date = Date.parse(answer.headers.get("date") ?? "");
    return {
      host,
      reachable: true,
      time: Number.isNaN(date) ? null : new Date(date),
      why: `answered ${answer.status}`,
    };
  } catch (error) {
    return { host, reachable: false, time: null, why: reasonOf(error) };
  }
}

/** @param prepared how many kinds of projects can be made without it. */
export function describeRegistry({ host, reachable, why }: RegistryAnswer, prepared: number): Found {
  if (reachable === true) return `${host} answers`;
  if (reachable === "not asked") return `${host ?? "the registry"} was not asked: ${why}`;
  return {
    status: "warning",
    message:
      prepared > 0
        ? `${host} cannot be reached (${why}). What was installed before is kept, so most projects can still be made.`
        : `${host} cannot be reached (${why}), and nothing was installed before.`,
    fix: "Check the network, or npm's setting: npm config get registry",
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer in ${ANSWERS_WITHIN / 1000} s`;
  const cause: unknown = error.cause;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
