// The promise of the product: nothing is called done that tb has not checked by its own hand.
import { interruption } from "../processes/interruption.ts";
import { checkBoot, startServer } from "./boot.ts";
import { checkBuild } from "./build.ts";
import { check } from "./check.ts";
import { checkLint } from "./lint.ts";
import { checkMigrations } from "./migrations.ts";
import { checkOpenapi, loadContract } from "./openapi.ts";
import { checkPlan } from "./plan-present.ts";
import { probeEndpoints } from "./probe-endpoints.ts";
import { findRoutes, type RouteFile } from "./routes.ts";
import { type ScratchDatabases, withScratchDatabases } from "./scratch-databases.ts";
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
 * the sandbox or the cluster gone. A check that another one's failure makes impossible is left out (no boot without a
 * build), as are the database's checks for a project without one. */
export async function verifyProject(subject: Subject): Promise<Verdict> {
  const { signal } = subject;
  // A failure on one side ends the other: nothing works on after the databases are dropped.
  const stop = new AbortController();
  const judged: Subject = { ...subject, signal: AbortSignal.any([signal, stop.signal]) };
  const routes = findRoutes(await subject.sandbox.listFiles());
  const tables: string[] = [];
  const checks = await withScratchDatabases(judged, async (databases) => {
    const sides = [staticSide(judged, databases), runningSide(judged, databases, routes, tables)];
    try {
      return (await Promise.all(sides)).flat();
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(sides);
      throw signal.aborted ? interruption(signal) : error;
    }
  });
  return {
    passed: checks.every((one) => one.passed),
    checks: checks.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name)),
    endpoints: routes.filter((route) => route.file.startsWith("server/api/")),
    tables,
  };
}

async function staticSide(subject: Subject, databases: ScratchDatabases): Promise<Check[]> {
  const types = await check("types", () => checkTypes(subject));
  if (!hasDatabase(subject)) return [types];
  await databases.replay;
  return [types, await check("migrations", () => checkMigrations(subject))];
}

async function runningSide(
  subject: Subject,
  databases: ScratchDatabases,
  routes: RouteFile[],
  tables: string[],
): Promise<Check[]> {
  const checks: Check[] = [];
  async function run(name: CheckName, work: Parameters<typeof check>[1]): Promise<Check> {
    subject.onProgress(name);
    const done = await check(name, work);
    checks.push(done);
    return done;
  }
  await run("lint", () => checkLint(subject));
  await run("openapi", () => checkOpenapi(subject));
  const build = await run("build", () => checkBuild(subject));
  await run("plan", async () => {
    const finding = await checkPlan(subject, routes);
    tables.push(...finding.tables);
    return finding;
  });
  if (build.passed) {
    await databases.probe;
    checks.push(...(await serveAndProbe(subject, routes)));
  }
  await databases.test;
  await run("tests", () => checkTests(subject));
  return checks;
}

async function serveAndProbe(subject: Subject, routes: RouteFile[]): Promise<Check[]> {
  const env = hasDatabase(subject) ? await databaseEnv(subject, subject.scratch.probe, ["app"]) : {};
  const server = await startServer(subject, env);
  try {
    const boot = await check("boot", () => checkBoot(subject, server));
    const contract = await loadContract(subject);
    if (!boot.passed || !contract) return [boot];
    subject.onProgress("endpoints");
    const secrets = [env["DB_PASSWORD"] ?? ""];
    return [boot, await check("endpoints", () => probeEndpoints(subject, { server, contract, routes, secrets }))];
  } finally {
    await server.stop();
  }
}
