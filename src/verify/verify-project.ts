// The promise of the product: nothing is called done that tb has not checked by its own hand.
import { MAINTENANCE } from "../adapters/database-cluster/administrator-session.ts";
import { interruption } from "../processes/interruption.ts";
import { redactJson } from "../secrets/redactor.ts";
import { checkBoot, startServer } from "./boot.ts";
import { checkBuild } from "./build.ts";
import { check, type Finding, unlessFaulty } from "./check.ts";
import { introspect, type SchemaFacts } from "./introspect.ts";
import { checkLint } from "./lint.ts";
import { checkMigrations, replayMigrations } from "./migrations.ts";
import { checkOpenapi, loadContract, OPENAPI_FILE } from "./openapi.ts";
import { checkPlan, checkRoutes } from "./plan-present.ts";
import { probeEndpoints } from "./probe-endpoints.ts";
import { findRoutes, type RouteFile } from "./routes.ts";
import { NO_DATABASE, probeDatabase, type ScratchDatabase, testDatabase } from "./scratch-databases.ts";
import { requireSameServer, serverStart } from "./server-start.ts";
import { settingsProblems, type SettingsProblems } from "./settings.ts";
import { databaseAccess, hasDatabase, NO_ACCESS, type Subject } from "./subject.ts";
import { checkTests } from "./tests.ts";
import { checkTypes } from "./types.ts";
import { type Before, checkUnchanged, stampsBefore } from "./unchanged.ts";
import { type Check, type CheckName, type Scores, UNMEASURED, type Verdict } from "./verdict.ts";

const ORDER: readonly CheckName[] = [
  "dependencies",
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
  "unchanged",
];

/** Judges a project. A project that fails is a verdict, not an error; it rejects when it could not be judged: aborted,
 * the sandbox or the cluster gone (or gone meanwhile). A check that another one's failure makes impossible is left out (no
 * boot without a build, no tests on a database that could not be migrated, nothing without dependencies), as are the
 * database's checks for a project without one. */
export async function verifyProject(subject: Subject): Promise<Verdict> {
  const { sandbox, signal } = subject;
  const dependencies = await check("dependencies", () =>
    unlessFaulty("dependencies", () => sandbox.restoreDependencies({ signal, onProgress: subject.onProgress })),
  );
  const routes = findRoutes(await sandbox.listFiles());
  const endpoints = routes.filter((route) => route.file.startsWith("server/api/"));
  const verdict = { endpoints, tables: [], scores: UNMEASURED };
  if (!dependencies.passed) return { passed: false, checks: [dependencies], ...verdict };
  const before = await stampsBefore(sandbox);
  const judged = await judge(subject, routes, before);
  const written = judged.checks.some(({ name, passed }) => name === "openapi" && !passed) ? [OPENAPI_FILE] : [];
  const unchanged = await check("unchanged", () =>
    checkUnchanged(sandbox, before, { mayAdd: subject.unplanned !== undefined, written }),
  );
  const checks = [...(subject.unplanned ? [] : [dependencies]), ...judged.checks, unchanged];
  return {
    ...verdict,
    ...judged,
    passed: checks.every((one) => one.passed),
    checks: checks.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name)),
  };
}

