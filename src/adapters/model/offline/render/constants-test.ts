// tests/constants.test.ts: the endpoints that always answer the same.
import type { Endpoint } from "../../../../plan/plan.ts";
import { jsonConstant } from "./source.ts";

export function renderConstantsTest(endpoints: Endpoint[]): string {
  const cases = endpoints.map(({ path, operation }) => {
    const body = operation.kind === "constant" ? operation.body : null;
    return `  it("answer ${path}", async () => {
    const { status, body } = await call<unknown>("GET", "${path}");
    assert.equal(status, 200);
${jsonConstant("    ", "expected", body)}
    assert.deepEqual(body, expected);
  });`;
  });
  return `import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { call } from "./app.ts";

describe("constants", () => {
${cases.join("\n\n")}
});
`;
}
