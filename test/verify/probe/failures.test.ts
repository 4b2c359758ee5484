import { expect, it } from "vitest";
import { readContract } from "../../../src/verify/probe/contract.ts";
import { todoPlan } from "../../templates/sample-plans.ts";
import { createProber } from "../../../src/verify/probe/prober.ts";

function prober() {
  const contract = readContract('{"openapi":"3.1.0","paths":{"/api/x":{"get":{"responses":{}}}}}');
  if ("problem" in contract) throw new Error(contract.problem);
  const none = new Promise<never>(() => {});
  const server = { socketPath: "", output: () => "", hasToldSecrets: () => false, exited: none, stop: async () => {} };
  const signal = new AbortController().signal;
  return createProber({ contract, server, routes: [], signal, statuses: null, plan: todoPlan, secrets: [] });
}

it("of an endpoint the first of each kind are shown, in their order, and how many there are more", () => {
  const asked = prober();
  for (const n of [1, 2, 3]) asked.fail("POST /api/users", `two users at once: ${n}.`);
  asked.fail("GET /api/users", "the list: one is missing.");
  asked.fail("POST /api/users", "a user whose email is taken: expected 409, got 201.");
  expect(asked.failures().map(({ endpoint, message }) => `${endpoint} ${message}`)).toEqual([
    "POST /api/users two users at once: 1.",
    "POST /api/users two users at once: 2.",
    "POST /api/users a user whose email is taken: expected 409, got 201.",
    "GET /api/users the list: one is missing.",
    "POST /api/users 1 more probes failed.",
  ]);
  expect([asked.failed(), asked.failed("POST /api/users"), asked.failed("PUT /api/users")]).toEqual([5, 4, 0]);
});
