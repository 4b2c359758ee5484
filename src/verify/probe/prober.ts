// Sends the probes, judges each answer, and keeps count of which endpoint was asked what.
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxServer } from "../../adapters/sandbox/sandbox.ts";
import { interruption } from "../../processes/interruption.ts";
import { shorten } from "../check.ts";
import { type RouteFile, routeKey } from "../routes.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Failure } from "../verdict.ts";
import { clientHeaders } from "./clients.ts";
import type { Contract } from "./contract.ts";
import { createClient, type HttpAnswer } from "./http.ts";
import { excerpt, judgeAnswer, leaksOf } from "./judge.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createTally, type Tally } from "./tally.ts";

const LARGE = 65_536;
/** One mistake makes many probes of an endpoint fail; a few say enough, best of different kinds. */
const FAILURES_SHOWN = 3;
/** The pipe of the log is a moment behind the answer. */
const LOG_DELAY_MS = 25;
/** An endpoint that has failed this slowly so often is not waited for any more. */
const SLOW_MS = 3_000;
const SLOW_FAILURES = 3;
/** On so many of them it is the server: nothing is asked any more. */
const SLOW_FAILURES_IN_ALL = 6;
/** Requests at once where their order means nothing. */
const AT_ONCE = 4;

export interface Probe {
  /** "POST /api/users" */
  endpoint: string;
  /** Said in a failure: "a valid user", "a user without its email". */
  what: string;
  /** Takes the place of the `{…}` of the path. */
  id?: string;
  /** The same, as it stands in the request. */
  encodedId?: string;
  query?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: { contentType: string | null; body: string | Buffer };
  headers?: Record<string, string>;
  /** Another method than the endpoint's. */
  method?: string;
  /** Of whoever asks, null for none; by default that of the account that the request is about (sessions.ts). */
  token?: string | null;
  /** Statuses that are right. */
  expect: readonly number[];
  /** Counts for the security score. */
  security?: boolean;
}

export interface Prober {
  readonly contract: Contract;
  /** Whether the project follows a plan and the rules of its base project, or only its own openapi.json. */
  readonly planned: boolean;
  readonly tally: Tally;
  /** null without accounts. */
  readonly sessions: Sessions | null;
  requests(): number;
  /** How many failures there were so far, on one endpoint or on all. */
  failed(endpoint?: string): number;
  /** The first few of each endpoint, with the number of the others. */
  failures(): Failure[];
  /** Resolves to the answer when its status was a right one, else to null; what is wrong becomes a failure. An endpoint that
   * has failed slowly several times is not asked again, and none when many have. */
  send(probe: Probe): Promise<HttpAnswer | null>;
  /** Several at once; answers come in the order of the probes, and so do failures. */
  sendAll(probes: readonly Probe[]): Promise<(HttpAnswer | null)[]>;
  fail(endpoint: string, message: string): void;
  /** Success statuses of an endpoint: by the plan, or else by its contract. */
  success(endpoint: string): number[];
  /** The endpoint that was asked last. */
  last(): string;
  /** Whether the endpoint has answered a valid request with success. */
  succeeded(endpoint: string): boolean;
  close(): void;
}

export interface ProberInput {
  contract: Contract;
  server: SandboxServer;
  routes: RouteFile[];
  signal: AbortSignal;
  /** Of a success, by endpoint, where a plan says what the project does; null where only openapi.json does. */
  statuses: ReadonlyMap<string, number> | null;
  plan: Plan;
  /** What no answer may hold. */
  secrets: readonly string[];
}

interface Asked {
  probe: Probe;
  answer: HttpAnswer | { failed: string };
  /** "POST /api/users {…}" */
  request: string;
  /** Where the server's log was before. */
  logged: number;
}

