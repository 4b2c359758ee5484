// Finds the project's supervisor or starts it, safe when ten do so at once.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { packageRoot } from "../../package-root.ts";
import { triedHere } from "../sandbox/select-tier.ts";
import { connectToSupervisor } from "./control-channel.ts";
import { createState, failedDeployment, readState, type DeploymentFolder } from "./deployment-folder.ts";
import { choosePort, releasePorts } from "./deployment-port.ts";
import { PORT_TAKEN } from "./supervisor-exit.ts";

const STARTS_WITHIN = 20_000;
const OTHER_STARTS_WITHIN = 3000; // the one that has the port already
const LONGEST_LOG = 1024 * 1024;

/** A connection to the running supervisor. Throws TbError "conflict" when a stranger has the project's port. */
export async function connectOrStart(config: Config, folder: DeploymentFolder, firstPort: number): Promise<Socket> {
  const refused = new Set<number>();
  while (true) {
    const running = await connectToSupervisor(folder);
    if (running) return running;
    const state =
      readState(folder) ??
      createState(folder, { port: await choosePort(folder, firstPort, refused), releases: [], supervisor: null });
    const started = await start(config, folder);
    if (started) return started;
    if ((readState(folder) ?? state).releases.length > 0 || refused.size >= 5) {
      throw new TbError("conflict", `Port ${state.port} of this project is in use by another program.`, {
        suggestion: `Stop the program that listens on 127.0.0.1:${state.port}, then deploy again.`,
      });
    }
    // A stranger took the port before anything was served there: nobody knows the URL yet, so take another.
    refused.add(state.port);
    rmSync(join(folder.root, "state.json"), { force: true });
    releasePorts(folder);
  }
}

/** Starts a supervisor and connects to it, or to the faster one; null when a stranger has the port. */
async function start(config: Config, folder: DeploymentFolder): Promise<Socket | null> {
  const log = join(folder.root, "supervisor.log");
  const child = spawnSupervisor(config, folder, log, await triedHere(config));
  let exitCode: number | null | undefined;
  child.once("exit", (code) => {
    exitCode = code;
  });
  child.once("error", () => {
    exitCode = 1;
  });
  let deadline = performance.now() + STARTS_WITHIN;
  let told = false;
  while (performance.now() < deadline) {
    const socket = await connectToSupervisor(folder);
    if (socket) return socket;
    if (exitCode === PORT_TAKEN && !told) {
      told = true;
      deadline = performance.now() + OTHER_STARTS_WITHIN;
    } else if (exitCode !== undefined && exitCode !== PORT_TAKEN) break;
    await delay(5);
  }
  if (exitCode === PORT_TAKEN) return null;
  throw failedDeployment(folder, "The supervisor of the deployment did not start.", {
    details: readFileSync(log, "utf8").trimEnd().split("\n").slice(-5),
    suggestion: `Its log is ${log}.`,
  });
}

function spawnSupervisor(config: Config, folder: DeploymentFolder, log: string, tried: string | undefined) {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const output = openSync(log, size > LONGEST_LOG ? "w" : "a", 0o600);
  try {
    const child = spawn(process.execPath, [supervisorFile(), folder.projectId, ...(tried ? [tried] : [])], {
      cwd: "/",
      detached: true, // its own session: closing the terminal or Ctrl-C does not reach it
      env: { ...config.passthrough, ...sameCompileCache(), TB_HOME: config.home },
      stdio: ["ignore", output, output],
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

/** What tb has compiled of its own code. Node names a folder for itself inside the one that it is given. */
function sameCompileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** From the sources in development, from the bundle in what is published. */
function supervisorFile(): string {
  const isSource = import.meta.url.endsWith(".ts");
  return join(packageRoot(), isSource ? "src/adapters/deploy-target/supervisor.ts" : "dist/supervisor.cjs");
}
