// What tb remembers of a project's development on this machine: where the working copy is, and which tb serves it now.
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TbError } from "../errors.ts";
import { errorCode } from "../processes/error-code.ts";
import { isRunning, ownIdentity, parseIdentity, type ProcessIdentity } from "../processes/process-identity.ts";

/** Where the working copy of the project was when it was last served; null when it never was. */
export function rememberedFolder(home: string, projectId: string): string | null {
  const folder = readRecord(folderFile(home, projectId))?.["folder"];
  return typeof folder === "string" ? folder : null;
}

export function rememberFolder(home: string, projectId: string, folder: string): void {
  replaceFile(folderFile(home, projectId), { folder });
}

export interface DevClaim {
  /** Tells others where the server listens. */
  announce(url: string): void;
  release(): void;
}

/** Makes this process the one that serves the project: two working copies would fight over one database.
 * Throws TbError "conflict" that names the other one while it runs. */
export function claimProject(home: string, project: { id: string; name: string }, folder: string): DevClaim {
  const file = join(devFolder(home), `${project.id}.running`);
  const owner = ownIdentity();
  const mine = temporaryName(file);
  writeFileSync(mine, JSON.stringify({ owner, folder, url: null }), { mode: 0o600 });
  try {
    while (!tryLink(mine, file)) {
      const other = readRecord(file);
      const process = parseIdentity(other?.["owner"]);
      if (process && isRunning(process)) throw servedAlready(project.name, process, other!);
      rmSync(file, { force: true }); // its tb was killed
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    announce: (url) => replaceFile(file, { owner, folder, url }),
    release: () => rmSync(file, { force: true }),
  };
}

function servedAlready(name: string, { pid }: ProcessIdentity, { folder, url }: Record<string, unknown>): TbError {
  const at = typeof url === "string" ? ` at ${url}` : "";
  return new TbError("conflict", `Another tb dev serves ${name}${at} (process ${pid}, ${String(folder)}).`, {
    suggestion: `Stop it with Ctrl-C in its terminal, or: kill ${pid}`,
    parks: false,
  });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function devFolder(home: string): string {
  const folder = join(home, "dev");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function folderFile(home: string, projectId: string): string {
  return join(devFolder(home), `${projectId}.json`);
}

function replaceFile(file: string, content: object): void {
  const temporary = temporaryName(file);
  writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
  renameSync(temporary, file);
}

function temporaryName(file: string): string {
  return `${file}.${process.pid}-${randomBytes(4).toString("hex")}`;
}

function readRecord(file: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
