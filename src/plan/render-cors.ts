// The files of a project whose API web pages of named origins may use (CORS): h3's own rules, told the origins and methods.
import type { Plan } from "./plan.ts";

interface RenderedFile {
  path: string;
  content: string;
}

/** Of a line, for the base project's formatter. */
const WIDTH = 120;
const METHODS = ["GET", "HEAD", "POST", "PATCH", "DELETE"];

/** None without origins in the plan. */
export function renderCors({ cors = [], endpoints }: Plan): RenderedFile[] {
  if (cors.length === 0) return [];
  const served = new Set<string>(endpoints.map(({ method }) => method));
  const methods = METHODS.filter((method) => served.has(method) || method === "HEAD");
  return [
    { path: "server/middleware/web-origins.ts", content: middleware(cors, methods) },
    { path: "tests/web-origins.test.ts", content: tests(cors[0]!) },
  ];
}

function middleware(origins: string[], methods: string[]): string {
  const quoted = origins.map((origin) => `"${origin}"`);
  const line = `const origins = [${quoted.join(", ")}];`;
  const list = line.length <= WIDTH ? line : `const origins = [\n${quoted.map((one) => `  ${one},\n`).join("")}];`;
  return `import { defineHandler } from "nitro";
import { handleCors } from "nitro/h3";

/** Web pages of these origins may use the API (CORS); to those of others, browsers do not show its answers. */
${list}

export default defineHandler((event) => {
  const preflight = handleCors(event, {
    origin: origins,
    methods: [${methods.map((method) => `"${method}"`).join(", ")}],
    allowHeaders: ["content-type", "authorization"],
    exposeHeaders: ["location"],
    maxAge: "600",
  });
  return preflight || undefined;
});
`;
}

function tests(origin: string): string {
  return `import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createApp } from "../scripts/serve.ts";

const app = await createApp();
const OWN = "${origin}";
const OTHERS = ["https://example.net", \`\${OWN}.example.net\`, "null"];

describe("web pages", () => {
  it("of a named origin may read answers, and errors", async () => {
    for (const path of ["/openapi.json", "/nowhere"]) {
      const { headers } = await app.request(path, { headers: { origin: OWN } });
      assert.equal(headers.get("access-control-allow-origin"), OWN, path);
      assert.equal(headers.get("vary"), "origin");
    }
  });

  it("of other origins may not", async () => {
    for (const origin of OTHERS) {
      const { headers } = await app.request("/openapi.json", { headers: { origin } });
      assert.equal(headers.get("access-control-allow-origin"), null, origin);
      assert.equal(headers.get("vary"), "origin");
    }
  });

  it("ask before they send what a form could not", async () => {
    const asked = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
    const own = await app.request("/api/health", { method: "OPTIONS", headers: { origin: OWN, ...asked } });
    assert.equal(own.status, 204);
    assert.equal(own.headers.get("access-control-allow-origin"), OWN);
    assert.match(own.headers.get("access-control-allow-headers") ?? "", /content-type/);
    for (const origin of OTHERS) {
      const other = await app.request("/api/health", { method: "OPTIONS", headers: { origin, ...asked } });
      assert.equal(other.headers.get("access-control-allow-origin"), null, origin);
    }
  });
});
`;
}
