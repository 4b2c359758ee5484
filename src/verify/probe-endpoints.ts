// Check "endpoints": tb calls every endpoint itself, on a copy of the database, and looks into the database afterwards.
import { accountTable, PASSWORDS, SESSIONS } from "../plan/accounts.ts";
import type { SandboxServer } from "../adapters/sandbox/sandbox.ts";
import type { Operation, Plan, Table } from "../plan/plan.ts";
import { type Finding, plural } from "./check.ts";
import type { Contract } from "./probe/contract.ts";
import { probeAccounts } from "./probe/probe-accounts.ts";
import { probeCors } from "./probe/probe-cors.ts";
import { probeCreate } from "./probe/probe-create.ts";
import { probeDelete } from "./probe/probe-delete.ts";
import { probeDeleteAll } from "./probe/probe-delete-all.ts";
import { probeGet } from "./probe/probe-get.ts";
import { probeList, probeNestedLists } from "./probe/probe-list.ts";
import { probeIncludes } from "./probe/probe-sorts.ts";
import {
  probeConstants,
  probeHeaders,
  probeHeads,
  probePages,
  probeStillHealthy,
  probeUnplanned,
  probeWrongMethods,
} from "./probe/probe-others.ts";
import { probeSteadily } from "./probe/probe-steady.ts";
import { probeUrls } from "./probe/probe-urls.ts";
import { probeUpdate } from "./probe/probe-update.ts";
import { createProber, type Prober } from "./probe/prober.ts";
import { createRows, type Row, type Rows } from "./probe/rows.ts";
import { openStore, StoreBlocked } from "./probe/store.ts";
import { type RouteFile, routeKey } from "./routes.ts";
import { changesNothing } from "./plan-present.ts";
import { hasDatabase, type StoredSubject, type Subject } from "./subject.ts";
import type { Scores } from "./verdict.ts";

/** Rows that are put into each table past the application: two pages and a bit, none of them a whole number of threes. */
const FILLED = 25;

/** Statuses of the base project; a contract made by hand may say others. */
const SUCCESS: Record<Operation["kind"], number> = {
  health: 200,
  constant: 200,
  list: 200,
  "nested-list": 200,
  get: 200,
  create: 201,
  update: 200,
  delete: 204,
  "delete-all": 204,
  "log-in": 200,
  "log-out": 204,
};

export interface Probed extends Finding {
  scores: Pick<Scores, "security_score" | "performance_score">;
}

/** The server works on `scratch.probe`, a copy of the database with these tables. */
export async function probeEndpoints(
  subject: Subject,
  input: {
    server: SandboxServer;
    contract: Contract;
    routes: RouteFile[];
    tables: readonly string[];
    secrets: readonly string[];
  },
): Promise<Probed> {
  const { plan, signal } = subject;
  const planned = subject.unplanned === undefined;
  const prober = createProber({
    ...input,
    signal,
    statuses: planned ? statusesOf(plan) : null,
    plan,
  });
  const api = input.routes.filter((route) => route.file.startsWith("server/api/"));
  const pages = input.routes.filter((route) => !api.includes(route));
  try {
    await probeConstants(plan, prober);
    if (hasDatabase(subject)) await probeStored(subject, prober, api, input.tables);
    else await probeUnplanned(plan, prober, null, api);
    await probePages(prober, pages);
    await probeWrongMethods(prober, api);
    await probeHeaders(plan, prober);
    await probeCors(plan, prober);
    await probeStillHealthy(plan, prober);
  } finally {
    prober.close();
  }
  checkCoverage(plan, prober, api);
  checkLog(input.server, prober);
  const summary = `${plural(api.length, "endpoint")} (${plural(prober.requests(), "request")})`;
  const { tally } = prober;
  return {
    count: prober.requests(),
    summary,
    failures: prober.failures(),
    scores: { security_score: tally.securityScore(), performance_score: tally.performanceScore() },
  };
}

