// What a supervisor serves: the current deployment, the switch to the next one, and its way back.
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { HttpForwarder } from "../../processes/http-forwarder.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import type { SelectedTier } from "../sandbox/select-tier.ts";
import { startApp, type App } from "./app.ts";
import type { AppPlace } from "./app-place.ts";
import type { ControlAnswer, SupervisorStatus, ToDeploy } from "./control-channel.ts";
import { logPath, releasePath, type DeploymentFolder } from "./deployment-folder.ts";
import { probeHealth } from "./health-probe.ts";
import { openRotatingLog, type RotatingLog } from "./rotating-log.ts";

const HEALTHY_WITHIN = 30_000;
/** Milliseconds that an application which was started ahead waits for its deployment. */
const AHEAD = 10_000;
const DRAIN = 2000;
const STOP_GRACE = 1000;
/** The one that serves and five to go back to without building them again. */
const KEPT_RELEASES = 6;
const ABANDONED_AFTER = 10 * 60_000;
const SECRET_NAME = /PASSWORD|SECRET|TOKEN|PRIVATE|_KEY$/i;

export interface Deployments {
  socketPath(): string | null;
  status(): SupervisorStatus;
  /** Whether a deployment is being brought up, or is to come. */
  busy(): boolean;
  /** Starts its application ahead of a deployment, for nobody to see. */
  prepare(asked: ToDeploy): Promise<void>;
  /** Brings a deployment up beside the current one and switches when it is healthy; the current one again is a look. */
  deploy(asked: ToDeploy, signal: AbortSignal): Promise<ControlAnswer>;
  /** A line of the supervisor's own in the log of what serves. */
  note(text: string): void;
  stop(): Promise<void>;
}

const INTERRUPTED: ControlAnswer = { ok: false, message: "The deployment was interrupted.", details: [] };

/** What applications run in. */
export interface Surroundings {
  tier: Promise<SelectedTier>;
  place: AppPlace;
}

interface Serving {
  app: App;
  log: RotatingLog;
}

