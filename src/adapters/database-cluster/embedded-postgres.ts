// One embedded Postgres server: started when it is needed, left running when the command ends. No lock of ours: the server's
// own pid file decides who serves (docs/decisions.md, 1).
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { ClusterSettings, Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { errorCode, readIfPresent } from "../../secrets/private-files.ts";
import { rememberSecret } from "../../secrets/redactor.ts";
import { classifyConnectionError, connectionError } from "./connection-errors.ts";
import { ADMINISTRATOR, dataVersion, ensureDataDirectory } from "./init-data-directory.ts";
import { isAlive } from "../../processes/is-alive.ts";
import { oneAtATime, sweepUnfinished } from "../../processes/one-at-a-time.ts";
import { findPackage, installPrograms, type PostgresPrograms } from "./postgres-binaries.ts";
import {
  checkSocketFolder,
  type EmbeddedClusterName,
  locateCluster,
  prepareFolders,
  type PostgresLocation,
} from "./postgres-location.ts";
import { runningPid, type StartedPostmaster, startPostmaster, wasKilled } from "./postmaster.ts";

interface EmbeddedStatus {
  running: boolean;
  pid: number | null;
  /** Of the programs, such as "18.4.0-beta.17". */
  version: string;
  /** False until the cluster was started for the first time. */
  initialised: boolean;
  dataDirectory: string;
  socketDirectory: string;
  logFile: string;
  sizeBytes: number;
}

export interface EmbeddedPostgres {
  readonly name: EmbeddedClusterName;
  /** Starts the server, creating everything on first use; returns when it accepts connections. Safe in many processes.
   * Throws TbError: "configuration" when it cannot run here, "transient" when it does not come up in time. */
  ensure(): Promise<void>;
  /** Starts a server again that was killed, and says so; one that runs, was stopped or was never there stays as it is. */
  revive(): Promise<boolean>;
  /** Ends sessions, stops the server and waits until it is gone; false when it was not running. */
  stop(): Promise<boolean>;
  status(): Promise<EmbeddedStatus>;
  /** Like `status`, without looking at sizes. */
  isRunning(): Promise<boolean>;
  /** How to connect as the administrator; throws TbError "not_found" before the first `ensure`. */
  administrator(): Promise<SocketSettings>;
}

/** Without TLS, also where PGSSLMODE is set for other servers. */
type SocketSettings = ClusterSettings & { ssl: false };

/** The port only names the socket file: no network is involved. */
const PORT = 5432;
const START_TIMEOUT = 60_000;
const POLL = 10;
/** Starts in a row that may fail for a reason of their own (not: another starter was faster). */
const FAILED_STARTS = 3;

export function createEmbeddedPostgres(config: Pick<Config, "home">, which: EmbeddedClusterName): EmbeddedPostgres {
  let located: Promise<PostgresLocation> | undefined;
  let starting: Promise<void> | undefined;

  function location(): Promise<PostgresLocation> {
    return (located ??= locateCluster(config.home, which));
  }

  async function administrator(): Promise<SocketSettings> {
    const place = await location();
    await checkSocketFolder(place);
    const password = await readIfPresent(place.passwordFile);
    if (password === null)
      throw new TbError("not_found", `The ${which} database has not been started yet.`, {
        suggestion: "Run: tb db start",
      });
    rememberSecret(password);
    return { host: place.sockets, port: PORT, user: ADMINISTRATOR, password, ssl: false };
  }

  async function ensure(): Promise<void> {
    starting ??= location().then((place) => bringUp(place, which, administrator));
    try {
      await starting;
    } finally {
      starting = undefined; // asked again later, it looks again
    }
  }

  async function revive(): Promise<boolean> {
    if (!(await wasKilled(await location()))) return false;
    await ensure();
    return true;
  }

  async function stop(): Promise<boolean> {
    const place = await location();
    const pid = await runningPid(place);
    if (pid === null) return false;
    try {
      process.kill(pid, "SIGINT"); // "fast": ends sessions and writes everything out
    } catch (error) {
      if (errorCode(error) === "EPERM") {
        throw new TbError(
          "configuration",
          `The ${which} database server (process ${pid}) was started by another user.`,
          {
            suggestion: "Stop it as that user.",
          },
        );
      }
      if (errorCode(error) !== "ESRCH") throw error;
    }
    const deadline = performance.now() + START_TIMEOUT;
    while ((await runningPid(place)) === pid && isAlive(pid)) {
      if (performance.now() > deadline)
        throw new TbError("transient", `The ${which} database server (process ${pid}) is still writing to disk.`, {
          suggestion: "Try again in a minute.",
        });
      await sleep(POLL);
    }
    return true;
  }

  async function status(): Promise<EmbeddedStatus> {
    const place = await location();
    const pid = await runningPid(place);
    const sizeBytes = await folderSize(place.data);
    return {
      running: pid !== null,
      pid,
      version: (await findPackage()).version,
      initialised: sizeBytes > 0,
      dataDirectory: place.data,
      socketDirectory: place.sockets,
      logFile: place.log,
      sizeBytes,
    };
  }

  async function isRunning(): Promise<boolean> {
    return (await runningPid(await location())) !== null;
  }

  return { name: which, ensure, revive, stop, status, isRunning, administrator };
}

async function bringUp(
  place: PostgresLocation,
  which: EmbeddedClusterName,
  administrator: () => Promise<SocketSettings>,
): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT;
  let programs: PostgresPrograms | undefined;
  let server: StartedPostmaster | undefined;
  let failures = 0;
  for (;;) {
    const answer =
      (await readIfPresent(place.passwordFile)) === null ? "absent" : await probe(await administrator(), which);
    if (answer === "up") return;
    if (performance.now() > deadline) throw await startError(place, which, server, "transient");
    if (answer === "absent" && !isStarting(server) && (await runningPid(place)) === null) {
      if (server && (await failedByItself(server))) failures += 1;
      if (failures >= FAILED_STARTS) throw await startError(place, which, server, "configuration");
      if (server) await sleep(POLL * 10); // leftovers of a killed server need a moment to go
      programs ??= await prepare(place);
      server = await startPostmaster(place, programs, which);
    }
    await sleep(POLL);
  }
}

