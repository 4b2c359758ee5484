// Deployments on this machine: a supervisor per project, http://127.0.0.1:<port>.
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { copyTree } from "../../processes/copy-tree.ts";
import { errorCode } from "../../processes/error-code.ts";
import { interruption } from "../../processes/interruption.ts";
import { killPlace, type ProcessUser } from "../../processes/launch.ts";
import { isRunning, untilGone, type ProcessIdentity } from "../../processes/process-identity.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { removeSocketFolder } from "../../processes/socket-folder.ts";
import { lockRelease, makeAppPlace, removeAppPlace } from "./app-place.ts";
import { ask, connectToSupervisor } from "./control-channel.ts";
import type { DeployInput, DeployTarget, KeptBuild } from "./deploy-target.ts";
import {
  failedDeployment,
  deploymentFolder,
  logPath,
  makeFolders,
  readState,
  releasePath,
  type DeploymentFolder,
} from "./deployment-folder.ts";
import { FIRST_PORT, releasePorts } from "./deployment-port.ts";
import { followLog } from "./follow-log.ts";
import { probeHealth } from "./health-probe.ts";
import { tailOf } from "./log-lines.ts";
import { connectOrStart } from "./start-supervisor.ts";
import { leftoverDeployments, listStored, removeStored } from "./stored-deployments.ts";

/** Deployments below `<home>/deployments`, each at the first port from `firstPort` up that is free. */
export function createProcessDeployTarget(config: Config, firstPort = FIRST_PORT): DeployTarget {
  /** The release in its place, and a connection to the project's supervisor. */
  async function bringUp({ projectId, deploymentId, artefact, signal }: Omit<DeployInput, "env" | "database">) {
    if (signal.aborted) throw interruption(signal);
    const folder = deploymentFolder(config.home, projectId);
    makeFolders(folder);
    const { owner } = await makeAppPlace(config, folder);
    const [copied, connected] = await Promise.allSettled([
      copyRelease(folder, deploymentId, { from: outputOf(folder, artefact), owner }, signal),
      connectOrStart(config, folder, firstPort),
    ]);
    if (copied.status === "rejected") {
      if (connected.status === "fulfilled") connected.value.destroy();
      throw copied.reason;
    }
    if (connected.status === "rejected") throw connected.reason;
    return { folder, supervisor: connected.value };
  }

  return {
    name: "process",

    async prepare(input) {
      const { supervisor } = await bringUp(input);
      const { deploymentId, env, database, signal } = input;
      await ask(supervisor, { command: "prepare", deploymentId, env, database }, signal);
    },

    async deploy({ projectId, deploymentId, artefact, env, database, signal }) {
      const { folder, supervisor } = await bringUp({ projectId, deploymentId, artefact, signal });
      const what = { command: "deploy", deploymentId, env, database } as const;
      let answer = await ask(supervisor, what, signal);
      // It may have been about to end, because it had nothing to serve.
      if (!answer && !signal.aborted) answer = await ask(await connectOrStart(config, folder, firstPort), what, signal);
      if (signal.aborted) throw interruption(signal);
      // The log of a first deployment goes with it, when its run is undone.
      const next = readState(folder)?.releases.length
        ? `tb logs ${projectId} --deployment ${deploymentId}`
        : "Correct what the log lines show, then run the command again.";
      if (!answer) throw failedDeployment(folder, "Deployment failed: its supervisor ended.", { suggestion: next });
      if (!answer.ok) throw failedDeployment(folder, answer.message, { details: answer.details, suggestion: next });
      const port = readState(folder)?.port;
      if (port === undefined) throw new TbError("failure", "Deployment failed: the project was removed meanwhile.");
      const { healthy } = await probeHealth({ host: "127.0.0.1", port });
      return { id: deploymentId, url: urlOf(port), healthy, isolation: answer.status.isolation ?? "process" };
    },

    async keeps(projectId, deploymentId) {
      return existsSync(entryOf(outputOf(deploymentFolder(config.home, projectId), { deploymentId })));
    },

    async status(projectId) {
      const folder = deploymentFolder(config.home, projectId);
      const state = existsSync(folder.root) ? readState(folder) : null;
      const url = state ? urlOf(state.port) : null;
      const deploymentId = state?.releases[0] ?? null;
      const socket = state ? await connectToSupervisor(folder) : null;
      const answer = socket ? await ask(socket, { command: "status" }) : null;
      if (!state || !answer?.ok) {
        return { running: false, healthy: false, url, deploymentId, isolation: null, uptimeMs: null, restarts: 0 };
      }
      const { healthy } = await probeHealth({ host: "127.0.0.1", port: state.port });
      return { ...answer.status, deploymentId: answer.status.deploymentId ?? deploymentId, healthy, url };
    },

    async logFile(projectId, deploymentId) {
      return findLog(deploymentFolder(config.home, projectId), deploymentId ?? null).path;
    },

    async readLog(projectId, options) {
      const { path, id } = findLog(deploymentFolder(config.home, projectId), options.deployment);
      return tailOf(path, id, options);
    },

    async *followLog(projectId, options) {
      const folder = deploymentFolder(config.home, projectId);
      findLog(folder, options.deployment);
      yield* followLog(folder, options);
    },

    async destroy(projectId) {
      const folder = deploymentFolder(config.home, projectId);
      if (existsSync(folder.root)) {
        await stopSupervisor(folder);
        killPlace(folder.mark);
      }
      await removeAppPlace(config, folder);
      await removeTree(folder.root);
      removeSocketFolder(folder.root);
      releasePorts(folder);
    },

    list: () => listStored(config.home),
    removeBuild: (projectId, deploymentId) => removeStored(deploymentFolder(config.home, projectId), deploymentId),
    leftovers: () => leftoverDeployments(config.home),
  };
}

