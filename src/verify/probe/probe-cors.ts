// CORS, where the plan names origins: web pages of these may use the API, and those of no other.
import type { Plan } from "../../plan/plan.ts";
import { routeKey } from "../routes.ts";
import type { HttpAnswer } from "./http.ts";
import { type Prober, shown } from "./prober.ts";
import { unknownId } from "./values.ts";

const ALLOWED = "access-control-allow-origin";

/** Origins that only look like the one that may. */
function strangers(origin: string): string[] {
  const { protocol, host } = new URL(origin);
  const other = protocol === "https:" ? "http:" : "https:";
  return [
    "https://example.net",
    `${origin}.example.net`,
    `https://example.net/${host}`,
    `${protocol}//x${host}`,
    `${other}//${host}`,
    `${origin.replace(/:\d+$/, "")}:81`,
    origin.replace(".", "x"),
    origin.toUpperCase(),
    "null",
  ].filter((one) => one !== origin);
}

export async function probeCors({ cors = [], endpoints }: Plan, prober: Prober): Promise<void> {
  const [health] = endpoints;
  const [first] = cors;
  if (!first || !health) return;
  const key = routeKey(health);
  for (const origin of cors) {
    await probeAnswers(prober, key, origin);
    for (const endpoint of endpoints) await probePreflight(prober, routeKey(endpoint), endpoint.method, origin);
  }
  for (const origin of strangers(first).filter((one) => !cors.includes(one))) await probeStranger(prober, key, origin);
  const answer = await prober.send({ endpoint: key, what: "a request of no web page", expect: [200] });
  if (answer) expectHeader(prober, key, "a request of no web page", answer, ALLOWED, null);
}

/** A success and an error. */
async function probeAnswers(prober: Prober, endpoint: string, origin: string): Promise<void> {
  const what = `a request of a web page of ${origin}`;
  const asked = [
    { endpoint, what, expect: [200] },
    { endpoint: "GET /api/nothing-is-here", what: `${what}, which fails`, expect: [404] },
  ];
  for (const probe of asked) {
    const answer = await prober.send({ ...probe, headers: { origin }, security: true });
    if (!answer) continue;
    expectHeader(prober, endpoint, probe.what, answer, ALLOWED, origin);
    checkVary(prober, endpoint, probe.what, answer);
  }
}

/** What a browser asks before it sends JSON, or another method than a form's. */
async function probePreflight(prober: Prober, endpoint: string, method: string, origin: string): Promise<void> {
  const what = `the preflight of ${method} for ${origin}`;
  const answer = await prober.send(preflight(endpoint, what, method, origin));
  if (!answer) return;
  expectHeader(prober, endpoint, what, answer, ALLOWED, origin);
  checkVary(prober, endpoint, what, answer);
  for (const [name, needed] of [
    ["access-control-allow-methods", method],
    ["access-control-allow-headers", "content-type"],
  ] as const) {
    const listed = listOf(answer, name);
    if (!listed.includes(needed.toLowerCase()))
      prober.fail(endpoint, `${what}: the header ${name} does not name ${needed}.`);
  }
}

function preflight(endpoint: string, what: string, method: string, origin: string) {
  const headers = {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "content-type",
  };
  return { endpoint, what, id: unknownId(), method: "OPTIONS", headers, expect: [204, 200], security: true };
}

async function probeStranger(prober: Prober, endpoint: string, origin: string): Promise<void> {
  const what = `a web page of ${origin}, which nobody has named`;
  const simple = await prober.send({ endpoint, what, headers: { origin }, expect: [200, 403], security: true });
  const asked = await prober.send({ ...preflight(endpoint, what, "GET", origin), expect: [200, 204, 403, 405] });
  for (const answer of [simple, asked]) if (answer) expectHeader(prober, endpoint, what, answer, ALLOWED, null);
  if (simple) checkVary(prober, endpoint, what, simple);
}

function expectHeader(
  prober: Prober,
  endpoint: string,
  what: string,
  answer: HttpAnswer,
  name: string,
  expected: string | null,
): void {
  const value = answer.headers[name] ?? null;
  const right =
    value === expected && !(answer.headers["access-control-allow-credentials"] !== undefined && value === "*");
  prober.tally.countSecurity(right);
  const wanted = expected === null ? "must not be there" : `must be ${shown(expected)}`;
  if (!right) prober.fail(endpoint, `${what}: the header ${name} ${wanted}, and is ${shown(value)}.`);
}

/** An answer that is for one origin must not be kept for another. */
function checkVary(prober: Prober, endpoint: string, what: string, answer: HttpAnswer): void {
  if (!listOf(answer, "vary").includes("origin"))
    prober.fail(endpoint, `${what}: the header Vary does not name Origin, so a cache may give it to another web page.`);
}

function listOf({ headers }: HttpAnswer, name: string): string[] {
  return String(headers[name] ?? "")
    .split(",")
    .map((part) => part.trim().toLowerCase());
}