/** @param before the releases so far, newest first. @param record is told the releases after each switch. */
export function createDeployments(
  { tier, place }: Surroundings,
  folder: DeploymentFolder,
  before: readonly string[],
  record: (releases: string[]) => void,
  forwarder: () => HttpForwarder,
): Deployments {
  let releases = [...before];
  let current: Serving | null = null;
  let ahead: (Serving & { key: string; limit: NodeJS.Timeout }) | null = null; // for a deployment that has not begun
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let recorded = true;

  function status(): SupervisorStatus {
    const state = current?.app.status() ?? { running: false, uptimeMs: null, restarts: 0 };
    const isolation = current?.app.isolation ?? null;
    return { deploymentId: current?.app.deploymentId ?? null, isolation, ...state };
  }

  function writeDown(): void {
    recorded = false;
    record(releases);
    recorded = true;
  }

  async function begin({ deploymentId, env, database }: ToDeploy): Promise<Serving> {
    const log = openRotatingLog(logPath(folder, deploymentId), secretsOf(env));
    try {
      return { app: await startApp({ folder, deploymentId, env, database, log, place, tier: (await tier).tier }), log };
    } catch (error) {
      log.close();
      throw error;
    }
  }

  async function startAhead(asked: ToDeploy): Promise<void> {
    await dropAhead();
    const begun = await begin(asked);
    // What cannot be removed of it goes with the project.
    const limit = setTimeout(() => void dropAhead().catch(() => {}), AHEAD);
    ahead = { ...begun, key: keyOf(asked), limit };
  }

  /** What was started ahead for this very deployment and has not ended since. */
  async function takeAhead(asked: ToDeploy): Promise<Serving | null> {
    if (ahead?.key !== keyOf(asked) || !ahead.app.status().running) {
      await dropAhead();
      return null;
    }
    clearTimeout(ahead.limit);
    const taken = ahead;
    ahead = null;
    return taken;
  }

  async function dropAhead(): Promise<void> {
    if (!ahead) return;
    clearTimeout(ahead.limit);
    const dropped = ahead;
    ahead = null;
    await giveUp(dropped);
  }

  async function giveUp({ app, log }: Serving): Promise<void> {
    await app.stop(0);
    log.close();
  }

  async function bringUp(asked: ToDeploy, signal: AbortSignal): Promise<ControlAnswer> {
    const { deploymentId } = asked;
    if (signal.aborted) return INTERRUPTED;
    if (current?.app.deploymentId === deploymentId) {
      const health = await probeHealth({ socketPath: current.app.socketPath });
      if (health.healthy) {
        if (!recorded) writeDown(); // the disk was full when it was brought up
        return { ok: true, status: status() };
      }
    }
    const early = await takeAhead(asked);
    if (early) {
      if ((await early.app.becomesHealthy(HEALTHY_WITHIN, signal)) === null) return switchTo(early);
      await giveUp(early); // what it met then may be over by now
      if (signal.aborted) return INTERRUPTED;
    }
    const begun = await begin(asked);
    const { app, log } = begun;
    const problem = await app.becomesHealthy(HEALTHY_WITHIN, signal);
    if (problem) {
      log.write("supervisor", `${problem.reason} ${problem.seen}`);
      await giveUp(begun);
      return { ok: false, message: failureMessage(problem.reason, current), details: details(problem.seen, log.path) };
    }
    return switchTo(begun);
  }

  async function switchTo(next: Serving): Promise<ControlAnswer> {
    const { app, log } = next;
    const { deploymentId } = app;
    const previous = current;
    current = next;
    app.keepAlive();
    log.write("supervisor", `${deploymentId} is healthy and serves from now on.`);
    releases = [deploymentId, ...releases.filter((id) => id !== deploymentId)].slice(0, KEPT_RELEASES);
    try {
      writeDown();
    } finally {
      if (previous) await retire(previous, deploymentId);
    }
    await removeOldReleases(folder, releases);
    return { ok: true, status: status() };
  }

  /** One after the other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    waiting += 1;
    const turn = queue.then(work).finally(() => (waiting -= 1));
    queue = turn.catch(() => undefined); // whoever asked hears of it; the next in the queue must not
    return turn;
  }

  async function retire(previous: Serving, successor: string): Promise<void> {
    await forwarder().drained(previous.app.socketPath, DRAIN);
    previous.log.write("supervisor", `${successor} has taken over; stopping ${previous.app.deploymentId}.`);
    await previous.app.stop(STOP_GRACE);
    previous.log.close();
  }

  return {
    socketPath: () => current?.app.socketPath ?? null,
    status,
    busy: () => waiting > 0 || ahead !== null,
    prepare: (asked) => inTurn(() => startAhead(asked)),
    deploy: (asked, signal) => inTurn(() => bringUp(asked, signal)),
    note: (text) => current?.log.write("supervisor", text),
    async stop() {
      await dropAhead();
      const last = current;
      current = null;
      if (!last) return;
      last.log.write("supervisor", "The supervisor was told to stop.");
      await last.app.stop(STOP_GRACE);
    },
  };
}

function keyOf({ deploymentId, env, database }: ToDeploy): string {
  return JSON.stringify([deploymentId, env, database]);
}

function failureMessage(reason: string, current: Serving | null): string {
  const what = reason.startsWith("It did not")
    ? "the new version did not become healthy in 30 s"
    : lowerFirst(reason).replace(/\.$/, "");
  return `Deployment failed: ${what}; ${current ? "the previous one is serving" : "nothing is serving"}.`;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** What was seen, and the last lines that the application itself printed. */
function details(seen: string, path: string): string[] {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(-200);
  const said = lines.filter((line) => / app /.test(line.slice(0, 30))).slice(-5);
  const text = said.map((line) => line.replace(/^\S+ app /, "  ").slice(0, 300));
  return text.length > 0 ? [seen, "Last log lines:", ...text] : [seen];
}

function secretsOf(env: Record<string, string>): string[] {
  return Object.entries(env).flatMap(([name, value]) => (SECRET_NAME.test(name) && value.length >= 6 ? [value] : []));
}

/** Younger folders may belong to a deployment that waits for its turn. */
async function removeOldReleases(folder: DeploymentFolder, kept: readonly string[]): Promise<void> {
  for (const name of readdirSync(folder.releases)) {
    if (kept.includes(name)) continue;
    const path = name.startsWith(".") ? `${folder.releases}/${name}` : releasePath(folder, name);
    if (Date.now() - statSync(path).ctimeMs > ABANDONED_AFTER) await removeTree(path);
  }
}
