// A new data directory: made in a temporary folder and renamed into place, so that it is there whole or not at all. Of
// several processes that do this at once one wins and the others throw theirs away.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { TbError } from "../../errors.ts";
import { createOnce, errorCode, folderError, readIfPresent } from "../../secrets/private-files.ts";
import { unfinishedName } from "../../processes/one-at-a-time.ts";
import type { PostgresPrograms } from "./postgres-binaries.ts";
import type { PostgresLocation } from "./postgres-location.ts";

const run = promisify(execFile);

export const ADMINISTRATOR = "turbobackend";

/** Only local sockets, and always a password. */
const HBA = "local all all scram-sha-256\n";

/** Makes sure there is a data directory, its password file and its access rules.
 * Throws TbError "configuration" when it belongs to another major version or cannot be made, "transient" when the disk is full. */
export async function ensureDataDirectory(location: PostgresLocation, programs: PostgresPrograms): Promise<void> {
  const password = await createOnce(location.passwordFile, () => randomBytes(24).toString("base64url"));
  if ((await readIfPresent(location.hbaFile)) !== HBA.trim()) await writeRules(location.hbaFile);
  const version = await dataVersion(location);
  if (version === null) await initialise(location, programs, password);
  else if (!programs.version.startsWith(`${version}.`)) {
    throw new TbError(
      "configuration",
      `${location.data} was made by Postgres ${version}; this tb brings ${programs.version}.`,
      {
        suggestion: "Use the tb that made it, or move that folder away to begin with an empty one.",
      },
    );
  }
}

/** Major version of the data ("18"); null when there is none. */
export async function dataVersion(location: PostgresLocation): Promise<string | null> {
  try {
    return (await readFile(join(location.data, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw new TbError(
      "configuration",
      `Cannot read ${location.data} (${errorCode(error)}): it belongs to another user.`,
      {
        suggestion: "Run tb as that user, or set TB_HOME to a folder of your own.",
        cause: error,
      },
    );
  }
}

/** Written aside and renamed: a server that is starting must not read half of it. Readable to the server's user. */
async function writeRules(path: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(temporary, HBA, { flag: "wx" });
  await chmod(temporary, 0o644);
  await rename(temporary, path);
}

async function initialise(location: PostgresLocation, programs: PostgresPrograms, password: string): Promise<void> {
  const temporary = unfinishedName(location.data, randomBytes(6).toString("hex"));
  const passwordCopy = `${temporary}.pw`; // the server's user may read this one, and only this one
  try {
    await mkdir(temporary, { mode: 0o700 });
    const file = await open(passwordCopy, "wx", 0o600);
    await file.writeFile(password);
    if (location.user) {
      await file.chown(location.user.uid, location.user.gid);
      await chown(temporary, location.user.uid, location.user.gid);
    }
    await file.close();
    await initdb(location, programs, [
      `--pgdata=${temporary}`,
      `--pwfile=${passwordCopy}`,
      `--username=${ADMINISTRATOR}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
      "--set=shared_buffers=16MB", // given, so that initdb need not try out what the machine can do
      "--set=max_connections=20",
    ]);
    await initdb(location, programs, ["--sync-only", `--pgdata=${temporary}`]);
    await rename(temporary, location.data);
    await syncFolder(location.base);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw folderError(error, location.base);
  } finally {
    await rm(passwordCopy, { force: true });
    await rm(temporary, { recursive: true, force: true });
  }
}

async function initdb(location: PostgresLocation, programs: PostgresPrograms, parameters: string[]): Promise<void> {
  try {
    await run(programs.initdb, parameters, {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }, // TZ: saves the search for the machine's time zone
      ...location.user,
    });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const full = /no space left|disk quota/i.test(said);
    throw new TbError(
      full ? "transient" : "configuration",
      full
        ? `The disk is full: no new database fits in ${location.base}.`
        : "Could not create the embedded Postgres database.",
      {
        details: said === "" ? [String(error)] : said.split("\n").slice(-5),
        suggestion: full
          ? "Free some space and run the command again."
          : `Check that ${location.base} can be written, or set TB_HOME to another folder.`,
        cause: error,
      },
    );
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync(); // makes the rename last through a power cut
  } finally {
    await handle.close();
  }
}
