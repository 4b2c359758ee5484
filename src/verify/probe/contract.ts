// The project's openapi.json as something answers can be judged by.
import { Ajv2020 } from "ajv/dist/2020.js";
import * as z from "zod";

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  minProperties?: number;
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: JsonSchema;
}

export interface Operation {
  parameters: Parameter[];
  body: JsonSchema | null;
  /** Status -> content type -> schema. */
  responses: Map<number, Map<string, JsonSchema | null>>;
}

export interface Contract {
  /** By "GET /api/users/{id}". */
  operations: Map<string, Operation>;
  /** Follows references. */
  resolve(schema: JsonSchema): JsonSchema;
  /** Why the value is not what the schema says, or null. */
  mismatch(value: unknown, schema: JsonSchema): string | null;
  /** Paths of object keys that the schema does not name, with or without `additionalProperties: false`. */
  undeclared(value: unknown, schema: JsonSchema): string[];
}

const Schema = z.custom<JsonSchema>((value) => typeof value === "object" && value !== null && !Array.isArray(value));
const Content = z.record(z.string(), z.object({ schema: Schema.optional() }));
const Document = z.object({
  openapi: z.string().regex(/^3\.1\./),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z
          .array(z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false), schema: Schema }))
          .default([]),
        requestBody: z.object({ content: Content }).optional(),
        responses: z.record(z.string(), z.object({ content: Content.default({}) })),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), Schema).default({}) }).default({ schemas: {} }),
});

const PREFIX = "#/components/schemas/";

/** Reads openapi.json; a text that is no usable contract is a problem in words. */
export function readContract(text: string): Contract | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const document = Document.safeParse(json);
  if (!document.success) return { problem: `is not an OpenAPI 3.1 document: ${z.prettifyError(document.error)}` };
  const { schemas } = document.data.components;
  const dangling = danglingReference(json, schemas) ?? circularReference(schemas);
  if (dangling) return { problem: dangling };
  return createContract(document.data);
}

function createContract({ paths, components }: z.output<typeof Document>): Contract {
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    unicodeRegExp: false,
    validateSchema: false,
    inlineRefs: false, // a component is compiled once, and called wherever it is referred to
  });
  for (const [name, schema] of Object.entries(components.schemas))
    ajv.addSchema(rewrite(schema), `component:${encodeURIComponent(name)}`);
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

  function resolve(schema: JsonSchema): JsonSchema {
    let current = schema;
    while (current.$ref) current = components.schemas[current.$ref.slice(PREFIX.length)] ?? {};
    return current;
  }

  function mismatch(value: unknown, schema: JsonSchema): string | null {
    const key = JSON.stringify(schema); // the problem document, say, stands at every endpoint
    let validate = compiled.get(key);
    if (!validate) {
      validate = ajv.compile(rewrite(schema));
      compiled.set(key, validate);
    }
    if (validate(value)) return null;
    const [error] = validate.errors ?? [];
    const extra = error?.params?.["additionalProperty"];
    return `${error?.instancePath || "the body"} ${error?.message}${typeof extra === "string" ? ` ("${extra}")` : ""}`;
  }

  /** The alternatives a schema is made of, itself included. */
  function members(schema: JsonSchema): JsonSchema[] {
    const own = resolve(schema);
    return [own, ...[...(own.anyOf ?? []), ...(own.oneOf ?? []), ...(own.allOf ?? [])].flatMap(members)];
  }

  function undeclared(value: unknown, schema: JsonSchema, at = ""): string[] {
    if (typeof value !== "object" || value === null) return [];
    const all = members(schema);
    if (Array.isArray(value)) {
      const items = all.find((member) => member.items)?.items;
      return items ? value.flatMap((item, index) => undeclared(item, items, `${at}[${index}]`)) : [];
    }
    const properties: Record<string, JsonSchema> = Object.assign({}, ...all.map((member) => member.properties ?? {}));
    if (Object.keys(properties).length === 0) return []; // any object, such as a json column
    return Object.entries(value).flatMap(([key, item]) => {
      const path = at ? `${at}.${key}` : key;
      return Object.hasOwn(properties, key) ? undeclared(item, properties[key]!, path) : [path];
    });
  }

  const operations = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { parameters, requestBody, responses }] of Object.entries(methods)) {
      operations.set(`${method.toUpperCase()} ${path}`, {
        parameters,
        body: requestBody?.content["application/json"]?.schema ?? null,
        responses: new Map(
          Object.entries(responses).map(([status, { content }]) => [
            Number(status),
            new Map(Object.entries(content).map(([type, { schema }]) => [type, schema ?? null])),
          ]),
        ),
      });
    }
  }
  return { operations, resolve, mismatch, undeclared };
}

/** The schema with its references in the form ajv knows the components by. */
function rewrite(schema: JsonSchema): JsonSchema {
  const copy = structuredClone(schema);
  renameReferences(copy);
  return copy;
}

function renameReferences(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if ("$ref" in value && typeof value.$ref === "string")
    value.$ref = `component:${encodeURIComponent(value.$ref.slice(PREFIX.length))}`;
  for (const item of Object.values(value)) renameReferences(item);
}

function danglingReference(json: unknown, schemas: Record<string, JsonSchema>): string | null {
  let found: string | null = null;
  JSON.stringify(json, (key, value: unknown) => {
    if (key !== "$ref" || typeof value !== "string") return value;
    if (!value.startsWith(PREFIX) || !Object.hasOwn(schemas, value.slice(PREFIX.length))) found = value;
    return value;
  });
  return found === null ? null : `refers to ${JSON.stringify(found)}, which is not in the document.`;
}

/** A schema that is nothing but a reference to itself says nothing and cannot be followed. */
function circularReference(schemas: Record<string, JsonSchema>): string | null {
  for (const name of Object.keys(schemas)) {
    const seen = new Set<string>();
    for (let at: string | undefined = name; at; at = schemas[at]?.$ref?.slice(PREFIX.length)) {
      if (seen.has(at)) return `components.schemas.${name} refers only to itself.`;
      seen.add(at);
    }
  }
  return null;
}