export function createProber(input: ProberInput): Prober {
  const { contract, server, routes, signal, statuses, plan, secrets } = input;
  const planned = statuses !== null;
  const client = createClient(server.socketPath);
  const files = new Map(routes.map((route) => [routeKey(route), route.file]));
  const perEndpoint = new Map<string, Noted[]>();
  const succeeded = new Set<string>();
  const slow = new Map<string, number>();
  const tally = createTally();
  let slowInAll = 0;
  let requests = 0;
  let last = "GET /api/health";

  function fail(endpoint: string, message: string): void {
    note(endpoint, message, false);
  }

  function note(endpoint: string, message: string, ofBadRequest: boolean): void {
    const file = files.get(endpoint);
    const noted = perEndpoint.get(endpoint) ?? [];
    noted.push({ failure: { endpoint, ...(file && { file }), message }, ofBadRequest });
    perEndpoint.set(endpoint, noted);
  }

  function noteSlow(endpoint: string): void {
    slow.set(endpoint, (slow.get(endpoint) ?? 0) + 1);
    slowInAll += 1;
    if (slowInAll === SLOW_FAILURES_IN_ALL)
      fail(endpoint, `${slowInAll} requests failed slowly: nothing more was asked.`);
  }

  async function ask(probe: Probe): Promise<Asked | null> {
    if (signal.aborted) throw interruption(signal);
    if (slowInAll >= SLOW_FAILURES_IN_ALL || (slow.get(probe.endpoint) ?? 0) >= SLOW_FAILURES) return null;
    const token = probe.token === undefined ? ((await sessions?.tokenFor(probe)) ?? null) : probe.token;
    const since = performance.now();
    last = probe.endpoint;
    const [ownMethod = "GET", template = "/"] = probe.endpoint.split(" ");
    const method = probe.method ?? ownMethod;
    const place = probe.encodedId ?? encodeURIComponent(probe.id ?? "none");
    const path = template.replace(/\{\w+\}/g, () => place) + (probe.query ? `?${probe.query}` : "");
    const body = probe.raw?.body ?? (probe.body === undefined ? undefined : JSON.stringify(probe.body));
    const contentType = probe.raw ? probe.raw.contentType : body === undefined ? null : "application/json";
    const logged = server.output().length;
    const answer = await client.send({
      method,
      path,
      ...(body !== undefined && { body }),
      headers: {
        ...clientHeaders(requests++),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...probe.headers,
        ...(contentType !== null && { "content-type": contentType }),
        // A server may refuse a large body without reading it to the end, and the connection is of no use afterwards.
        ...(body !== undefined && body.length > LARGE && { connection: "close" }),
      },
    });
    const failed = "failed" in answer || answer.status >= 500;
    if (failed && performance.now() - since > SLOW_MS) noteSlow(probe.endpoint);
    const shown = body === undefined ? "" : shorten(String(body), 400);
    return { probe, answer, request: `${method} ${path} ${shown}`.trimEnd(), logged };
  }

  async function judge(asked: Asked | null): Promise<HttpAnswer | null> {
    if (!asked) return null;
    const { probe, answer, request, logged } = asked;
    const security = probe.security ?? false;
    if ("failed" in answer) {
      if (security) tally.countSecurity(false);
      const log = await logSince(logged);
      note(probe.endpoint, `${probe.what}: no answer (${answer.failed}).\nRequest: ${request}${log}`, isBad(probe));
      return null;
    }
    const right = probe.expect.includes(answer.status);
    const wrong = right ? [] : [`expected ${probe.expect.join(" or ")}, got ${answer.status}`];
    const operation = probe.method ? undefined : contract.operations.get(probe.endpoint);
    const leaks = leaksOf(answer, secrets);
    const problems = [...wrong, ...judgeAnswer(answer, contract, operation, { planned }), ...leaks];
    if (problems.length > 0) {
      const log = answer.status >= 500 ? await logSince(logged) : "";
      const told = `Request: ${request}\nResponse: ${excerpt(answer)}${log}`;
      note(probe.endpoint, `${probe.what}: ${problems.join("; ")}.\n${told}`, isBad(probe));
    }
    if (security) tally.countSecurity(problems.length === 0);
    else if (leaks.length > 0) tally.countSecurity(false);
    if (right && answer.status < 400) {
      succeeded.add(probe.endpoint);
      sessions?.note(probe, answer);
      tally.countLatency(answer.ms);
    }
    return right ? answer : null;
  }

  /** What the server printed about it, which says why: the beginning, without the frames that are not the project's. */
  async function logSince(offset: number): Promise<string> {
    await sleep(LOG_DELAY_MS);
    const lines = server.output().slice(offset).split("\n");
    const text = lines.filter((line) => !/^\s+at .*(node_modules|node:)/.test(line)).join("\n");
    return text ? `\nServer log: ${shorten(text.trim(), 500)}` : "";
  }

  async function sendAll(probes: readonly Probe[]): Promise<(HttpAnswer | null)[]> {
    const answers: (HttpAnswer | null)[] = [];
    const askFrom = (n: number) => {
      const asking = Promise.all(probes.slice(n, n + AT_ONCE).map(ask));
      asking.catch(() => {}); // awaited when those before are judged
      return asking;
    };
    let asking = askFrom(0);
    for (let n = AT_ONCE; answers.length < probes.length; n += AT_ONCE) {
      const asked = await asking;
      asking = askFrom(n); // the server works while its last answers are looked at
      for (const one of asked) answers.push(await judge(one));
    }
    return answers;
  }

  const send = async (probe: Probe) => judge(await ask(probe));
  const sessions = createSessions(plan, send);

  return {
    contract,
    planned,
    tally,
    sessions,
    requests: () => requests,
    failed: (endpoint) =>
      endpoint === undefined ? [...perEndpoint.values()].flat().length : (perEndpoint.get(endpoint)?.length ?? 0),
    failures: () => {
      const shown = [...perEndpoint.values()].flatMap(mostTelling);
      const more = [...perEndpoint].filter(([, { length }]) => length > FAILURES_SHOWN);
      return [
        ...shown,
        ...more.map(([endpoint, { length }]) => ({
          endpoint,
          message: `${length - FAILURES_SHOWN} more probes failed.`,
        })),
      ];
    },
    send,
    sendAll,
    fail,
    success(endpoint) {
      const status = statuses?.get(endpoint);
      if (status !== undefined) return [status];
      const found = [...(contract.operations.get(endpoint)?.responses.keys() ?? [])].filter(
        (status) => status >= 200 && status < 300,
      );
      return found.length > 0 ? found : [200, 201, 204];
    },
    last: () => last,
    succeeded: (endpoint) => succeeded.has(endpoint),
    close: () => client.close(),
  };
}

interface Noted {
  failure: Failure;
  /** That a request was not refused, or not as it should be, matters once those that are right succeed. */
  ofBadRequest: boolean;
}

function isBad({ expect }: Probe): boolean {
  return expect.every((status) => status >= 400);
}

/** Of the failures of an endpoint those that say most, in their order: of right requests before bad ones, and of different
 * kinds; what was asked stands before the first colon. */
function mostTelling(noted: readonly Noted[]): Failure[] {
  const kinds = new Set<string>();
  const [right, bad, again]: [Failure[], Failure[], Failure[]] = [[], [], []];
  for (const { failure, ofBadRequest } of noted) {
    const kind = failure.message.slice(0, failure.message.indexOf(":"));
    (kinds.has(kind) ? again : ofBadRequest ? bad : right).push(failure);
    kinds.add(kind);
  }
  const chosen = new Set([...right, ...bad, ...again].slice(0, FAILURES_SHOWN));
  return noted.flatMap(({ failure }) => (chosen.has(failure) ? [failure] : []));
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
