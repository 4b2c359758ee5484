// Sends the probes, judges each answer, and keeps count of which endpoint was asked what.
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxServer } from "../../adapters/sandbox/sandbox.ts";
import { interruption } from "../../processes/interruption.ts";
import { shorten } from "../check.ts";
import { type RouteFile, routeKey } from "../routes.ts";
import type { Failure } from "../verdict.ts";
import type { Contract } from "./contract.ts";
import { createClient, type HttpAnswer } from "./http.ts";
import { excerpt, judgeAnswer } from "./judge.ts";

const LARGE = 65_536;
/** One mistake makes many probes of an endpoint fail; the first ones say enough. */
const FAILURES_SHOWN = 3;
/** The pipe of the log is a moment behind the answer. */
const LOG_DELAY_MS = 25;

export interface Probe {
  /** "POST /api/users" */
  endpoint: string;
  /** Said in a failure: "a valid user", "a user without its email". */
  what: string;
  /** Values for the `{…}` of the path, in their order; the first serves for a single one. */
  id?: string;
  query?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: { contentType: string; body: string | Buffer };
  /** Another method than the endpoint's. */
  method?: string;
  /** Statuses that are right. */
  expect: readonly number[];
}

export interface Prober {
  readonly contract: Contract;
  requests(): number;
  /** How many failures there were so far, on one endpoint or on all. */
  failed(endpoint?: string): number;
  /** The first few of each endpoint, with the number of the others. */
  failures(): Failure[];
  /** Resolves to the answer when its status was a right one, else to null; what is wrong becomes a failure. */
  send(probe: Probe): Promise<HttpAnswer | null>;
  fail(endpoint: string, message: string): void;
  /** Success statuses of an endpoint by its contract. */
  success(endpoint: string): number[];
  /** Whether the endpoint has answered a valid request with success. */
  succeeded(endpoint: string): boolean;
  close(): void;
}

export function createProber(input: {
  contract: Contract;
  server: SandboxServer;
  routes: RouteFile[];
  signal: AbortSignal;
}): Prober {
  const { contract, server, routes, signal } = input;
  const client = createClient(server.socketPath);
  const files = new Map(routes.map((route) => [routeKey(route), route.file]));
  const failures: Failure[] = [];
  const perEndpoint = new Map<string, number>();
  const succeeded = new Set<string>();
  let requests = 0;

  function fail(endpoint: string, message: string): void {
    const count = (perEndpoint.get(endpoint) ?? 0) + 1;
    perEndpoint.set(endpoint, count);
    if (count > FAILURES_SHOWN) return;
    const file = files.get(endpoint);
    failures.push({ endpoint, ...(file && { file }), message });
  }

  async function send(probe: Probe): Promise<HttpAnswer | null> {
    if (signal.aborted) throw interruption(signal);
    requests++;
    const [ownMethod = "GET", template = "/"] = probe.endpoint.split(" ");
    const method = probe.method ?? ownMethod;
    const path =
      template.replace(/\{\w+\}/g, encodeURIComponent(probe.id ?? "none")) + (probe.query ? `?${probe.query}` : "");
    const body = probe.raw?.body ?? (probe.body === undefined ? undefined : JSON.stringify(probe.body));
    const contentType = probe.raw?.contentType ?? (body === undefined ? undefined : "application/json");
    const logged = server.output().length;
    const answer = await client.send({
      method,
      path,
      ...(body !== undefined && { body }),
      headers: {
        ...(contentType !== undefined && { "content-type": contentType }),
        // A server may refuse a large body without reading it to the end, and the connection is of no use afterwards.
        ...(body !== undefined && body.length > LARGE && { connection: "close" }),
      },
    });
    const asksSuccess = probe.expect.some((status) => status < 400);
    const request = `Request: ${method} ${path} ${body === undefined ? "" : shorten(String(body), 400)}`.trimEnd();
    if ("failed" in answer) {
      fail(probe.endpoint, `${probe.what}: no answer (${answer.failed}).\n${request}${await logSince(logged)}`);
      return null;
    }
    const right = probe.expect.includes(answer.status);
    const wrong = right ? [] : [`expected ${probe.expect.join(" or ")}, got ${answer.status}`];
    const operation = probe.method ? undefined : contract.operations.get(probe.endpoint);
    const problems = [...wrong, ...judgeAnswer(answer, contract, operation)];
    if (problems.length > 0) {
      const log = answer.status >= 500 ? await logSince(logged) : "";
      fail(probe.endpoint, `${probe.what}: ${problems.join("; ")}.\n${request}\nResponse: ${excerpt(answer)}${log}`);
    }
    if (right && asksSuccess) succeeded.add(probe.endpoint);
    return right ? answer : null;
  }

  /** What the server printed about it, which says why: the beginning, without the frames that are not the project's. */
  async function logSince(offset: number): Promise<string> {
    await sleep(LOG_DELAY_MS);
    const lines = server.output().slice(offset).split("\n");
    const text = lines.filter((line) => !/^\s+at .*(node_modules|node:)/.test(line)).join("\n");
    return text ? `\nServer log: ${shorten(text.trim(), 500)}` : "";
  }

  return {
    contract,
    requests: () => requests,
    failed: (endpoint) =>
      endpoint === undefined
        ? [...perEndpoint.values()].reduce((sum, count) => sum + count, 0)
        : (perEndpoint.get(endpoint) ?? 0),
    failures: () => {
      const more = [...perEndpoint].filter(([, count]) => count > FAILURES_SHOWN);
      return [
        ...failures,
        ...more.map(([endpoint, count]) => ({ endpoint, message: `${count - FAILURES_SHOWN} more probes failed.` })),
      ];
    },
    send,
    fail,
    success(endpoint) {
      const statuses = [...(contract.operations.get(endpoint)?.responses.keys() ?? [])].filter(
        (status) => status >= 200 && status < 300,
      );
      return statuses.length > 0 ? statuses : [200, 201, 204];
    },
    succeeded: (endpoint) => succeeded.has(endpoint),
    close: () => client.close(),
  };
}

/** The answer's JSON object, or null. */
export function objectOf(answer: HttpAnswer | null): Record<string, unknown> | null {
  return isObject(answer?.json) ? answer.json : null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function shown(value: unknown): string {
  return value === undefined ? "nothing" : shorten(JSON.stringify(value), 200);
}