/** All checks between the two looks at the files. */
async function judge(
  subject: Subject,
  routes: RouteFile[],
  before: Before,
): Promise<Pick<Verdict, "checks" | "tables" | "scores">> {
  const { signal } = subject;
  // A failure on one side ends the others: nothing works on after the databases are dropped.
  const stop = new AbortController();
  const judged: Subject = { ...subject, signal: AbortSignal.any([signal, stop.signal]) };
  // Not asked in the agent's database, where the copy that begins now ends every session.
  const since = hasDatabase(subject) ? serverStart(subject.cluster, MAINTENANCE) : Promise.resolve("");
  since.catch(() => {}); // whoever waits for it hears of it
  const scratch = makeScratch(judged);
  const facts = factsOf(judged, scratch);
  facts.catch(() => {}); // whoever waits for them hears of it
  // Read beside the first programs: that none of them has changed what is read is checked at the end.
  const settings = subject.unplanned ? Promise.resolve(NO_PROBLEMS) : settingsProblems(subject.sandbox, subject.plan);
  const secrets = passwords(subject);
  for (const soonAwaited of [settings, secrets]) soonAwaited.catch(() => {}); // by every check
  const known: Known = {
    routes,
    facts,
    secrets,
    scores: { ...UNMEASURED },
    settings,
    before,
  };
  // Side by side. The longest way, to the last request, goes first; what is short waits until the server is up and fills the
  // gaps between the requests: on two cores it would only keep the others from theirs.
  const booted = Promise.withResolvers<void>();
  const soon = <T>(work: () => Promise<T>) => booted.promise.then(work);
  const reading = [
    buildAndProbe(judged, scratch, known, booted.resolve).finally(booted.resolve),
    checkWith(known, "types", () => checkTypes(judged)),
    migrateAndTest(judged, scratch, known),
    soon(() => checkWith(known, "lint", () => checkLint(judged))),
    judged.unplanned
      ? check("routes", async () => checkRoutes(judged.unplanned!, routes))
      : check("plan", async () => checkPlan(judged.plan, routes, await facts)),
  ];
  const openapi = () => checkOpenapi(judged, Promise.allSettled(reading));
  const sides = [...reading, soon(() => checkWith(known, "openapi", openapi))];
  try {
    const checks = (await Promise.all(sides)).flat();
    const started = await since;
    if (checks.some((one) => !one.passed) && hasDatabase(subject))
      await requireSameServer(subject.cluster, MAINTENANCE, started);
    return {
      // It goes to the model and into files, and it quotes what the project's programs printed.
      checks: redactJson(checks),
      tables: (await facts)?.tables ?? [],
      scores: known.scores,
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
  secrets: Promise<string[]>;
  /** Filled in by whichever check measures it. */
  scores: Scores;
  settings: Promise<SettingsProblems>;
  before: Before;
}

const NO_PROBLEMS: SettingsProblems = new Map();

/** A check, with what is wrong with the settings that it rests on. */
function checkWith(
  { settings }: Known,
  name: CheckName,
  work: () => Promise<Finding>,
  started?: number,
): Promise<Check> {
  const withProblems = async () => {
    const found = await work();
    return { ...found, failures: [...((await settings).get(name) ?? []), ...found.failures] };
  };
  return check(name, withProblems, started);
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

async function passwords(subject: Subject): Promise<string[]> {
  if (!hasDatabase(subject)) return [];
  const { env } = await databaseAccess(subject, subject.scratch.probe, ["own"]); // what the server is given to lose
  return [env["DB_PASSWORD"] ?? "", env["MIGRATE_DB_PASSWORD"] ?? ""].filter((secret) => secret !== "");
}

/** The migrations, replayed on the empty database that the tests get afterwards. */
async function migrateAndTest(subject: Subject, scratch: Scratch, known: Known): Promise<Check[]> {
  const checks: Promise<Check>[] = [];
  let migrated = true;
  if (hasDatabase(subject)) {
    await scratch.test.ready;
    const started = performance.now();
    const replay = await replayMigrations(subject);
    const compare = async () => checkMigrations(replay, (await known.facts)!);
    checks.push(checkWith(known, "migrations", compare, started));
    migrated = "facts" in replay;
  }
  if (migrated) {
    subject.onProgress("tests");
    checks.push(checkWith(known, "tests", () => test(subject, known)));
  }
  const done = await Promise.all(checks);
  void scratch.test.end();
  return done;
}

async function test(subject: Subject, { scores }: Known): Promise<Finding> {
  const tested = await checkTests(subject);
  scores.test_coverage = tested.coverage;
  return tested;
}

async function buildAndProbe(subject: Subject, scratch: Scratch, known: Known, onBooted: () => void): Promise<Check[]> {
  subject.onProgress("build");
  const build = await checkWith(known, "build", () => checkBuild(subject));
  known.before.build = await subject.sandbox.stamps("build");
  await scratch.probe.ready;
  return build.passed ? [build, ...(await serveAndProbe(subject, known, onBooted))] : [build];
}

async function serveAndProbe(subject: Subject, known: Known, onBooted: () => void): Promise<Check[]> {
  const access = hasDatabase(subject) ? await databaseAccess(subject, subject.scratch.probe, ["app"]) : NO_ACCESS;
  const server = await startServer(subject, access);
  try {
    const loading = loadContract(subject);
    loading.catch(() => {}); // awaited when the server is up
    const boot = await check("boot", () => checkBoot(subject, server));
    onBooted();
    const contract = await loading;
    if (!boot.passed || !contract) return [boot];
    subject.onProgress("endpoints");
    const tables = (await known.facts)?.tables ?? [];
    const { routes, scores } = known;
    const secrets = await known.secrets;
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
