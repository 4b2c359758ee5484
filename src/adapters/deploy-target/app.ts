// One deployment's application process: started, watched for its first health, then kept alive.
import { rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cleanEnvironment } from "../../processes/clean-environment.ts";
import { launch, type LaunchedProcess } from "../../processes/launch.ts";
import { socketFolder } from "../../processes/socket-folder.ts";
import { releasePath, type DeploymentFolder } from "./deployment-folder.ts";
import { probeHealth } from "./health-probe.ts";
import type { RotatingLog } from "./rotating-log.ts";

const FIRST_WAIT = 200;
const LONGEST_WAIT = 30_000;
const STEADY = 60_000; // up this long: the next crash is a new story
const FIRST_PROBE = 10;
const LONGEST_PROBE = 1000; // each failed one is a line in the log

export interface AppOptions {
  folder: DeploymentFolder;
  deploymentId: string;
  passthrough: Readonly<Record<string, string>>;
  env: Record<string, string>;
  log: RotatingLog;
}

export interface App {
  readonly deploymentId: string;
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
  const { folder, deploymentId, log } = options;
  const socketPath = join(socketFolder(folder.root), `${randomBytes(4).toString("hex")}.sock`);
  const stopped = new AbortController();
  let child = await start(options, socketPath);
  let startedAt: number | null = performance.now();
  let restarts = 0;
  let ended: { exitCode: number | null } | null = null;
  void child.exited.then(noteEnd);

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
        child = await start(options, socketPath);
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
      rmSync(socketPath, { force: true });
    },
  };
}

async function start(
  { folder, deploymentId, passthrough, env, log }: AppOptions,
  socketPath: string,
): Promise<LaunchedProcess> {
  rmSync(socketPath, { force: true }); // a killed server leaves its socket, and could not listen there again
  const { CI: _, ...clean } = cleanEnvironment(passthrough, { home: folder.home, tmp: folder.tmp });
  const child = await launch([process.execPath, ".output/server/index.mjs"], {
    cwd: releasePath(folder, deploymentId),
    env: { ...clean, NODE_ENV: "production", ...env, NITRO_UNIX_SOCKET: socketPath },
    mark: folder.mark,
  });
  log.write("supervisor", `Started ${deploymentId} (process ${child.pid}).`);
  log.follow("app", child.stdout);
  log.follow("app", child.stderr);
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
