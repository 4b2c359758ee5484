// Endpoints without a table: health, constants, routes that the plan does not know, pages outside /api, wrong methods.
import { isDeepStrictEqual } from "node:util";
import type { Plan } from "../../plan/plan.ts";
import { type RouteFile, routeKey } from "../routes.ts";
import type { JsonSchema } from "./contract.ts";
import { objectOf, type Prober, shown } from "./prober.ts";
import type { Rows } from "./rows.ts";
import { unknownId } from "./values.ts";

/** Seconds that a clock may be off. */
const CLOCK = 60;

/** Each more than once: a server may do it well only at first. */
const TIMES = [1, 2, 3];

export async function probeConstants(plan: Plan, prober: Prober): Promise<void> {
  for (const endpoint of plan.endpoints) {
    const { operation } = endpoint;
    const key = routeKey(endpoint);
    if (operation.kind === "health") for (const _ of TIMES) await probeHealth(prober, key);
    if (operation.kind === "constant") for (const _ of TIMES) await probeConstant(prober, key, operation.body);
  }
}

async function probeHealth(prober: Prober, key: string): Promise<void> {
  const answer = await prober.send({ endpoint: key, what: "health", expect: [200] });
  const body = objectOf(answer);
  const time = body?.["timestamp"];
  if (answer && (body?.["status"] !== "ok" || !Number.isInteger(time)))
    return prober.fail(key, `health must be {"status": "ok", "timestamp": unix seconds}, not ${shown(answer.json)}.`);
  // The server's own clock, by the header that Node writes, may be another than tb's.
  const clocks = [Date.now(), Date.parse(String(answer?.headers["date"]))];
  if (answer && prober.planned && !clocks.some((now) => Math.abs(Number(time) - now / 1000) <= CLOCK))
    prober.fail(key, `health must tell the time of now in unix seconds, not ${shown(time)}.`);
}

async function probeConstant(prober: Prober, key: string, expected: unknown): Promise<void> {
  const answer = await prober.send({ endpoint: key, what: "a plain request", expect: [200] });
  if (answer && !isDeepStrictEqual(answer.json, expected))
    prober.fail(key, `the body must be ${shown(expected)}, as the plan says, not ${shown(answer.json)}.`);
}

/** Whatever was asked, it still works. */
export async function probeStillHealthy(plan: Plan, prober: Prober): Promise<void> {
  const health = plan.endpoints.find(({ operation }) => operation.kind === "health");
  if (health) await probeHealth(prober, routeKey(health));
}

/** Methods that no file of the path serves are refused; without a plan one of them, once a path. */
export async function probeWrongMethods(prober: Prober, routes: RouteFile[]): Promise<void> {
  const byPath = Map.groupBy(routes, (route) => route.path);
  for (const group of byPath.values()) {
    const served = group.map(({ method }) => method);
    if (served.includes("*")) continue;
    const others = ["PUT", "DELETE", "POST", "PATCH", "GET"].filter((method) => !served.includes(method));
    const base = { endpoint: routeKey(group[0]!), id: unknownId(), expect: [405, 404] };
    await prober.sendAll(
      (prober.planned ? others : others.slice(0, 1)).map((method) => ({
        ...base,
        what: `the method ${method}, which no file serves`,
        method,
        ...(method !== "GET" && method !== "DELETE" && { body: {} }),
        security: true,
      })),
    );
  }
}

/** HEAD says of every path what GET says, without a body. `id` is of a row that is there. */
export async function probeHeads(plan: Plan, prober: Prober, idOf: (table: string) => string | null): Promise<void> {
  for (const endpoint of plan.endpoints.filter(({ method }) => method === "GET")) {
    const { operation } = endpoint;
    const table = operation.kind === "nested-list" ? operation.parent : "table" in operation ? operation.table : null;
    const id = table === null ? null : idOf(table);
    if (endpoint.path.includes("{") && id === null) continue;
    const what = "HEAD, which says what GET says without a body";
    const answer = await prober.send({
      endpoint: routeKey(endpoint),
      what,
      method: "HEAD",
      ...(id !== null && { id }),
      expect: [200],
    });
    if (answer && answer.text !== "") prober.fail(routeKey(endpoint), `${what}: the answer has a body.`);
  }
}

/** What keeps a browser from misusing an answer; the base project sends it with every one, also with errors. */
const SAFE_HEADERS: readonly [name: string, value: RegExp][] = [
  ["x-content-type-options", /^nosniff$/i],
  ["content-security-policy", /default-src 'none'/],
];

export async function probeHeaders(plan: Plan, prober: Prober): Promise<void> {
  const first = plan.endpoints.find(({ method }) => method === "GET");
  if (!first) return;
  const endpoint = routeKey(first);
  const answers = [
    await prober.send({ endpoint, what: "a plain request", id: unknownId(), expect: [200, 404] }),
    await prober.send({ endpoint: "GET /api/nothing-is-here", what: "a path that is not there", expect: [404] }),
  ];
  for (const answer of answers) {
    for (const [name, value] of answer ? SAFE_HEADERS : []) {
      const safe = value.test(String(answer!.headers[name] ?? ""));
      prober.tally.countSecurity(safe);
      if (!safe && prober.planned)
        prober.fail(endpoint, `an answer (${answer!.status}) does not have the header ${name} of the base project.`);
    }
  }
}

/** Routes below /api that the plan does not name: a request made from their contract alone must succeed. Rows are made
 * before they are read, and deleted last. */
