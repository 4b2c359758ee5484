// Installed dependencies, prepared once per lockfile and machine for every sandbox that needs them.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../../config.ts";
import { claimOwner, makeClaim } from "../../processes/claims.ts";
import { interruption } from "../../processes/interruption.ts";
import { isAlive } from "../../processes/is-alive.ts";
import { isRunning, ownIdentity, parseIdentity } from "../../processes/process-identity.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { checkManifests, type Manifests } from "./manifests.ts";
import { npmCi } from "./npm-ci.ts";
import { errorCode } from "../../processes/error-code.ts";
import { isSealed, placePackages, type PlaceFor, seal } from "./shared-packages.ts";
import { spareName } from "./spare-packages.ts";

export interface PrepareOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((text: string) => void) | undefined;
}

/** The folder of all prepared dependencies. */
export function dependencyCache({ home }: Pick<Config, "home">): string {
  return join(home, "cache", "dependencies");
}

/** Returns the folder that holds `node_modules` for these manifests; installs it first when no one has. At most one
 * process downloads, the others wait for it. Throws TbError as `checkManifests` and `npmCi` do. */
export async function prepareDependencies(
  config: Config,
  manifests: Manifests,
  options: PrepareOptions,
): Promise<{ folder: string; cached: boolean }> {
  const { key, packages } = checkManifests(manifests);
  const cache = dependencyCache(config);
  const folder = join(cache, key);
  if (markUsed(folder)) return { folder, cached: true };
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const release = await claim(`${folder}.installing`, () => existsSync(folder), options.signal);
  try {
    if (markUsed(folder)) return { folder, cached: true };
    await removeAbandoned(cache);
    const temporary = join(cache, `.new-${process.pid}-${randomBytes(6).toString("hex")}`);
    try {
      await mkdir(join(temporary, "node_modules"), { recursive: true, mode: 0o700 }); // an empty lockfile makes none
      await writeFile(join(temporary, "package.json"), manifests.packageJson);
      await writeFile(join(temporary, "package-lock.json"), manifests.lockfile);
      await npmCi(config, temporary, { ...options, packages });
      await seal(temporary);
      await moveIntoPlace(temporary, folder);
    } finally {
      await removeTree(temporary);
    }
    return { folder, cached: false };
  } finally {
    release();
  }
}

/** Entries that no sandbox was given for a while are removed by `tb cleanup`, which goes by this time. */
function markUsed(folder: string): boolean {
  try {
    utimesSync(folder, new Date(), new Date());
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    if (["EACCES", "EPERM", "EROFS"].includes(errorCode(error) ?? "")) return true; // someone else's, to be read only
    throw error;
  }
}

/** Puts the prepared packages of these manifests at `to`, which must not exist; returns where they were prepared, and what they
 * are called as spare packages. Throws like `prepareDependencies`. */
export async function placeDependencies(
  config: Config,
  manifests: Manifests,
  place: Omit<PlaceFor, "spare">,
  options: PrepareOptions,
): Promise<{ folder: string; cached: boolean; spare: string }> {
  while (true) {
    const { folder, cached } = await prepareDependencies(config, manifests, options);
    const spare = spareName(folder);
    if (await placePackages(folder, { ...place, spare }, options.signal)) return { folder, cached, spare };
    options.onProgress?.("The prepared packages were changed: preparing them anew");
    await discardChanged(folder);
  }
}

/** Moved away first, so that nobody is given half of them. */
async function discardChanged(folder: string): Promise<void> {
  if (!existsSync(folder) || (await isSealed(folder))) return; // someone else was faster
  const away = join(folder, "..", `.new-${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    await rename(folder, away);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  await removeTree(away);
}

/** Waits until this process may install, or until `done` says that another one has. The claim only saves downloads: what
 * makes the result right is the rename, so a claim whose owner has died or failed is simply passed over. */
async function claim(file: string, done: () => boolean, signal?: AbortSignal): Promise<() => void> {
  for (let waited = false; !done(); waited = true) {
    if (signal?.aborted) throw interruption(signal);
    if (makeClaim(file, JSON.stringify(ownIdentity()))) return () => rmSync(file, { force: true });
    const owner = readOwner(file);
    if (owner === "dead") rmSync(file, { force: true });
    else if (owner === "gone" && waited) break; // it failed: whoever waited tries alone, all at once
    else await delay(100);
  }
  return () => undefined;
}

function readOwner(file: string): "alive" | "dead" | "gone" {
  const owner = claimOwner(file);
  if (owner === null) return "gone";
  const identity = parseIdentity(JSON.parse(owner));
  return identity && isRunning(identity) ? "alive" : "dead";
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Someone else was faster, with the same content.
    if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw error;
  }
}

/** Removes what installs that were killed have left. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of readdirSync(cache)) {
    const pid = /^\.new-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeTree(join(cache, name));
  }
}
