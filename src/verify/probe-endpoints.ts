// Check "endpoints": tb calls every endpoint itself, on a copy of the database, and looks into the database afterwards.
import type { SandboxServer } from "../adapters/sandbox/sandbox.ts";
import { type Finding, plural } from "./check.ts";
import type { Contract } from "./probe/contract.ts";
import { probeDelete, probeUpdate } from "./probe/probe-change.ts";
import { probeCreate } from "./probe/probe-create.ts";
import { probeConstants, probePages, probeUnplanned, probeWrongMethods } from "./probe/probe-others.ts";
import { probeGet, probeList, probeNestedLists } from "./probe/probe-read.ts";
import { createProber, type Prober } from "./probe/prober.ts";
import { createRows, type Rows } from "./probe/rows.ts";
import { createStore } from "./probe/store.ts";
import { type RouteFile, routeKey } from "./routes.ts";
import { hasDatabase, type Subject } from "./subject.ts";

/** The server works on `scratch.probe`, a copy of the database. */
export async function probeEndpoints(
  subject: Subject,
  input: { server: SandboxServer; contract: Contract; routes: RouteFile[] },
): Promise<Finding> {
  const { plan, signal } = subject;
  const prober = createProber({ ...input, signal });
  const api = input.routes.filter((route) => route.file.startsWith("server/api/"));
  const pages = input.routes.filter((route) => !api.includes(route));
  try {
    await probeConstants(plan, prober);
    if (hasDatabase(subject)) {
      await subject.cluster.session(subject.scratch.probe, async (query) => {
        const rows = createRows(plan, prober, createStore(query));
        await probeTables(subject, rows);
        await probeUnplanned(plan, prober, rows, api);
      });
    } else {
      await probeUnplanned(plan, prober, null, api);
    }
    await probePages(prober, pages);
    await probeWrongMethods(prober, api);
  } finally {
    prober.close();
  }
  checkCoverage(prober, api);
  const summary = `${plural(api.length, "endpoint")} (${plural(prober.requests(), "request")})`;
  return { count: prober.requests(), summary, failures: prober.failures() };
}

/** Parents first (the plan's order); deletions last, children first. */
async function probeTables(subject: Subject, rows: Rows): Promise<void> {
  const { tables, endpoints } = subject.plan;
  for (const table of tables) {
    // Rows of a table without endpoints are only made for those that refer to it, and for endpoints nobody has planned.
    if (!endpoints.some(({ operation }) => "table" in operation && operation.table === table.name)) {
      await rows.make(table);
      continue;
    }
    await probeCreate(rows, table);
    await probeGet(rows, table);
    await probeList(rows, table);
    await probeUpdate(rows, table);
    subject.onProgress(`${table.name}: ${plural(rows.prober.requests(), "request")}`);
  }
  await probeNestedLists(rows);
  for (const table of tables.toReversed()) await probeDelete(rows, table);
}

/** No endpoint passes without having answered a valid request and having met an invalid one. */
function checkCoverage(prober: Prober, routes: RouteFile[]): void {
  for (const route of routes) {
    const key = routeKey(route);
    if (!prober.contract.operations.has(key))
      prober.fail(key, "is not in openapi.json: make it with route() and run `npm run openapi`.");
    else if (!prober.succeeded(key) && prober.failed(key) === 0) {
      prober.fail(key, "never answered a valid request with success.");
    }
  }
}
