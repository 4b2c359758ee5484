// Runs `npm ci` on tb's side: with the user's own registry, login and certificates, and without any package's scripts.
import { existsSync, realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { cleanEnvironment, searchPath } from "../../processes/clean-environment.ts";
import { launch, type Command } from "../../processes/launch.ts";
import { waitForEnd } from "../../processes/wait-for-end.ts";
import { createTextTail } from "../../processes/text-tail.ts";
import { npmFailure } from "./npm-failure.ts";
import type { Prerequisite } from "../prerequisite.ts";

const TIMEOUT = 15 * 60_000;
const ARGUMENTS = [
  "ci",
  "--ignore-scripts",
  "--include=dev",
  "--include=optional",
  "--prefer-offline",
  "--loglevel=http",
];

export const NO_NPM: Prerequisite = {
  problem: "npm was not found; it installs the packages of the generated project.",
  remedy: "Install Node.js from https://nodejs.org (it brings npm), or add npm to the PATH.",
};

export interface NpmCiOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((text: string) => void) | undefined;
  /** How many packages the lockfile lists, for the progress. */
  packages: number;
}

/** Installs into `folder`, which holds only the two manifests. Throws TbError "configuration" without npm, "transient"
 * when the registry cannot be reached, and more as `npmFailure` says. */
export async function npmCi(
  config: Config,
  folder: string,
  { signal, onProgress, packages }: NpmCiOptions,
): Promise<void> {
  const npm = findNpm(config.passthrough);
  if (!npm) throw new TbError("configuration", NO_NPM.problem, { suggestion: NO_NPM.remedy });
  const cache = join(config.home, "cache", "npm");
  await mkdir(cache, { recursive: true, mode: 0o700 });
  // HOME is the user's: npm reads ~/.npmrc there (registry, login, certificates) and writes nothing.
  const env = {
    ...cleanEnvironment(config.passthrough, { home: homedir(), tmp: tmpdir() }),
    npm_config_cache: cache,
    npm_config_logs_max: "0",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    npm_config_progress: "false",
    npm_config_fetch_retry_mintimeout: "500",
    npm_config_fetch_retry_maxtimeout: "4000",
    npm_config_fetch_timeout: "60000",
  };
  // Packages hold no secret, and a sandbox may belong to another user who has to read them.
  const readable: Command = ["/bin/sh", "-c", 'umask 022; exec "$@"', "tb", ...npm];
  const child = await launch([...readable, ...ARGUMENTS], { cwd: folder, env, mark: folder });
  const output = createTextTail();
  let fetched = 0;
  onProgress?.(`Downloading ${packages} packages (once for this lockfile)`);
  child.stdout.on("data", (chunk: Buffer) => output.add(chunk.toString("utf8")));
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (/^npm http fetch GET 200 \S+\.tgz/.test(line))
      onProgress?.(`Downloading packages: ${Math.min(++fetched, packages)} of ${packages}`);
    else output.add(`${line}\n`);
  });
  const { exitCode, timedOut } = await waitForEnd(child, { signal, timeout: TIMEOUT });
  if (exitCode !== 0) throw npmFailure(output.text(), timedOut);
}

/** npm's own program run by this Node, beside Node or on the search path; else whatever is called npm there;
 * null when there is none. */
export function findNpm(passthrough: Readonly<Record<string, string>>): Command | null {
  let other: string | undefined;
  for (const folder of searchPath(passthrough).split(delimiter)) {
    const found = join(folder, "npm");
    const candidates = [
      join(folder, "../lib/node_modules/npm/bin/npm-cli.js"),
      join(folder, "node_modules/npm/bin/npm-cli.js"),
    ];
    if (existsSync(found)) {
      const real = realpathSync(found);
      candidates.unshift(
        real,
        join(dirname(real), "npm-cli.js"),
        join(dirname(real), "node_modules/npm/bin/npm-cli.js"),
      );
      other ??= found; // a version manager's stand-in, which knows where npm is
    } else if (folder !== dirname(process.execPath)) continue;
    const program = candidates.find((file) => basename(file) === "npm-cli.js" && existsSync(file));
    if (program) return [process.execPath, program];
  }
  return other ? [other] : null;
}
