// One deployment's application process: started in the sandbox's tier, watched for its first health, then kept alive.
import { readdirSync, realpathSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { LaunchedProcess } from "../../processes/launch.ts";
import type { Connection } from "../database-cluster/database-cluster.ts";
import { openDatabaseGate } from "../sandbox/gate/database-gate.ts";
import { createDiskWatch, type DiskLimits } from "../sandbox/disk-watch.ts";
import type { SandboxPlace, Tier } from "../sandbox/process-tier.ts";
import type { DatabaseDoor, Isolation } from "../sandbox/sandbox.ts";
import { placeApp, type AppPlace } from "./app-place.ts";
import { releasePath, type DeploymentFolder } from "./deployment-folder.ts";
import { probeHealth } from "./health-probe.ts";
import type { RotatingLog } from "./rotating-log.ts";

/** Beside its socket an application has nothing to write; its other files are memory. */
const MIB = 1024 * 1024;
const DISK: DiskLimits = {
  bytes: 16 * MIB,
  files: 1000,
  unnoticedBytes: 64 * MIB,
  unnoticedFiles: 10_000,
  every: 1000,
  longest: 10_000,
};

const FIRST_WAIT = 200;
const LONGEST_WAIT = 30_000;
const STEADY = 60_000; // up this long: the next crash is a new story
const FIRST_PROBE = 10;
const LONGEST_PROBE = 1000; // each failed one is a line in the log

export interface AppOptions {
  folder: DeploymentFolder;
  deploymentId: string;
  tier: Tier;
  place: AppPlace;
  env: Record<string, string>;
  /** All that it may reach of the network; null = nothing. */
  database: Connection | null;
  log: RotatingLog;
}

export interface App {
  readonly deploymentId: string;
  readonly isolation: Isolation;
  /** Where it listens when it runs; it may still be starting. */
  readonly socketPath: string;
  /** Resolves with null once it is healthy, or with what was wrong: it ended, the time was over, the signal aborted. */
  becomesHealthy(limit: number, signal: AbortSignal): Promise<{ reason: string; seen: string } | null>;
  /** From now on it is started again whenever it ends. */
  keepAlive(): void;
  status(): { running: boolean; uptimeMs: number | null; restarts: number };
  /** SIGTERM, SIGKILL after the grace in milliseconds, and no restart. */
  stop(grace: number): Promise<void>;
}

/** Starts `.output/server/index.mjs` of a release. */
export async function startApp(options: AppOptions): Promise<App> {
  const { deploymentId, log } = options;
  const { place, env, door } = await prepare(options);
  const socketPath = env.NITRO_UNIX_SOCKET!;
  const stopped = new AbortController();
  let child: LaunchedProcess;
  try {
    child = await start(options, place, env);
  } catch (error) {
    await clear();
    throw error;
  }
  let startedAt: number | null = performance.now();
  let restarts = 0;
  let ended: { exitCode: number | null } | null = null;
  void child.exited.then(noteEnd);

  async function clear(): Promise<void> {
    await door?.close();
    rmSync(dirname(socketPath), { recursive: true, force: true });
  }

  function noteEnd(end: { exitCode: number | null }): void {
    ended = end;
    startedAt = null;
  }

  async function restartForever(): Promise<void> {
    let wait = FIRST_WAIT;
    while (!stopped.signal.aborted) {
      const since = startedAt ?? performance.now();
      const { exitCode } = await child.exited;
      if (stopped.signal.aborted) return;
      if (performance.now() - since >= STEADY) wait = FIRST_WAIT;
      log.write("supervisor", `The application ended ${describe(exitCode)}; starting it again in ${wait / 1000} s.`);
      await pause(wait, stopped.signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      if (stopped.signal.aborted) return;
      restarts += 1;
      try {
        child = await start(options, place, env);
        startedAt = performance.now();
        ended = null;
        void child.exited.then(noteEnd);
      } catch (error) {
        log.write("supervisor", `It could not be started: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  return {
    deploymentId,
    isolation: options.tier.isolation,
    socketPath,

    async becomesHealthy(limit, signal) {
      const deadline = performance.now() + limit;
      let wait = FIRST_PROBE;
      let seen = "GET /api/health → not asked yet";
      while (!signal.aborted) {
        if (ended) return { reason: `The application ended ${describe(ended.exitCode)}.`, seen };
        const health = await probeHealth({ socketPath });
        if (health.healthy) return null;
        seen = health.seen;
        if (performance.now() > deadline) return { reason: `It did not become healthy in ${limit / 1000} s.`, seen };
        await pause(wait, signal);
        wait = Math.min(wait * 1.2, LONGEST_PROBE);
      }
      return { reason: "The deployment was interrupted.", seen };
    },

    keepAlive() {
      void restartForever();
    },

    status() {
      const uptimeMs = startedAt === null ? null : Math.round(performance.now() - startedAt);
      return { running: startedAt !== null, uptimeMs, restarts };
    },

    async stop(grace) {
      stopped.abort();
      await child.stop(grace);
      await clear();
    },
  };
}

/** Everything that stays the same when it is started again. */
async function prepare({ folder, deploymentId, tier, place: of, env, database }: AppOptions): Promise<{
  place: SandboxPlace;
  env: Record<string, string>;
  door: DatabaseDoor | null;
}> {
  const name = randomBytes(4).toString("hex");
  const isolated = tier.isolation !== "process";
  const place = placeApp(of, folder, realpathSync(releasePath(folder, deploymentId)), name, isolated);
  // A plain process could reach the server anyway, so nothing stands in between.
  const gate = { folder: join(place.gates[0]!, name.slice(0, 4)), owner: place.owner };
  const door = database && isolated ? await openDatabaseGate({ ...gate, databases: [database] }) : null;
  const found = door && { DB_HOST: door.host, DB_PORT: String(door.port) };
  const socket = { NITRO_UNIX_SOCKET: join(place.sockets[0]!, "app.sock") };
  return { place, door, env: { NODE_ENV: "production", ...env, ...found, ...socket } };
}

async function start({ deploymentId, tier, log }: AppOptions, place: SandboxPlace, env: Record<string, string>) {
  const sockets = place.sockets[0]!;
  // A killed server leaves its socket, and could not listen there again.
  for (const left of readdirSync(sockets)) rmSync(join(sockets, left), { recursive: true, force: true });
  const child = await tier.start(place, [process.execPath, ".output/server/index.mjs"], env);
  log.write("supervisor", `Started ${deploymentId} (process ${child.pid}, ${tier.isolation}).`);
  log.follow("app", child.stdout);
  log.follow("app", child.stderr);
  const rest = createDiskWatch([sockets], DISK).start(({ text, whose }) => {
    const why =
      whose === "sandbox"
        ? "because it filled the folder of its socket"
        : "to free what it may hold of files that were removed";
    log.write("supervisor", `It is stopped, ${why}. ${text}`);
    void child.stop(0);
  });
  void child.exited.then(rest);
  return child;
}

function describe(exitCode: number | null): string {
  return exitCode === null ? "by a signal" : `with exit code ${exitCode}`;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error; // an abort only ends the pause early; the caller looks at the signal
  }
}
