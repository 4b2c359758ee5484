// The npm registry, which a first project of its kind is installed from.
import { execFile } from "node:child_process";
import { homedir, tmpdir } from "node:os";
import { promisify } from "node:util";
import { findNpm } from "../adapters/sandbox/npm-ci.ts";
import type { Config } from "../config.ts";
import { cleanEnvironment } from "../processes/clean-environment.ts";
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

async function registryUrl(passthrough: Config["passthrough"]): Promise<URL | null> {
  const given = passthrough.npm_config_registry ?? passthrough.NPM_CONFIG_REGISTRY;
  if (given !== undefined) return plainUrl(given); // npm itself would not tell one with a password in it
  const npm = findNpm(passthrough);
  if (!npm) return null;
  const [program, ...first] = npm;
  const env = {
    ...cleanEnvironment(passthrough, { home: homedir(), tmp: tmpdir() }),
    npm_config_logs_max: "0", // looking must not write anything
    npm_config_update_notifier: "false",
  };
  try {
    const options = { env, cwd: "/", timeout: 10_000 };
    const { stdout } = await promisify(execFile)(program, [...first, "config", "get", "registry"], options);
    return plainUrl(stdout.trim());
  } catch {
    return null; // npm is broken, which "not asked" tells
  }
}

/** Without a name or password in it; null for what is no address. */
function plainUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  [url.username, url.password] = ["", ""];
  return url;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer in ${ANSWERS_WITHIN / 1000} s`;
  const cause: unknown = error.cause;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