/** Throws TbError "not_found". */
function findLog(folder: DeploymentFolder, deploymentId: string | null): { path: string; id: string } {
  const id = deploymentId ?? (existsSync(folder.root) ? readState(folder)?.releases[0] : undefined);
  if (id === undefined) throw new TbError("not_found", `Project ${folder.projectId} has not been deployed yet.`);
  const path = logPath(folder, id);
  if (!existsSync(path)) throw new TbError("not_found", `There is no log of deployment ${id}.`);
  return { path, id };
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function outputOf(folder: DeploymentFolder, artefact: string | KeptBuild): string {
  return typeof artefact === "string" ? artefact : join(releasePath(folder, artefact.deploymentId), ".output");
}

function entryOf(output: string): string {
  return join(output, "server", "index.mjs");
}

/** The artefact under its deployment's id, whole or not at all; one that is there already is kept. */
async function copyRelease(
  folder: DeploymentFolder,
  deploymentId: string,
  { from: artefact, owner }: { from: string; owner: ProcessUser | null },
  signal: AbortSignal,
): Promise<void> {
  const release = releasePath(folder, deploymentId);
  if (existsSync(release)) return;
  if (!existsSync(entryOf(artefact))) {
    throw new TbError("failure", "There is nothing to deploy: the build has no server/index.mjs.");
  }
  const temporary = join(folder.releases, `.new-${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(temporary, { mode: 0o700 });
    await copyTree(artefact, join(temporary, ".output"), signal);
    if (owner) lockRelease(temporary, owner);
    await rename(temporary, release);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw error; // else someone was faster
  } finally {
    await removeTree(temporary);
  }
}

/** Asks it to stop; one that does not answer is killed, and takes its application with it. */
async function stopSupervisor(folder: DeploymentFolder): Promise<void> {
  const supervisor = supervisorOf(folder);
  const socket = await connectToSupervisor(folder);
  if (socket) await ask(socket, { command: "stop" });
  if (!supervisor || (socket && (await untilGone(supervisor)))) return;
  if (isRunning(supervisor)) process.kill(supervisor.pid, "SIGKILL");
  await untilGone(supervisor);
}

/** null also for a state that is damaged: removing it must work all the same. */
function supervisorOf(folder: DeploymentFolder): ProcessIdentity | null {
  try {
    return readState(folder)?.supervisor ?? null;
  } catch (error) {
    if (error instanceof TbError) return null;
    throw error;
  }
}
