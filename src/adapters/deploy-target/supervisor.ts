// Entry of the detached process that owns a project's port and keeps its application running. Started as
// `node supervisor.js <project id> [what isolates, as it was just tried]`; everything else comes through the control socket.
import { chmodSync, rmSync, statSync } from "node:fs";
import { flushCompileCache } from "node:module";
import type { Server as NetServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { readConfig } from "../../config.ts";
import { errorCode } from "../../processes/error-code.ts";
import { createHttpForwarder } from "../../processes/http-forwarder.ts";
import { ownIdentity } from "../../processes/process-identity.ts";
import { selectTier } from "../sandbox/select-tier.ts";
import { applicationWatch } from "./application-watch.ts";
import { clearSockets, makeAppPlace } from "./app-place.ts";
import { controlSocket, serveControl, type ControlAnswer, type ControlRequest } from "./control-channel.ts";
import { deploymentFolder, readState, writeState, type DeploymentState } from "./deployment-folder.ts";
import { createDeployments } from "./deployments.ts";
import { PORT_TAKEN } from "./supervisor-exit.ts";

const LOOK_EVERY = 1000;
const IDLE_LIMIT = 3000; // without anything to serve, such as after a first deployment that failed

async function main(projectId: string, tried: string | undefined): Promise<void> {
  const config = readConfig();
  const folder = deploymentFolder(config.home, projectId);
  let state: DeploymentState | null = readState(folder);
  if (!state) throw new Error("The project has no deployment state.");
  const { port } = state;
  const tier = selectTier(config, tried); // found out once: applications are started again in the same way
  tier.catch(() => {}); // whoever deploys is told
  const place = await makeAppPlace(config, folder);
  const forwarder = createHttpForwarder(() => deployments.socketPath());
  const deployments = createDeployments({ tier, place }, folder, state.releases, record, () => forwarder);

  function record(releases: string[]): void {
    state = { port, releases, supervisor: ownIdentity() };
    writeState(folder, state);
  }

  // Whoever has the port is the project's one supervisor; only then is the control socket of a dead one removed.
  await takePort(forwarder.server, port);
  clearSockets(place);
  record(state.releases);
  const control = serveControl(handle);
  const path = controlSocket(folder);
  rmSync(path, { force: true });
  await listen(control, { path });
  chmodSync(path, 0o600);
  flushCompileCache(); // it may never end in an orderly way

  let ending: Promise<void> | undefined;
  function end(): Promise<void> {
    ending ??= shutDown();
    return ending;
  }

  async function shutDown(): Promise<void> {
    clearInterval(watch);
    control.close(); // who comes now starts another one
    await deployments.stop();
    process.exit(0);
  }

  const watchApplication = applicationWatch(config, projectId, (text) => deployments.note(text));

  async function handle(request: ControlRequest, signal: AbortSignal): Promise<ControlAnswer> {
    if (ending && request.command !== "status") return new Promise(() => {}); // never answered: it is asked of the next one
    if (request.command === "prepare") {
      if (request.database) await watchApplication();
      await deployments.prepare(request);
      return { ok: true, status: deployments.status() };
    }
    if (request.command === "deploy") {
      if (request.database) await watchApplication();
      return deployments.deploy(request, signal);
    }
    const status = deployments.status();
    if (request.command === "stop") setImmediate(() => void end());
    return { ok: true, status };
  }

  const home = statSync(folder.root).ino;
  let idleSince = performance.now();
  const watch = setInterval(() => {
    if (deployments.socketPath() !== null || deployments.busy()) idleSince = performance.now();
    const removed = statSync(folder.root, { throwIfNoEntry: false })?.ino !== home;
    if (removed || performance.now() - idleSince > IDLE_LIMIT) void end();
  }, LOOK_EVERY);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end());
}

/** Tries for a while: a supervisor that was just killed may not have let go yet. */
async function takePort(server: NetServer, port: number): Promise<void> {
  for (let left = 10; ; left--) {
    try {
      await listen(server, { port, host: "127.0.0.1" });
      return;
    } catch (error) {
      if (errorCode(error) !== "EADDRINUSE" || left === 0) throw error;
      await delay(100);
    }
  }
}

function listen(server: NetServer, where: { path: string } | { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function run(): Promise<void> {
  try {
    await main(process.argv[2] ?? "", process.argv[3]);
  } catch (error) {
    process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(errorCode(error) === "EADDRINUSE" ? PORT_TAKEN : 1);
  }
}

void run(); // not awaited at the top: the bundle is CommonJS
