// Which npm registry the user has: what npm itself says outside of any project, so that no project's .npmrc has a say.
import { execFile } from "node:child_process";
import { homedir, tmpdir } from "node:os";
import { promisify } from "node:util";
import { cleanEnvironment } from "../../../processes/clean-environment.ts";
import { findNpm } from "../npm-ci.ts";

const known = new Map<string, Promise<URL | null>>();

/** Without a name or password in it; null when npm cannot say. Asked once per process, because npm takes its time. */
export function registryUrl(passthrough: Readonly<Record<string, string>>): Promise<URL | null> {
  const key = JSON.stringify(passthrough);
  let found = known.get(key);
  if (!found) known.set(key, (found = askNpm(passthrough)));
  return found;
}

async function askNpm(passthrough: Readonly<Record<string, string>>): Promise<URL | null> {
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
    return null; // npm is broken, which whoever asked tells
  }
}

function plainUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  [url.username, url.password] = ["", ""];
  return url;
}
