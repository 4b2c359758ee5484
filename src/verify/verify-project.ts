// The promise of the product: nothing is called done that tb has not checked by its own hand.
import { interruption } from "../processes/interruption.ts";
import { checkBoot, startServer } from "./boot.ts";
import { checkBuild } from "./build.ts";
import { check } from "./check.ts";
import { introspect } from "./introspect.ts";
import { checkLint } from "./lint.ts";
import { checkMigrations } from "./migrations.ts";
import { checkOpenapi, loadContract } from "./openapi.ts";
import { checkPlan } from "./plan-present.ts";
import { probeEndpoints } from "./probe-endpoints.ts";
import { findRoutes, type RouteFile } from "./routes.ts";
import { type ScratchDatabases, withScratchDatabases } from "./scratch-databases.ts";
import { requireSameServer, serverStart } from "./server-start.ts";
import { databaseEnv, hasDatabase, type Subject } from "./subject.ts";
import { checkTests } from "./tests.ts";
import { checkTypes } from "./types.ts";
import type { Check, CheckName, Verdict } from "./verdict.ts";

const ORDER: readonly CheckName[] = [
  "types",
  "lint",
  "openapi",
  "build",
  "boot",
  "plan",
  "endpoints",
  "tests",
  "migrations",
];

/** Judges a project. A project that fails is a verdict, not an error; it rejects when it could not be judged: aborted,
 * the sandbox or the cluster gone (or gone meanwhile). A check that another one's failure makes impossible is left out (no boot without a
 * build), as are the database's checks for a project without one. */
export async function verifyProject(subject: Subject): Promise<Verdict> {
  const { signal } = subject;
  // A failure on one side ends the other: nothing works on after the databases are dropped.
  const stop = new AbortController();
  const judged: Subject = { ...subject, signal: AbortSignal.any([signal, stop.signal]) };
  const since = hasDatabase(subject) ? await serverStart(subject.cluster, subject.database) : "";
  const routes = findRoutes(await subject.sandbox.listFiles());
  const checks = await withScratchDatabases(judged, async (databases) => {
    const openapi = check("openapi", () => checkOpenapi(judged));
    const sides = [
      openapi,
      typesAndTests(judged, databases, openapi),
      buildAndProbe(judged, databases, openapi, routes),
    ];
    try {
      return (await Promise.all(sides)).flat();
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(sides);
      throw signal.aborted ? interruption(signal) : error;
    }
  });
  const passed = checks.every((one) => one.passed);
  if (!passed && hasDatabase(subject)) await requireSameServer(subject.cluster, subject.database, since);
  const secrets = await passwords(subject);
  return {
    passed,
    checks: checks
      .map((one) => withoutSecrets(one, secrets))
      .toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name)),
    endpoints: routes.filter((route) => route.file.startsWith("server/api/")),
    tables: hasDatabase(subject) ? (await introspect(subject.cluster, subject.database)).tables : [],
  };
}

/** A failure goes to the model, and it quotes what the project's programs printed. */
function withoutSecrets(one: Check, secrets: string[]): Check {
  const clean = (text: string) => secrets.reduce((all, secret) => all.replaceAll(secret, "***"), text);
  return { ...one, failures: one.failures.map((failure) => ({ ...failure, message: clean(failure.message) })) };
}

async function passwords(subject: Subject): Promise<string[]> {
  if (!hasDatabase(subject)) return [];
  const env = await databaseEnv(subject, subject.database, ["own"]);
  return [env["DB_PASSWORD"] ?? "", env["MIGRATE_DB_PASSWORD"] ?? ""].filter((secret) => secret !== "");
}

/** The "openapi" check may write for a moment the file that the tests read, so they wait for it. */
async function typesAndTests(subject: Subject, databases: ScratchDatabases, openapi: Promise<Check>): Promise<Check[]> {
  const types = await check("types", () => checkTypes(subject));
  await Promise.all([openapi, databases.test]);
  subject.onProgress("tests");
  return [types, await check("tests", () => checkTests(subject))];
}

async function buildAndProbe(
  subject: Subject,
  databases: ScratchDatabases,
  openapi: Promise<Check>,
  routes: RouteFile[],
): Promise<Check[]> {
  const lint = await check("lint", () => checkLint(subject));
  await openapi;
  subject.onProgress("build");
  const build = await check("build", () => checkBuild(subject));
  await databases.probe; // copying ends every session of the database, so the plan is looked up in it afterwards
  const plan = await check("plan", () => checkPlan(subject, routes));
  const served = build.passed ? await serveAndProbe(subject, routes) : [];
  if (!hasDatabase(subject)) return [lint, build, plan, ...served];
  await databases.replay;
  return [lint, build, plan, ...served, await check("migrations", () => checkMigrations(subject))];
}

async function serveAndProbe(subject: Subject, routes: RouteFile[]): Promise<Check[]> {
  const env = hasDatabase(subject) ? await databaseEnv(subject, subject.scratch.probe, ["app"]) : {};
  const server = await startServer(subject, env);
  try {
    const boot = await check("boot", () => checkBoot(subject, server));
    const contract = await loadContract(subject);
    if (!boot.passed || !contract) return [boot];
    subject.onProgress("endpoints");
    return [boot, await check("endpoints", () => probeEndpoints(subject, { server, contract, routes }))];
  } finally {
    await server.stop();
  }
}
