import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { call } from "./app.ts";

describe("every path", () => {
  it("answers a healthy state with the time in seconds", async () => {
    const { status, body } = await call<{ status: string; timestamp: number }>("GET", "/api/health");
    assert.equal(status, 200);
    assert.equal(body.status, "ok");
    assert.ok(Math.abs(body.timestamp - Date.now() / 1000) < 60);
  });

  it("carries the security headers, also on errors", async () => {
    for (const path of ["/api/health", "/nowhere"]) {
      const { headers } = await call("GET", path);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    }
  });

  it("is a problem document when it does not exist", async () => {
    const { status, headers, body } = await call("GET", "/nowhere");
    assert.equal(status, 404);
    assert.equal(headers.get("content-type"), "application/problem+json");
    assert.equal(body.instance, "/nowhere");
  });

  it("names the methods it has when another one is used", async () => {
    const { status, headers } = await call("DELETE", "/api/health");
    assert.equal(status, 405);
    assert.equal(headers.get("allow"), "GET, HEAD");
  });

  it("answers HEAD like GET", async () => {
    assert.equal((await call("HEAD", "/api/health")).status, 200);
  });

  it("is refused when its percent-encoding is broken", async () => {
    assert.equal((await call("GET", "/api/%zz")).status, 400);
  });
});

describe("the documentation", () => {
  it("publishes the contract as data", async () => {
    const { body } = await call<{ paths: object }>("GET", "/openapi.json");
    assert.ok("/api/health" in body.paths);
  });

  it("publishes the contract as a page that needs no other host", async () => {
    const { headers, body } = await call<string>("GET", "/docs");
    assert.match(headers.get("content-type") ?? "", /^text\/html/);
    assert.match(body, /\/api\/health/);
    assert.doesNotMatch(body, /<script|src=|@import/);
  });
});
