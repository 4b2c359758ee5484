// Writes openapi.json from the contracts of the routes: node scripts/openapi.ts [--check]
import { readFile, writeFile } from "node:fs/promises";
import { STATUS_CODES } from "node:http";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import project from "../package.json" with { type: "json" };
import type { Contract } from "../server/utils/route.ts";
import { type RouteFile, routeFiles } from "./routes.ts";

type Json = Record<string, unknown>;
type Direction = "input" | "output";

const FILE = fileURLToPath(new URL("../openapi.json", import.meta.url));

const PROBLEM = {
  type: "object",
  required: ["type", "title", "status", "instance"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["in", "path", "message"],
        properties: { in: { enum: ["path", "query", "body"] }, path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

/** The OpenAPI document of all routes under server/api. */
export async function openapi(): Promise<Json> {
  const components: Record<string, Json> = {};
  const paths: Record<string, Json> = {};
  for (const file of await routeFiles("api")) {
    const { contract } = (await file.load()).default as { contract?: Contract };
    if (!contract) throw new Error(`${file.method.toUpperCase()} ${file.path} is not made with route().`);
    const path = file.path.replace(/\[(\w+)\]/g, "{$1}");
    (paths[path] ??= {})[file.method] = operation(file, contract, components);
  }
  components.Problem = PROBLEM;
  const sorted = Object.entries(components).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    openapi: "3.1.0",
    info: { title: project.name, version: project.version },
    servers: [{ url: "/" }],
    paths,
    components: { schemas: Object.fromEntries(sorted) },
  };
}

function operation({ method, path }: RouteFile, contract: Contract, components: Record<string, Json>): Json {
  const status = contract.status ?? (contract.returns ? 200 : 204);
  const json = (type: z.ZodType, direction: Direction) => ({
    content: { "application/json": { schema: schema(type, direction, components) } },
  });
  return {
    operationId: [method, ...path.split(/\W+/).filter((part) => part && part !== "api")].join("_"),
    summary: contract.summary,
    tags: [path.split("/")[2]],
    parameters: [
      ...parameters("path", contract.params, components),
      ...parameters("query", contract.query, components),
    ],
    ...(contract.body && { requestBody: { required: true, ...json(contract.body, "input") } }),
    responses: {
      [status]: {
        description: STATUS_CODES[status],
        ...(status === 201 && { headers: { Location: { schema: { type: "string" } } } }),
        ...(contract.returns && json(contract.returns, "output")),
      },
      ...Object.fromEntries(problemStatuses(contract).map((code) => [code, problemResponse(code)])),
    },
  };
}

function parameters(where: "path" | "query", type: z.ZodObject | undefined, components: Record<string, Json>): Json[] {
  return Object.entries(type?.shape ?? {}).map(([name, field]) => ({
    name,
    in: where,
    required: where === "path" || !(field as z.ZodType).safeParse(undefined).success,
    schema: schema(field as z.ZodType, "input", components),
  }));
}

function problemStatuses({ params, query, body, errors }: Contract): number[] {
  const codes = [...(params || query ? [400] : []), ...(body ? [400, 413, 415, 422] : []), ...(errors ?? [])];
  return [...new Set(codes)].toSorted((a, b) => a - b);
}

function problemResponse(code: number): Json {
  return {
    description: STATUS_CODES[code],
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

/** The JSON Schema of a contract; one with an id becomes a component and a reference to it. */
function schema(type: z.ZodType, io: Direction, components: Record<string, Json>): Json {
  const found = z.toJSONSchema(type, { io, override: ({ jsonSchema }) => dropSafeBounds(jsonSchema) });
  const text = JSON.stringify(found).replaceAll("#/$defs/", "#/components/schemas/");
  const { $schema: _, $defs, ...root } = JSON.parse(text) as { $defs?: Record<string, Json> } & Json;
  for (const [id, definition] of Object.entries($defs ?? {})) components[id] = withoutId(definition);
  if (typeof root.id !== "string") return root;
  components[root.id] = withoutId(root);
  return { $ref: `#/components/schemas/${root.id}` };
}

function withoutId(definition: Json): Json {
  return Object.fromEntries(Object.entries(definition).filter(([key]) => key !== "id"));
}

/** The limits of what a double holds exactly are zod's, not the API's. */
function dropSafeBounds(definition: Json): void {
  if (definition.minimum === Number.MIN_SAFE_INTEGER) delete definition.minimum;
  if (definition.maximum === Number.MAX_SAFE_INTEGER) delete definition.maximum;
}

async function main(check: boolean): Promise<void> {
  const text = `${JSON.stringify(await openapi(), null, 2)}\n`;
  if (!check) return writeFile(FILE, text);
  if ((await readFile(FILE, "utf8")) !== text) {
    throw new Error('openapi.json does not match the routes. Run "npm run openapi" and commit the result.');
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(process.argv.includes("--check"));
}
