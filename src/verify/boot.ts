// Check "boot": the built artefact starts on its socket and says that it is healthy.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxServer } from "../adapters/sandbox/sandbox.ts";
import { interruption } from "../processes/interruption.ts";
import { ARTEFACT } from "./build.ts";
import { type Finding, lastLines } from "./check.ts";
import { createClient, type HttpAnswer } from "./probe/http.ts";
import type { DatabaseAccess, Subject } from "./subject.ts";

const PATIENCE_MS = 20_000;
const PAUSE_MS = 5;

/** Starts the artefact. The caller stops it (SIGKILL), whatever comes of it. */
export async function startServer(subject: Subject, { env, databases }: DatabaseAccess): Promise<SandboxServer> {
  const options = { env: { NODE_ENV: "production", ...env }, ...(databases && { databases }) };
  return subject.sandbox.serve([subject.nodePath, ARTEFACT], options);
}

export async function checkBoot(subject: Pick<Subject, "signal">, server: SandboxServer): Promise<Finding> {
  const started = performance.now();
  let exit: number | null | undefined;
  void server.exited.then(({ exitCode }) => (exit = exitCode));
  const client = createClient(server.socketPath);
  let answer: HttpAnswer | { failed: string } = { failed: "no request was made" };
  try {
    while (performance.now() - started < PATIENCE_MS) {
      if (subject.signal.aborted) throw interruption(subject.signal);
      if (exit !== undefined) return failed(`The server ended with exit code ${exit ?? "none (killed)"}`, server);
      // Before it listens there is nobody to ask, and to ask costs it the time that it needs.
      if (existsSync(server.socketPath)) {
        answer = await client.send({ method: "GET", path: "/api/health" });
        if ("status" in answer && answer.status === 200) return healthy(answer, started);
      }
      await sleep(PAUSE_MS);
    }
  } finally {
    client.close();
  }
  const last =
    "failed" in answer ? answer.failed : `GET /api/health answered ${answer.status} ${answer.text.slice(0, 300)}`;
  return failed(`The server was not healthy within ${PATIENCE_MS / 1000} s (${last})`, server);
}

function healthy(answer: HttpAnswer, started: number): Finding {
  const body = answer.json;
  const sound = typeof body === "object" && body !== null && "status" in body && "timestamp" in body;
  const message = `GET /api/health must return {"status", "timestamp"}, not ${answer.text.slice(0, 300)}.`;
  const ms = Math.round(performance.now() - started);
  return { count: ms, summary: "boot", failures: sound ? [] : [{ message, endpoint: "GET /api/health" }] };
}

function failed(message: string, server: SandboxServer): Finding {
  const output = lastLines(server.output());
  return { count: null, summary: "boot", failures: [{ message: `${message}${output ? `:\n${output}` : "."}` }] };
}