function statusesOf(plan: Plan): Map<string, number> {
  return new Map(plan.endpoints.map((endpoint) => [routeKey(endpoint), SUCCESS[endpoint.operation.kind]]));
}

async function probeStored(
  subject: StoredSubject,
  prober: Prober,
  api: RouteFile[],
  tables: readonly string[],
): Promise<void> {
  const { cluster, projectId, scratch, plan } = subject;
  const keeping = new Set(plan.tables.filter(({ softDelete }) => softDelete).map(({ name }) => name));
  // What somebody logs in with changes with each login, and is looked at by itself.
  const compared = accountTable(plan.tables)
    ? tables.filter((name) => name !== PASSWORDS && name !== SESSIONS)
    : tables;
  const store = await openStore(await cluster.connection(projectId, "own", scratch.probe), compared, keeping);
  const rows = createRows(plan, prober, store);
  try {
    await probeTables(subject, rows);
    await probeUnplanned(plan, prober, rows, api); // needs rows that are there
    for (const table of plan.tables.toReversed()) await probeDeleteAll(rows, table);
  } catch (error) {
    if (!(error instanceof StoreBlocked)) throw error;
    prober.fail(
      prober.last(),
      `afterwards the database was blocked (${error.message}): a handler leaves a transaction or a lock open.`,
    );
  } finally {
    await store.close();
  }
}

/** Parents first (the plan's order); deletions last, children first. Rows are left over. */
async function probeTables(subject: Subject, rows: Rows): Promise<void> {
  const { tables, endpoints } = subject.plan;
  const { prober } = rows;
  const filled = new Map<Table, Row[]>();
  const accounts = accountTable(tables);
  // The first account is whose requests all others are: made without what only those could make.
  if (accounts && prober.sessions && !(await rows.make(accounts, "somebody who signs up", "minimal"))) return;
  for (const table of tables) {
    // Rows of a table without endpoints are only made for those that refer to it, and for endpoints nobody has planned.
    if (!endpoints.some(({ operation }) => "table" in operation && operation.table === table.name)) {
      await rows.make(table);
      continue;
    }
    await probeCreate(rows, table);
    const more = prober.planned && !table.account ? await rows.fill(table, FILLED) : []; // accounts have a password besides
    filled.set(table, more);
    await probeGet(rows, table);
    await probeList(rows, table, more);
    await probeIncludes(rows, table);
    await probeUrls(rows, table);
    await probeUpdate(rows, table);
    subject.onProgress(`${table.name}: ${plural(prober.requests(), "request")}`);
  }
  await probeNestedLists(rows);
  await probeAccounts(rows);
  if (prober.planned) await probeHeads(subject.plan, prober, (table) => idIn(rows.of(table)));
  for (const [table, more] of [...filled].toReversed()) {
    await probeDelete(rows, table);
    await probeSteadily(rows, table, more);
  }
}

function idIn([row]: Row[]): string | null {
  return typeof row?.["id"] === "string" ? row["id"] : null;
}

/** No endpoint passes without having answered a valid request and having met an invalid one. */
function checkCoverage(plan: Plan, prober: Prober, routes: RouteFile[]): void {
  const empty = plan.endpoints.filter((endpoint) => changesNothing(plan, endpoint)).map(routeKey);
  for (const route of routes.filter((one) => !empty.includes(routeKey(one)))) {
    const key = routeKey(route);
    if (!prober.contract.operations.has(key))
      prober.fail(key, "is not in openapi.json: make it with route() and run `npm run openapi`.");
    else if (!prober.succeeded(key) && prober.failed(key) === 0) {
      prober.fail(key, "never answered a valid request with success.");
    }
  }
}

/** Whoever may read the log need not know the password. */
function checkLog(server: SandboxServer, prober: Prober): void {
  const told = server.hasToldSecrets();
  prober.tally.countSecurity(!told);
  if (told) prober.fail(prober.last(), "the server's log holds the password of the database.");
}