export async function probeUnplanned(
  plan: Plan,
  prober: Prober,
  rows: Rows | null,
  routes: RouteFile[],
): Promise<void> {
  const planned = new Set(plan.endpoints.map(routeKey));
  const unplanned = routes.filter((route) => !planned.has(routeKey(route)) && route.method !== "*");
  for (const route of unplanned.toSorted((a, b) => turn(a) - turn(b))) {
    const endpoint = routeKey(route);
    const operation = prober.contract.operations.get(endpoint);
    if (!operation) continue; // said by checkCoverage
    const table = plan.tables.find(({ name }) => name === collectionOf(route.path));
    if (route.method === "DELETE" && rows && table) await rows.make(table); // one that no other refers to
    const id = idFor(route.path, rows);
    const needed = operation.parameters.filter((parameter) => parameter.in === "query" && parameter.required);
    const query = needed
      .map(({ name, schema }) => `${name}=${encodeURIComponent(String(sample(prober, schema, rows, name)))}`)
      .join("&");
    const answer = await prober.send({
      endpoint,
      what: "a valid request, made from openapi.json",
      ...(id !== null && { id }),
      ...(query && { query }),
      ...(operation.body && { body: sample(prober, operation.body, rows, "") }),
      expect: prober.success(endpoint),
    });
    const made = turn(route) === 0 ? objectOf(answer) : null;
    if (made && typeof made["id"] === "string") rows?.remember(tableName(route.path.split("/").at(-1)!), made);
    if (operation.body) {
      await prober.send({
        endpoint,
        what: "a body that is not an object",
        id: id ?? unknownId(),
        body: "text",
        expect: [400, 404, 422],
      });
    } else if (id !== null) {
      await prober.send({ endpoint, what: "an id that does not exist", id: unknownId(), expect: [404, 400, 422] });
    }
  }
}

/** Pages under server/routes: they answer, and never with an error of the server. */
export async function probePages(prober: Prober, pages: RouteFile[]): Promise<void> {
  for (const page of pages) {
    if (page.method === "GET" && !page.path.includes("{"))
      await prober.send({ endpoint: routeKey(page), what: "a plain request", expect: [200, 302] });
  }
}

/** When it is an endpoint's turn: new rows, reading, changing, acting on one, deleting. */
function turn({ method, path }: RouteFile): number {
  if (method === "POST") return path.includes("{") ? 3 : 0;
  return method === "DELETE" ? 4 : method === "GET" ? 1 : 2;
}

/** The id of a row of the collection that stands before the `{…}` of the path; null without one. */
function idFor(path: string, rows: Rows | null): string | null {
  const collection = collectionOf(path);
  if (collection === null) return null;
  const row = rows?.of(collection).at(-1);
  return typeof row?.["id"] === "string" ? row["id"] : unknownId();
}

/** The table that the `{…}` of the path names a row of; null without one. */
function collectionOf(path: string): string | null {
  const [, collection] = /\/([\w-]+)\/\{\w+\}/.exec(path) ?? [];
  return collection === undefined ? null : tableName(collection);
}

function tableName(segment: string): string {
  return segment.replaceAll("-", "_");
}

/** A value that satisfies a schema; its own examples come first. */
function sample(prober: Prober, schema: JsonSchema, rows: Rows | null, name: string): unknown {
  const own = prober.contract.resolve(schema);
  const given = own.example ?? own.examples?.[0] ?? own.default ?? own.const ?? own.enum?.[0];
  const reference = referenceFor(name, rows);
  if (reference !== null) return reference;
  if (given !== undefined) return given;
  const alternative = own.anyOf?.[0] ?? own.oneOf?.[0] ?? own.allOf?.[0];
  if (alternative) return sample(prober, alternative, rows, name);
  switch (Array.isArray(own.type) ? own.type[0] : own.type) {
    case "object": {
      const all = Object.entries(own.properties ?? {});
      const required = all.filter(([key]) => own.required?.includes(key));
      const needed = required.length < (own.minProperties ?? 0) ? all : required;
      return Object.fromEntries(needed.map(([key, property]) => [key, sample(prober, property, rows, key)]));
    }
    case "array":
      return own.items ? [sample(prober, own.items, rows, "")] : [];
    case "integer":
    case "number":
      return (
        own.minimum ?? (own.exclusiveMinimum === undefined ? Math.min(1, own.maximum ?? 1) : own.exclusiveMinimum + 1)
      );
    case "boolean":
      return true;
    case "null":
      return null;
    case undefined:
    default:
      return text(own);
  }
}

function referenceFor(name: string, rows: Rows | null): string | null {
  if (!rows || !name.endsWith("_id")) return null;
  const table = rows.plan.tables.find((one) => `${one.singular}_id` === name);
  const id = table && rows.of(table.name).at(-1)?.["id"];
  return typeof id === "string" ? id : null;
}

/** A text in the schema's format; where it has a pattern, the first of some usual shapes that fits. */
function text({ format, pattern, minLength = 0, maxLength = 10_000 }: JsonSchema): string {
  const byFormat: Record<string, string> = {
    email: "probe@example.com",
    uri: "https://example.com/",
    url: "https://example.com/",
    date: "2030-01-02",
    "date-time": "2030-01-02T03:04:05Z",
    time: "03:04:05",
    uuid: "7d444840-9dc0-41d1-b245-5ffdce74fad2",
    ipv4: "192.0.2.1",
  };
  const usual = [
    byFormat[format ?? ""] ?? "Probe text",
    "probe",
    "PROBE",
    "1",
    "12345",
    "AB-123",
    unknownId(),
    "a1b2c3",
  ];
  const fitting = usual.map((one) => one.slice(0, maxLength).padEnd(minLength, "x"));
  return (pattern === undefined ? undefined : fitting.find((one) => new RegExp(pattern).test(one))) ?? fitting[0]!;
}
