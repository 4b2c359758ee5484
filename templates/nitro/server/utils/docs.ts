// Renders the OpenAPI document as one HTML page: no script and nothing from other hosts.
import { createHash } from "node:crypto";
import document from "../../openapi.json" with { type: "json" };

type Schema = {
  type?: string | string[];
  $ref?: string;
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};
type Content = { content?: Record<string, { schema: Schema }> };
type Parameter = { name: string; in: string; required: boolean; schema: Schema };
type Operation = {
  summary: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content & { description: string }>;
};

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430 }
h2 { margin: 2.5rem 0 .5rem; text-transform: capitalize } h3 { font-size: 1rem; margin: 0 0 .25rem }
section { border: 1px solid #d8dee6; border-radius: 6px; padding: .75rem 1rem; margin: .75rem 0 }
code, pre { font: 13px/1.5 ui-monospace, monospace } pre { background: #f4f6f8; padding: .6rem; overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 } td, th { text-align: left; padding: .2rem .8rem .2rem 0 }
th { font-weight: 600; color: #5a6675 } .method { color: #0b62c4; font-weight: 700 }
@media (prefers-color-scheme: dark) { body { background: #14181d; color: #dde3ea }
  section { border-color: #343c46 } pre { background: #1e242b } .method { color: #6db1ff } th { color: #93a0b0 } }
`;

/** Lets the page's own style through, and nothing else. */
export const docsPolicy = `default-src 'none'; frame-ancestors 'none'; style-src 'sha256-${createHash("sha256")
  .update(STYLE)
  .digest("base64")}'`;

const schemas = document.components.schemas as Record<string, Schema>;

/** The page; `origin` is where the examples send their requests. */
export function renderDocs(origin: string): string {
  const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const byTag = Object.groupBy(operations, ({ operation }) => operation.tags[0] ?? "");
  const parts = Object.entries(byTag).map(([tag, list = []]) => {
    const sections = list.map(({ method, path, operation }) => section(method.toUpperCase(), path, operation, origin));
    return `<h2>${escape(tag)}</h2>${sections.join("")}`;
  });
  const title = escape(document.info.title);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style>
<h1>${title}</h1><p>The contract as data: <a href="/openapi.json">/openapi.json</a></p>${parts.join("\n")}</html>\n`;
}

function section(method: string, path: string, operation: Operation, origin: string): string {
  const body = jsonSchema(operation.requestBody);
  const fields = [
    ...operation.parameters.map((parameter) => row(parameter.name, parameter.in, parameter.required, parameter.schema)),
    ...Object.entries(body?.properties ?? {}).map(([name, schema]) =>
      row(name, "body", body?.required?.includes(name) ?? false, schema),
    ),
  ];
  const answers = Object.entries(operation.responses).map(([status, response]) => {
    const answer = jsonSchema(response);
    return `<li><code>${status}</code> ${escape(response.description)}${answer ? pre(sample(answer)) : ""}</li>`;
  });
  return `<section><h3><span class="method">${method}</span> <code>${escape(path)}</code></h3>${escape(operation.summary)}
${fields.length > 0 ? `<table><tr><th>Name</th><th>In</th><th>Type</th><th></th></tr>${fields.join("")}</table>` : ""}
<pre>${escape(curl(method, path, operation, origin))}</pre><ul>${answers.join("")}</ul></section>`;
}

function row(name: string, where: string, required: boolean, schema: Schema): string {
  const note = required ? "required" : schema.default === undefined ? "" : `default ${JSON.stringify(schema.default)}`;
  return `<tr><td><code>${escape(name)}</code></td><td>${where}</td><td>${escape(typeOf(schema))}</td><td>${escape(note)}</td></tr>`;
}

function curl(method: string, path: string, operation: Operation, origin: string): string {
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = operation.parameters.find((candidate) => candidate.name === name);
    return String(parameter ? sample(parameter.schema) : name);
  });
  const body = jsonSchema(operation.requestBody);
  const data =
    body && ` \\\n  -H 'content-type: application/json' -d '${JSON.stringify(sample(body)).replaceAll("'", "'\\''")}'`;
  return `curl ${method === "GET" ? "" : `-X ${method} `}'${origin}${url}'${data ?? ""}`;
}

function jsonSchema(content: Content | undefined): Schema | undefined {
  const schema = content?.content?.["application/json"]?.schema;
  return schema && resolve(schema);
}

function resolve(schema: Schema): Schema {
  return schema.$ref ? (schemas[schema.$ref.split("/").at(-1)!] ?? {}) : schema;
}

/** "string, email, at most 320", "one of open, done", "integer or null". */
function typeOf(schema: Schema): string {
  const found = resolve(schema);
  if (found.anyOf) return found.anyOf.map(typeOf).join(" or ");
  if (found.enum) return `one of ${found.enum.join(", ")}`;
  if (found.items) return `array of ${typeOf(found.items)}`;
  const parts = [String(found.type ?? "any JSON value"), found.format];
  if (found.minimum !== undefined) parts.push(`at least ${found.minimum}`);
  if (found.maximum !== undefined) parts.push(`at most ${found.maximum}`);
  if (found.maxLength !== undefined) parts.push(`at most ${found.maxLength} characters`);
  return [...parts, found.description].filter(Boolean).join(", ");
}

const FORMATS: Record<string, unknown> = {
  email: "ann@example.com",
  uri: "https://example.com",
  date: "2026-01-31",
};

/** A value that fits the schema. */
function sample(schema: Schema): unknown {
  const found = resolve(schema);
  if (found.example !== undefined) return found.example;
  if (found.const !== undefined) return found.const;
  if (found.default !== undefined && found.default !== null) return found.default;
  if (found.enum) return found.enum[0];
  if (found.anyOf) return found.anyOf[0] && sample(found.anyOf[0]);
  if (found.properties) {
    return Object.fromEntries(Object.entries(found.properties).map(([name, property]) => [name, sample(property)]));
  }
  if (found.items) return [sample(found.items)];
  if (found.type === "integer" || found.type === "number")
    return Math.max(found.minimum ?? 1, Math.min(found.maximum ?? 1, 1));
  if (found.type === "boolean") return true;
  if (found.type === "string")
    return FORMATS[found.format ?? ""] ?? "text".padEnd(found.minLength ?? 0, ".").slice(0, found.maxLength);
  return {};
}

function pre(value: unknown): string {
  return `<pre>${escape(JSON.stringify(value, null, 2))}</pre>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