/** Everything that must exist before a start. Ten commands on an empty home do not make ten data directories. */
async function prepare(place: PostgresLocation): Promise<PostgresPrograms> {
  await prepareFolders(place);
  await sweepUnfinished(place.base);
  let programs: PostgresPrograms | undefined;
  await oneAtATime(
    `${place.data}.making`,
    async () => (await dataVersion(place)) !== null,
    async () => {
      programs = await installPrograms(place.base);
      await ensureDataDirectory(place, programs);
    },
  );
  programs ??= await installPrograms(place.base); // of this tb's version
  await ensureDataDirectory(place, programs);
  return programs;
}

/** Whether the server answers; a full one (too many connections) does. */
async function probe(settings: SocketSettings, which: EmbeddedClusterName): Promise<"up" | "busy" | "absent"> {
  const client = new Client({ ...settings, database: "postgres", connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // a server that stops right now; the next round finds out
  try {
    await client.connect();
    return "up";
  } catch (error) {
    if (errorCode(error) === "53300") return "up";
    const failure = classifyConnectionError(error);
    if (failure === "busy" || failure === "absent") return failure;
    if (failure === "disk-full") throw connectionError(error, "embedded in tb", "tb db status");
    throw new TbError(
      failure === "authentication" ? "authentication" : "configuration",
      `The ${which} database server refuses tb: ${error instanceof Error ? error.message : String(error)}.`,
      {
        suggestion:
          "Its password file and its data do not belong together. Restore the folder from a backup as a whole.",
        cause: error,
      },
    );
  } finally {
    await client.end();
  }
}

function isStarting(server: StartedPostmaster | undefined): boolean {
  return server !== undefined && server.exitCode() === null && server.spawnError() === null;
}

/** A start that lost against another starter, or came too early after a crash, says so; anything else is its own fault. */
async function failedByItself(server: StartedPostmaster): Promise<boolean> {
  return !/lock file ".*" already exists|pre-existing shared memory block|is empty/.test(await server.said());
}

async function startError(
  place: PostgresLocation,
  which: EmbeddedClusterName,
  server: StartedPostmaster | undefined,
  code: "configuration" | "transient",
): Promise<TbError> {
  const said = (server?.spawnError()?.message ?? (await server?.said()) ?? "").trim();
  const full = /no space left|disk quota/i.test(said);
  return new TbError(
    full ? "transient" : code,
    full
      ? `The disk is full: the ${which} database server cannot start.`
      : `The ${which} database server did not start.`,
    {
      ...(said !== "" && { details: said.split("\n").slice(-8) }),
      suggestion: full
        ? "Free some space and run the command again."
        : `Its log is ${place.log}. Run the command again once the cause is gone.`,
    },
  );
}

async function folderSize(folder: string): Promise<number> {
  let total = 0;
  try {
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) total += await fileSize(join(entry.parentPath, entry.name));
    }
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  return total;
}

/** Bytes on disk; files of a running server come and go. */
async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}
