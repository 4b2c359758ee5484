// How tb talks to a supervisor: one JSON line each way over a Unix socket that only this user can reach.
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { socketFolder } from "../../processes/socket-folder.ts";
import type { Connection } from "../database-cluster/database-cluster.ts";
import type { Isolation } from "../sandbox/sandbox.ts";
import type { DeploymentFolder } from "./deployment-folder.ts";

const QUICK_ANSWER = 10_000; // for what needs no health of an application

export interface ToDeploy {
  deploymentId: string;
  env: Record<string, string>;
  database: Connection | null;
}

export type ControlRequest =
  | ({ command: "prepare" } & ToDeploy)
  | ({ command: "deploy" } & ToDeploy)
  | { command: "status" }
  | { command: "stop" };

export interface SupervisorStatus {
  deploymentId: string | null;
  /** What keeps it away from everything else; null when nothing serves. */
  isolation: Isolation | null;
  running: boolean;
  uptimeMs: number | null;
  restarts: number;
}

export type ControlAnswer = { ok: true; status: SupervisorStatus } | { ok: false; message: string; details: string[] };

export function controlSocket(folder: DeploymentFolder): string {
  return join(socketFolder(folder.root), "control.sock");
}

/** A connection to the project's supervisor, or null when none listens. */
export function connectToSupervisor(folder: DeploymentFolder): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(controlSocket(folder));
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

/** Sends the one request of a connection and reads the answer; null when the supervisor ended without one. Closing the
 * connection early (an aborted signal) makes the supervisor give up what was asked. */
export function ask(socket: Socket, request: ControlRequest, signal?: AbortSignal): Promise<ControlAnswer | null> {
  return new Promise((resolve) => {
    const abort = () => socket.destroy();
    let text = "";
    socket.setEncoding("utf8");
    if (request.command !== "deploy") socket.setTimeout(QUICK_ANSWER, abort);
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      signal?.removeEventListener("abort", abort);
      resolve(parseLine(text, isAnswer));
    });
    signal?.addEventListener("abort", abort, { once: true });
    socket.write(`${JSON.stringify(request)}\n`);
    if (signal?.aborted) abort();
  });
}

/** Answers requests; the handler's signal is aborted when whoever asked has gone. */
export function serveControl(handle: (request: ControlRequest, signal: AbortSignal) => Promise<ControlAnswer>): Server {
  return createServer((socket) => {
    const gone = new AbortController();
    let text = "";
    let asked = false;
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("close", () => gone.abort());
    socket.on("data", (chunk: string) => {
      if (asked) return;
      text += chunk;
      if (!text.endsWith("\n")) return;
      asked = true;
      const request = parseLine(text, isRequest);
      if (request) void respond(socket, request, gone.signal);
      else socket.destroy();
    });
  });

  async function respond(socket: Socket, request: ControlRequest, signal: AbortSignal): Promise<void> {
    let answer: ControlAnswer;
    try {
      answer = await handle(request, signal);
    } catch (error) {
      answer = { ok: false, message: error instanceof Error ? error.message : String(error), details: [] };
    }
    socket.end(`${JSON.stringify(answer)}\n`);
  }
}

function parseLine<T>(text: string, is: (value: object) => value is T & object): T | null {
  if (!text.endsWith("\n")) return null; // cut off
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && is(value) ? value : null;
}

function isRequest(value: object): value is ControlRequest {
  return "command" in value && ["prepare", "deploy", "status", "stop"].includes(String(value.command));
}

function isAnswer(value: object): value is ControlAnswer {
  return "ok" in value && ("status" in value || "message" in value);
}
