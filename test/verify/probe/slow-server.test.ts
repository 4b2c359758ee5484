import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readContract } from "../../../src/verify/probe/contract.ts";
import { todoPlan } from "../../templates/sample-plans.ts";
import { createProber } from "../../../src/verify/probe/prober.ts";

it("is not asked any more when it has failed slowly on many endpoints", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tb-slow-"));
  const socketPath = join(folder, "app.sock");
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    setTimeout(() => response.writeHead(503).end(), 3_100);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const contract = readContract('{"openapi":"3.1.0","paths":{"/api/x":{"get":{"responses":{}}}}}');
  if ("problem" in contract) throw new Error(contract.problem);
  const prober = createProber({
    contract,
    server: {
      socketPath,
      output: () => "",
      hasToldSecrets: () => false,
      exited: new Promise(() => {}),
      stop: async () => {},
    },
    routes: [],
    signal: new AbortController().signal,
    statuses: null,
    plan: todoPlan,
    secrets: [],
  });
  const probes = Array.from({ length: 12 }, (_, n) => ({ endpoint: `GET /api/${n}`, what: "a list", expect: [200] }));
  expect(await prober.sendAll(probes)).toEqual(probes.map(() => null));
  expect(asked).toBe(8); // two times four at once
  expect(prober.failures().map(({ message }) => message)).toContain(
    "6 requests failed slowly: nothing more was asked.",
  );
  prober.close();
  server.close();
  await rm(folder, { recursive: true });
});
