// Where an embedded cluster lives and which uid runs it. Postgres refuses to run as root, so root starts it as another
// user and keeps the data where that user can reach it.
import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { chmod, lchown, lstat, mkdir, readFile, realpath } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { TbError } from "../../errors.ts";
import { errorCode, folderError } from "../../secrets/private-files.ts";
import { createSecretStore } from "../../secrets/secret-store.ts";
import { SHARED_BASE, sharedBase } from "../shared-base.ts";

export type EmbeddedClusterName = "control" | "projects";

interface ServerUser {
  uid: number;
  gid: number;
}

export interface PostgresLocation {
  /** Programs, data, passwords, logs and sockets of both clusters; owned by whoever runs tb. */
  base: string;
  data: string;
  /** Log of the running server, and of its last start. */
  log: string;
  /** The administrator's password, 0600. */
  passwordFile: string;
  hbaFile: string;
  /** Folder of the Unix socket. */
  sockets: string;
  /** Who runs the server when tb is root; null = whoever runs tb. */
  user: ServerUser | null;
}

/** The longest path of a Unix socket is 104 bytes on macOS (108 on Linux), `/.s.PGSQL.5432` and a NUL included. */
const LONGEST_SOCKET_FOLDER = 88;

/** Decides without creating anything but the home folder and the installation's id.
 * Throws TbError "configuration" when no place is possible. */
export async function locateCluster(home: string, which: EmbeddedClusterName): Promise<PostgresLocation> {
  const uid = process.getuid?.();
  if (uid === undefined) {
    throw new TbError("configuration", "The embedded Postgres does not run on Windows.", {
      suggestion: "Run tb inside WSL, or set PG_CONTROL_URL and the DB_CLUSTER_ variables to use a server of your own.",
    });
  }
  const installation = await createSecretStore({ home }).installationId(); // creates the home folder, mode 0700
  const inHome = join(await realpath(home), "postgres"); // one name, whatever links led here: it identifies the server
  if (uid !== 0) {
    requireAccount();
    return { ...paths(inHome, which, uid, installation), user: null };
  }
  const owner = (await ownerOf(join(inHome, which))) ?? (await ownerOf(inHome));
  const user = owner ?? (await nobody());
  const shared = sharedBase(installation);
  // Data stays where it was made, even when the rights of the home folder change later.
  const usesHome = owner !== null || (!(await holdsData(shared)) && (await canEnter(user, dirname(inHome))));
  if (usesHome && !(await canEnter(user, inHome))) throw unreachable(inHome, user);
  return { ...paths(usesHome ? inHome : shared, which, user.uid, installation), user };
}

function paths(
  base: string,
  which: EmbeddedClusterName,
  uid: number,
  installation: string,
): Omit<PostgresLocation, "user"> {
  const near = join(base, "run", which);
  // With the installation: a home that is removed and made anew must not meet the server of the old one.
  const far = `/tmp/tb-${uid}-${createHash("sha256").update(`${installation}/${base}/${which}`).digest("hex").slice(0, 12)}`;
  return {
    base,
    data: join(base, which),
    log: join(base, `${which}.log`),
    passwordFile: join(base, `${which}.password`),
    hbaFile: join(base, "pg_hba.conf"),
    sockets: Buffer.byteLength(near) <= LONGEST_SOCKET_FOLDER ? near : far,
  };
}

/** Creates the folders around the data. As root they belong to root; only the sockets' folder is the server's. */
export async function prepareFolders(location: PostgresLocation): Promise<void> {
  const { base, sockets, user } = location;
  const folders = base.startsWith(SHARED_BASE) ? [SHARED_BASE, base] : [base];
  if (sockets.startsWith(base)) folders.push(dirname(sockets));
  try {
    for (const folder of [...folders, sockets]) await makeOpenFolder(folder);
    await checkSocketFolder(location);
    if (user) await lchown(sockets, user.uid, user.gid); // never through a link that someone put there
  } catch (error) {
    throw folderError(error, base);
  }
}

/** Mode 0755 whatever the umask says, because another uid has to pass; an existing folder is left alone. */
async function makeOpenFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
    await chmod(folder, 0o755);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** A folder in /tmp can be made by anyone: a client must not talk to a stranger's server. Missing is fine. */
export async function checkSocketFolder(location: PostgresLocation): Promise<void> {
  const found = await lstatIfPresent(location.sockets);
  if (!found) return;
  const server = location.user?.uid ?? process.getuid!();
  if (found.isDirectory() && (found.uid === server || found.uid === 0) && (found.mode & 0o022) === 0) return;
  throw new TbError("configuration", `${location.sockets} belongs to someone else or can be changed by others.`, {
    suggestion: "Remove that folder, or set TB_HOME to a folder with a shorter path.",
  });
}

/** Postgres looks its user up in the system's list of accounts and stops when it is not there. */
function requireAccount(): void {
  try {
    userInfo();
  } catch (error) {
    throw new TbError(
      "configuration",
      `The user id ${process.getuid!()} has no account on this system; Postgres needs one.`,
      {
        suggestion:
          "Run tb as a user of /etc/passwd (in a container: docker run without --user, or add the user to the image).\n" +
          "Or set PG_CONTROL_URL and the DB_CLUSTER_ variables to use a server of your own.",
        cause: error,
      },
    );
  }
}

async function nobody(): Promise<ServerUser> {
  const accounts = await readFile("/etc/passwd", "utf8");
  const [, , uid, gid] =
    accounts
      .split("\n")
      .find((line) => line.startsWith("nobody:"))
      ?.split(":") ?? [];
  if (uid === undefined || gid === undefined) {
    throw new TbError("configuration", 'Postgres does not run as root, and there is no user "nobody" to run it as.', {
      suggestion: "Run tb as an ordinary user, or add the user nobody to the system.",
    });
  }
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }; // -2 on macOS
}

/** Whoever owns existing data keeps it: tb may be run with sudo in a user's home. Root's own folders do not count. */
async function ownerOf(path: string): Promise<ServerUser | null> {
  const found = await lstatIfPresent(path);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null;
}

async function canEnter(user: ServerUser, folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const found = await lstatIfPresent(path);
    if (found) {
      const needed = found.uid === user.uid ? 0o100 : found.gid === user.gid ? 0o010 : 0o001;
      if ((found.mode & needed) === 0) return false;
    }
    if (path === dirname(path)) return true;
  }
}

async function holdsData(base: string): Promise<boolean> {
  const clusters: readonly EmbeddedClusterName[] = ["control", "projects"];
  for (const which of clusters) if (await lstatIfPresent(join(base, which))) return true;
  return false;
}

function unreachable(folder: string, user: ServerUser): TbError {
  return new TbError(
    "configuration",
    `The user ${user.uid}, who owns the databases in ${folder}, cannot enter that folder.`,
    {
      suggestion: `Let others enter the folders above it (chmod o+x), or run tb as user ${user.uid}.`,
    },
  );
}

async function lstatIfPresent(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch {
    return null;
  }
}
