import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { H3 } from "nitro/h3";
import * as z from "zod";
import { problem, toProblem } from "../server/utils/problem.ts";
import { route } from "../server/utils/route.ts";

const Note = z.strictObject({ text: z.string().trim().min(1) });
const app = new H3({ onError: (error, event) => toProblem(error, event.req), silent: true });
app.post(
  "/notes",
  route({ summary: "Echo", body: Note, returns: z.object({ text: z.string() }), handler: async ({ body }) => body }),
);
app.get(
  "/refused",
  route({
    summary: "Ask the database for what it refuses",
    handler: async () => {
      throw problem(422, "A value was rejected by the database.");
    },
  }),
);
app.get(
  "/broken",
  route({
    summary: "Fail",
    handler: async () => {
      throw new Error("secret");
    },
  }),
);

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  type = "application/json",
): Promise<{ status: number; text: string }> {
  const response = await app.request("/notes", { method: "POST", body, headers: { "content-type": type } });
  return { status: response.status, text: await response.text() };
}

describe("a route", () => {
  it("hands the validated body to its handler", async () => {
    assert.deepEqual(await post('{"text":" hello "}'), { status: 200, text: '{"text":"hello"}' });
  });

  it("names every field that is wrong", async () => {
    const { status, text } = await post('{"text":"","admin":true}');
    assert.equal(status, 422);
    const { errors } = JSON.parse(text) as { errors: { path: string }[] };
    assert.deepEqual(
      errors.map(({ path }) => path),
      ["text", ""],
    );
  });

  it("refuses malformed JSON, an empty body and bad UTF-8", async () => {
    for (const body of ["{", "", new Uint8Array([0x22, 0xff, 0x22])]) assert.equal((await post(body)).status, 400);
  });

  it("refuses what no database stores: NUL and half a surrogate pair", async () => {
    for (const text of ["a\\u0000b", "a\\ud800b"]) assert.equal((await post(`{"text":"${text}"}`)).status, 422);
  });

  it("refuses what is nested without end", async () => {
    assert.equal((await post(`{"text":${"[".repeat(20_000)}${"]".repeat(20_000)}}`)).status, 422);
  });

  it("refuses another type of content", async () => {
    assert.equal((await post("text=hello", "application/x-www-form-urlencoded")).status, 415);
  });

  it("refuses a body over 100 kB", async () => {
    assert.equal((await post(JSON.stringify({ text: "x".repeat(100_000) }))).status, 413);
  });

  it("says 400 where no body was to blame", async () => {
    assert.equal((await app.request("/refused")).status, 400);
  });

  it("shows nothing of an unexpected error", async () => {
    const response = await app.request("/broken");
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /secret/);
  });
});
