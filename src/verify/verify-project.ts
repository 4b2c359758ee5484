// The promise of the product: nothing is called done that tb has not checked by its own hand.
import { MAINTENANCE } from "../adapters/database-cluster/administrator-session.ts";
import { interruption } from "../processes/interruption.ts";
import { checkBoot, startServer } from "./boot.ts";
import { checkBuild } from "./build.ts";
import { check } from "./check.ts";
import { introspect, type SchemaFacts } from "./introspect.ts";
import { checkLint } from "./lint.ts";
import { checkMigrations, replayMigrations } from "./migrations.ts";
import { checkOpenapi, loadContract } from "./openapi.ts";
import { checkPlan, checkRoutes } from "./plan-present.ts";
import { probeEndpoints } from "./probe-endpoints.ts";
import { findRoutes, type RouteFile } from "./routes.ts";
import { NO_DATABASE, probeDatabase, type ScratchDatabase, testDatabase } from "./scratch-databases.ts";
import { requireSameServer, serverStart } from "./server-start.ts";
import { databaseAccess, hasDatabase, NO_ACCESS, type Subject } from "./subject.ts";
import { checkTests } from "./tests.ts";
import { checkTypes } from "./types.ts";
import { type Check, type CheckName, type Scores, UNMEASURED, type Verdict } from "./verdict.ts";

const ORDER: readonly CheckName[] = [
  "types",
  "lint",
  "openapi",
  "build",
  "boot",
  "plan",
  "routes",
  "endpoints",
  "tests",
  "migrations",
];

/** Judges a project. A project that fails is a verdict, not an error; it rejects when it could not be judged: aborted,
 * the sandbox or the cluster gone (or gone meanwhile). A check that another one's failure makes impossible is left out (no
 * boot without a build, no tests on a database that could not be migrated), as are the database's checks for a project
 * without one. */
export async function verifyProject(subject: Subject): Promise<Verdict> {
  const { signal } = subject;
  // A failure on one side ends the others: nothing works on after the databases are dropped.
  const stop = new AbortController();
  const judged: Subject = { ...subject, signal: AbortSignal.any([signal, stop.signal]) };
  // Not asked in the agent's database, where the copy that begins now ends every session.
  const since = hasDatabase(subject) ? serverStart(subject.cluster, MAINTENANCE) : Promise.resolve("");
  since.catch(() => {}); // whoever waits for it hears of it
  const routes = findRoutes(await subject.sandbox.listFiles());
  const scratch = makeScratch(judged);
  const facts = factsOf(judged, scratch);
  facts.catch(() => {}); // whoever waits for them hears of it
  const scores: Scores = { ...UNMEASURED };
  const known: Known = { routes, facts, secrets: await passwords(subject), scores };
  // As many at once as there are: on two cores the sum of their work is what counts.
  const reading = [
    check("types", () => checkTypes(judged)),
    check("lint", () => checkLint(judged)),
    judged.unplanned
      ? check("routes", async () => checkRoutes(judged.unplanned!, routes))
      : check("plan", async () => checkPlan(judged.plan, routes, await facts)),
    migrateAndTest(judged, scratch, facts),
    buildAndProbe(judged, scratch, known),
  ];
  const sides = [...reading, check("openapi", () => checkOpenapi(judged, Promise.allSettled(reading)))];
  try {
    const checks = (await Promise.all(sides)).flat();
    const before = await since;
    const passed = checks.every((one) => one.passed);
    if (!passed && hasDatabase(subject)) await requireSameServer(subject.cluster, MAINTENANCE, before);
    return {
      passed,
      checks: checks
        .map((one) => withoutSecrets(one, known.secrets))
        .toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name)),
      endpoints: routes.filter((route) => route.file.startsWith("server/api/")),
      tables: (await facts)?.tables ?? [],
      scores,
    };
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(sides);
    throw signal.aborted ? interruption(signal) : error;
  } finally {
    await Promise.all([scratch.probe.end(), scratch.test.end()]);
  }
}

/** What the checks share. */
interface Known {
  routes: RouteFile[];
  facts: Promise<SchemaFacts | null>;
  /** Passwords of the project's roles. */
  secrets: string[];
  /** Filled in by whichever check measures it. */
  scores: Scores;
}

interface Scratch {
  probe: ScratchDatabase;
  test: ScratchDatabase;
}

function makeScratch(subject: Subject): Scratch {
  if (!hasDatabase(subject)) return { probe: NO_DATABASE, test: NO_DATABASE };
  return { probe: probeDatabase(subject), test: testDatabase(subject) };
}

/** What is in the agent's database, looked up once it is no longer being copied: the copy ends every session in it. */
async function factsOf(subject: Subject, { probe }: Scratch): Promise<SchemaFacts | null> {
  await probe.ready;
  return hasDatabase(subject) ? introspect(subject.cluster, subject.database) : null;
}

/** A failure goes to the model, and it quotes what the project's programs printed. */
function withoutSecrets(one: Check, secrets: string[]): Check {
  const clean = (text: string) => secrets.reduce((all, secret) => all.replaceAll(secret, "***"), text);
  return { ...one, failures: one.failures.map((failure) => ({ ...failure, message: clean(failure.message) })) };
}

async function passwords(subject: Subject): Promise<string[]> {
  if (!hasDatabase(subject)) return [];
  const { env } = await databaseAccess(subject, subject.database, ["own"]);
  return [env["DB_PASSWORD"] ?? "", env["MIGRATE_DB_PASSWORD"] ?? ""].filter((secret) => secret !== "");
}

/** The migrations, replayed on the empty database that the tests get afterwards. */
async function migrateAndTest(
  subject: Subject,
  scratch: Scratch,
  facts: Promise<SchemaFacts | null>,
): Promise<Check[]> {
  const checks: Promise<Check>[] = [];
  let migrated = true;
  if (hasDatabase(subject)) {
    await scratch.test.ready;
    const started = performance.now();
    const replay = await replayMigrations(subject);
    checks.push(check("migrations", async () => checkMigrations(replay, (await facts)!), started));
    migrated = "facts" in replay;
  }
  if (migrated) {
    subject.onProgress("tests");
    checks.push(check("tests", () => checkTests(subject)));
  }
  const done = await Promise.all(checks);
  void scratch.test.end();
  return done;
}

async function buildAndProbe(subject: Subject, scratch: Scratch, known: Known): Promise<Check[]> {
  subject.onProgress("build");
  const build = await check("build", () => checkBuild(subject));
  await scratch.probe.ready;
  return build.passed ? [build, ...(await serveAndProbe(subject, known))] : [build];
}

async function serveAndProbe(subject: Subject, known: Known): Promise<Check[]> {
  const access = hasDatabase(subject) ? await databaseAccess(subject, subject.scratch.probe, ["app"]) : NO_ACCESS;
  const server = await startServer(subject, access);
  try {
    const boot = await check("boot", () => checkBoot(subject, server));
    const contract = await loadContract(subject);
    if (!boot.passed || !contract) return [boot];
    subject.onProgress("endpoints");
    const tables = (await known.facts)?.tables ?? [];
    const { routes, secrets, scores } = known;
    const endpoints = await check("endpoints", async () => {
      const probed = await probeEndpoints(subject, { server, contract, routes, tables, secrets });
      Object.assign(scores, probed.scores);
      return probed;
    });
    return [boot, endpoints];
  } finally {
    await server.stop();
  }
}
