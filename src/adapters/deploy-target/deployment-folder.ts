// What is on disk of a project's deployments, `<home>/deployments/<project>`.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { TbError, type TbErrorOptions } from "../../errors.ts";
import { isDiskNearlyFull } from "../../processes/disk-room.ts";
import { errorCode } from "../../processes/error-code.ts";
import { parseIdentity, type ProcessIdentity } from "../../processes/process-identity.ts";

export interface DeploymentFolder {
  readonly projectId: string;
  readonly root: string;
  /** As root a link to where the application's own user can enter (app-place.ts). */
  readonly releases: string;
  readonly logs: string;
  /** The application's HOME and TMPDIR, where it is a plain process. */
  readonly home: string;
  readonly tmp: string;
  /** Marks the project's processes. */
  readonly mark: string;
}

/** Kept in state.json; holds no secret. */
export interface DeploymentState {
  /** Chosen once; the URL that users know. */
  port: number;
  /** Newest first; the first one serves. */
  releases: string[];
  /** null until a supervisor has had the port. */
  supervisor: ProcessIdentity | null;
}

export function deploymentFolder(home: string, projectId: string): DeploymentFolder {
  const root = join(home, "deployments", safeName(projectId));
  return {
    projectId,
    root,
    releases: join(root, "releases"),
    logs: join(root, "logs"),
    home: join(root, "home"),
    tmp: join(root, "tmp"),
    mark: root,
  };
}

export function makeFolders(folder: DeploymentFolder): void {
  for (const path of [folder.root, folder.logs, folder.home, folder.tmp]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
}

export function logPath(folder: DeploymentFolder, deploymentId: string): string {
  return join(folder.logs, `${safeName(deploymentId)}.log`);
}

export function releasePath(folder: DeploymentFolder, deploymentId: string): string {
  return join(folder.releases, safeName(deploymentId));
}

/** null when there is none yet. Throws TbError "failure" when it cannot be understood. */
export function readState(folder: DeploymentFolder): DeploymentState | null {
  const path = join(folder.root, "state.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
  const state = parseState(text);
  if (state) return state;
  throw new TbError("failure", `${path} is damaged.`, {
    suggestion: "Remove it and deploy again; the port may change.",
  });
}

/** Replaces the state in one step; only the supervisor does. */
export function writeState(folder: DeploymentFolder, state: DeploymentState): void {
  const temporary = writeTemporary(folder, state);
  renameSync(temporary, join(folder.root, "state.json"));
}

/** Writes the first state; the one of a faster process wins. Returns the state that holds. */
export function createState(folder: DeploymentFolder, state: DeploymentState): DeploymentState {
  const temporary = writeTemporary(folder, state);
  try {
    linkSync(temporary, join(folder.root, "state.json"));
    return state;
  } catch (error) {
    const winner = errorCode(error) === "EEXIST" ? readState(folder) : null;
    if (!winner) throw error;
    return winner;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeTemporary(folder: DeploymentFolder, state: DeploymentState): string {
  const temporary = join(folder.root, `.state-${randomBytes(6).toString("hex")}`);
  writeFileSync(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  return temporary;
}

function parseState(text: string): DeploymentState | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("port" in value) || !("releases" in value)) return null;
    const { port, releases } = value;
    if (typeof port !== "number" || !Array.isArray(releases)) return null;
    const supervisor = "supervisor" in value ? parseIdentity(value.supervisor) : null;
    return { port, releases: releases.filter((id) => typeof id === "string"), supervisor };
  } catch {
    return null;
  }
}

/** Throws TbError "usage" for what could not be the name of a folder. */
export function safeName(id: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,99}$/i.test(id)) return id;
  throw new TbError("usage", `"${id}" is not a valid id.`);
}

/** TbError "failure"; "transient" where there is so little room that this may be all that was wrong. */
export function failedDeployment(folder: DeploymentFolder, message: string, options: TbErrorOptions): TbError {
  if (!isDiskNearlyFull(folder.root)) return new TbError("failure", message, options);
  const suggestion = "Free some space, then try again.";
  return new TbError("transient", `${message} The disk is nearly full.`, { ...options, suggestion });
}
