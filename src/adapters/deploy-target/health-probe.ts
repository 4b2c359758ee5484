// Asks a deployment for its health, from outside.
import { request } from "node:http";
import { socketAgent } from "../../processes/connect-socket.ts";

const LONGEST_BODY = 64 * 1024;

export interface Health {
  healthy: boolean;
  /** What was seen, for a person: `GET /api/health → 503 {…}`. */
  seen: string;
}

/** One `GET /api/health`, at most five seconds. Healthy is 200 with `{"status":"ok"}`. Never throws. */
export function probeHealth(where: { socketPath: string } | { host: string; port: number }): Promise<Health> {
  return new Promise((resolve) => {
    const say = (healthy: boolean, what: string) => resolve({ healthy, seen: `GET /api/health → ${what}` });
    const signal = AbortSignal.timeout(5000);
    const agent = "socketPath" in where ? socketAgent(where.socketPath) : (false as const);
    const address = "socketPath" in where ? {} : where;
    const probe = request(
      { ...address, path: "/api/health", agent, signal, headers: { Host: "localhost" } },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
          if (body.length > LONGEST_BODY) response.destroy();
        });
        response.on("close", () => {
          const status = response.statusCode ?? 0;
          say(status === 200 && isOk(body), `${status} ${body.slice(0, 200).replaceAll(/\s+/g, " ").trim()}`);
        });
        response.on("error", () => say(false, "no complete answer"));
      },
    );
    probe.on("error", (error: NodeJS.ErrnoException) => {
      say(false, signal.aborted ? "no answer in 5 s" : `no answer (${error.code ?? error.message})`);
    });
    probe.end();
  });
}

function isOk(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && "status" in value && value.status === "ok";
  } catch {
    return false;
  }
}
