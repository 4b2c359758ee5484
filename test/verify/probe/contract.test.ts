import { describe, expect, it } from "vitest";
import { type Contract, type JsonSchema, readContract } from "../../../src/verify/probe/contract.ts";
import type { HttpAnswer } from "../../../src/verify/probe/http.ts";
import { judgeAnswer, leaksOf } from "../../../src/verify/probe/judge.ts";

const Id = { type: "string", pattern: "^[\\w-]{21}$" };
const User: JsonSchema = { type: "object", properties: { id: Id, name: { type: "string" } }, required: ["id", "name"] };

function document(schemas: Record<string, unknown> = { User }) {
  const page = {
    type: "object",
    properties: { items: { type: "array", items: { $ref: "#/components/schemas/User" } } },
  };
  const operation = {
    responses: {
      200: { description: "OK", content: { "application/json": { schema: page } } },
      204: { description: "No Content" },
    },
  };
  return JSON.stringify({
    openapi: "3.1.0",
    info: {},
    paths: { "/api/users": { get: operation } },
    components: { schemas },
  });
}
function contract(): Contract {
  const read = readContract(document());
  if ("problem" in read) throw new Error(read.problem);
  return read;
}
function answer(
  status: number,
  body: unknown,
  contentType = status < 400 ? "application/json" : "application/problem+json",
): HttpAnswer {
  const text = body === undefined ? "" : JSON.stringify(body);
  return { status, contentType, headers: {}, text, json: body, ms: 1 };
}
function judge(given: HttpAnswer): string[] {
  return judgeAnswer(given, contract(), contract().operations.get("GET /api/users"));
}
const row = { id: "V1StGXR8_Z5jdHi6B-myT", name: "Ann" };

describe("an answer is judged by the contract", () => {
  it("and passes when it fits", () => {
    expect(judge(answer(200, { items: [row] }))).toEqual([]);
    expect(judge(answer(204, undefined))).toEqual([]);
    expect(judge(answer(404, { title: "Not Found", status: 404, detail: "No user has this id." }))).toEqual([]);
  });

  it.each([
    ["a field of the wrong type", answer(200, { items: [{ ...row, name: 5 }] }), /name must be string/],
    ["a missing field", answer(200, { items: [{ id: row.id }] }), /required property 'name'/],
    [
      "an undeclared column",
      answer(200, { items: [{ ...row, password_hash: "x" }] }),
      /"password_hash".*undeclared column/,
    ],
    ["an undeclared status", answer(202, {}), /does not name the status 202/],
    ["another content type", answer(200, { items: [] }, "text/html"), /must be application\/json/],
    ["a body that should not be", answer(204, {}), /has no body/],
    ["an error that is no problem document", answer(400, {}, "application/json"), /application\/problem\+json/],
    ["a problem with another status", answer(400, { title: "x", status: 500 }), /says status 500/],
  ])("and fails with %s", (_, given, problem) => {
    expect(judge(given).join()).toMatch(problem);
  });

  it.each([
    ["a stack trace", "Error: x\n    at handler (file:///srv/x.mjs:1:2)"],
    ["a path", "cannot open /home/ann/todo/x"],
    ["a source file", "failed in server/api/users/index.get.ts"],
    ["SQL", "select * from users where id = $1"],
    ["the database's words", 'duplicate key value violates unique constraint "users_key"'],
    ["a system error", "connect ECONNREFUSED 127.0.0.1:5432"],
  ])("and fails when an error shows %s", (_, detail) => {
    expect(leaksOf(answer(500, { title: "x", status: 500, detail }), []).join()).toMatch(/shows/);
  });

  it("and fails when it holds a secret, wherever", () => {
    const answers = [answer(200, { items: [{ ...row, name: "s3cret" }] }), answer(204, undefined)];
    answers[1]!.headers = { "x-debug": "user:s3cret@host" };
    for (const given of answers) expect(leaksOf(given, ["s3cret"])).toEqual([expect.stringContaining("password")]);
    expect(leaksOf(answers[0]!, ["other"])).toEqual([]);
  });
});

describe("a contract is refused", () => {
  it.each([
    ["when it is not JSON", "{", /not JSON/],
    ["when it is not OpenAPI 3.1", "{}", /not an OpenAPI/],
    ["when a reference leads nowhere", document({}), /not in the document/],
    [
      "when a schema is only itself",
      document({ User: { $ref: "#/components/schemas/User" } }),
      /refers only to itself/,
    ],
  ])("%s", (_, text, problem) => {
    expect(readContract(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
