// The server process: found through its pid file, started detached from the command, stopped by signal.
import { execFile, spawn } from "node:child_process";
import { copyFile, open, readFile, stat, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { isAlive } from "../../processes/is-alive.ts";
import { errorCode } from "../../secrets/private-files.ts";
import type { PostgresPrograms } from "./postgres-binaries.ts";
import type { EmbeddedClusterName, PostgresLocation } from "./postgres-location.ts";

const run = promisify(execFile);

/** A log longer than this (bytes) is moved aside when tb next looks at the cluster. */
const LONGEST_LOG = 2_000_000;

/** Room for ten tb commands of 8 connections each and for workers; for the pools of some twenty deployed apps. Each hundred
 * costs 3 MB of memory in an idle server (bench/postgres.ts). */
const MAX_CONNECTIONS: Record<EmbeddedClusterName, number> = { control: 150, projects: 200 };

/** The settings of a small server on a developer's machine. They are given at each start, so that a newer tb's apply. */
function settings(location: PostgresLocation, which: EmbeddedClusterName): Record<string, string | number> {
  return {
    listen_addresses: "",
    unix_socket_directories: location.sockets,
    unix_socket_permissions: "0777", // the password protects; deployed apps run as other users
    hba_file: location.hbaFile,
    max_connections: MAX_CONNECTIONS[which],
    superuser_reserved_connections: 8, // tb gets in when apps have taken every other connection
    shared_buffers: "16MB",
    wal_level: "minimal",
    max_wal_senders: 0,
    max_wal_size: "256MB",
    min_wal_size: "32MB",
    io_method: "sync",
    jit: "off",
    client_connection_check_interval: "5s", // what a killed program had asked for is not worked on any longer
    max_worker_processes: 2,
    max_parallel_workers: 2,
    autovacuum_worker_slots: 3,
    password_encryption: "scram-sha-256",
    // The log says why a server did not start or stopped; a statement's error goes to the client that sent it, and
    // statements, which hold users' data, are never logged.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_statement: "none",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] ",
    log_timezone: "UTC",
    timezone: "UTC",
  };
}

export interface StartedPostmaster {
  /** The exit code once it has ended (128 + signal for a signal); null while it runs. */
  exitCode(): number | null;
  /** Why it could not be started at all (missing program, no permission). */
  spawnError(): Error | null;
  /** What the server's log got since this start, other starters' lines included. */
  said(): Promise<string>;
}

/** Starts the server in a session of its own: it outlives the command and a Ctrl-C in its terminal, and holds none of its
 * files open. Whether another starter was faster shows in its exit. */
export async function startPostmaster(
  location: PostgresLocation,
  programs: PostgresPrograms,
  which: EmbeddedClusterName,
): Promise<StartedPostmaster> {
  await boundLog(location.log);
  const log = await open(location.log, "a", 0o600);
  try {
    const begin = (await log.stat()).size;
    const parameters = Object.entries(settings(location, which)).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(programs.postgres, ["-D", location.data, ...parameters], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", ...(await disownReusedPid(location)) },
      ...location.user,
    });
    let failure: Error | null = null;
    child.on("error", (error) => (failure = error));
    child.unref();
    return {
      exitCode: () => child.exitCode ?? (child.signalCode === null ? null : 128),
      spawnError: () => failure,
      said: async () => (await readFile(location.log)).subarray(begin).toString("utf8"),
    };
  } finally {
    await log.close();
  }
}

/** Pid of the running server; null when there is none. */
export async function runningPid(location: PostgresLocation): Promise<number | null> {
  const pid = await recordedPid(location);
  return pid !== null && (await isPostmaster(pid, location.data)) ? pid : null;
}

/** Whether the server has died and could not put its things in order: one that is stopped removes its pid file. */
export async function wasKilled(location: PostgresLocation): Promise<boolean> {
  return (await recordedPid(location)) !== null && (await runningPid(location)) === null;
}

/** After a crash the pid in the pid file may have been given to another process, and Postgres would then refuse to start for
 * ever. Told that the pid is its grandparent's (as pg_ctl does for its own), it takes the file for stale, and everything
 * else stays its own decision: no file is removed here, so no race with another starter. */
async function disownReusedPid(location: PostgresLocation): Promise<Record<string, string>> {
  const pid = await recordedPid(location);
  if (pid === null || !isAlive(pid) || (await isPostmaster(pid, location.data))) return {};
  return { PG_GRANDPARENT_PID: String(pid) };
}

/** From the first line of postmaster.pid. */
async function recordedPid(location: PostgresLocation): Promise<number | null> {
  try {
    const pid = Number.parseInt(await readFile(join(location.data, "postmaster.pid"), "utf8"), 10);
    return pid > 0 ? pid : null;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Whether this process is the server of exactly this data directory; its backends and zombies are not. */
async function isPostmaster(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    return basename(words[0] ?? "") === "postgres" && words.includes(data);
  } catch (error) {
    if (process.platform === "linux" && ["ENOENT", "ESRCH"].includes(errorCode(error) ?? "")) return false;
  }
  try {
    const { stdout } = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
    return stdout.includes(`/postgres -D ${data} `);
  } catch {
    return false; // ps exits 1 when there is no such process
  }
}

async function boundLog(path: string): Promise<void> {
  try {
    if ((await stat(path)).size <= LONGEST_LOG) return;
    await copyFile(path, `${path}.old`);
    await truncate(path); // servers append, so a running one goes on at the new end
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
