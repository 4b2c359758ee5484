// Endpoints without a table: health, constants, routes that the plan does not know, pages outside /api, wrong methods.
import { isDeepStrictEqual } from "node:util";
import type { Plan } from "../../plan/plan.ts";
import { type RouteFile, routeKey } from "../routes.ts";
import type { JsonSchema } from "./contract.ts";
import { objectOf, type Prober, shown } from "./prober.ts";
import type { Rows } from "./rows.ts";
import { unknownId } from "./values.ts";

export async function probeConstants(plan: Plan, prober: Prober): Promise<void> {
  for (const endpoint of plan.endpoints) {
    const key = routeKey(endpoint);
    if (endpoint.operation.kind === "health") {
      const answer = await prober.send({ endpoint: key, what: "health", expect: [200] });
      const body = objectOf(answer);
      if (answer && (body?.["status"] !== "ok" || !Number.isInteger(body["timestamp"]))) {
        prober.fail(key, `health must be {"status": "ok", "timestamp": unix seconds}, not ${shown(answer.json)}.`);
      }
    }
    if (endpoint.operation.kind === "constant") {
      const answer = await prober.send({ endpoint: key, what: "a plain request", expect: [200] });
      if (answer && !isDeepStrictEqual(answer.json, endpoint.operation.body)) {
        prober.fail(
          key,
          `the body must be ${shown(endpoint.operation.body)}, as the plan says, not ${shown(answer.json)}.`,
        );
      }
    }
  }
}

/** A method that no file of the path serves is refused. Once a path. */
export async function probeWrongMethods(prober: Prober, routes: RouteFile[]): Promise<void> {
  const byPath = Map.groupBy(routes, (route) => route.path);
  for (const group of byPath.values()) {
    const method = ["PUT", "DELETE", "POST"].find(
      (one) => !group.some((route) => route.method === one || route.method === "*"),
    );
    if (!method) continue;
    for (const route of group) {
      await prober.send({
        endpoint: routeKey(route),
        what: `the method ${method}, which no file serves`,
        method,
        id: unknownId(),
        expect: [405, 404],
      });
      break;
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
