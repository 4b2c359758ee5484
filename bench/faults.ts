// npm run faults [-- --kills 200] [--only create,disk] [--seed N] [--lanes 2]: breaks what can break while tb works, lets the
// one command that tb names make it good, and looks for what is unfinished, orphaned, doubled or lost. All of that must be 0.
// Every problem is told with its kind and seed; `--only KIND --seed SEED` tries it again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createPipeline } from "../src/pipeline/create.ts";
import { problemsOf, type Trial } from "../test/helpers/faults/trial.ts";
import { lostAcknowledgements, lostDeploys, lostPushes } from "./faults/answers.ts";
import { clockJumps } from "./faults/clock.ts";
import { deployKills } from "./faults/deploy-kills.ts";
import { fullDisks } from "./faults/disk.ts";
import { inWorld, seeded, type Kind } from "./faults/kind.ts";
import { childKills, createKills, phaseKills } from "./faults/kills.ts";
import { postgresAway, postgresKills, postgresStops } from "./faults/postgres.ts";
import { terminals } from "./faults/terminal.ts";
import { together } from "./faults/together.ts";

const KINDS: readonly Kind[] = [
  { ...inWorld(phaseKills), seeds: () => createPipeline.phases.map((_, place) => place) },
  inWorld(createKills),
  inWorld(childKills),
  inWorld(deployKills),
  inWorld(postgresKills),
  inWorld(postgresStops),
  inWorld(postgresAway),
  inWorld(lostAcknowledgements),
  inWorld(lostPushes),
  inWorld(lostDeploys),
  fullDisks,
  inWorld(clockJumps),
  inWorld(together),
  inWorld(terminals),
];

/** Of the problems of one trial. */
const MOST_LINES = 30;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    only: { type: "string" },
    seed: { type: "string" },
    lanes: { type: "string", default: "2" },
  },
});
const only = values.only?.split(",");
const unknown = only?.filter((name) => !KINDS.some((kind) => kind.name === name)) ?? [];
if (unknown.length > 0) throw new Error(`There is no kind ${unknown[0]}: ${KINDS.map(({ name }) => name).join(", ")}.`);

// `kill -INT`: what is under way is brought to its end, and the figures are of what was tried until then.
const enough = new AbortController();
process.once("SIGINT", () => enough.abort());

const random = seeded(Date.now());
const cache = await mkdtemp(join(tmpdir(), "tb-fault-cache-"));
const all: Trial[] = [];
try {
  for (const kind of KINDS.filter(({ name }) => only?.includes(name) ?? true)) {
    if (enough.signal.aborted) break;
    const seeds = values.seed === undefined ? kind.seeds(Number(values.kills), random) : [Number(values.seed)];
    const trials = await tryKind(kind, seeds, Number(values.lanes));
    all.push(...trials);
    process.stdout.write(`${kind.title.padEnd(42)} ${figures(trials)}\n`);
  }
} finally {
  await rm(cache, { recursive: true, force: true });
}
process.stdout.write(`${"kills and other faults".padEnd(42)} ${figures(all)}\n`);
if (all.some((trial) => problemsOf(trial).length > 0)) process.exitCode = 1;

/** So many at a time, each lane in a home of its own. */
async function tryKind(kind: Kind, seeds: readonly number[], lanes: number): Promise<Trial[]> {
  const trials: Trial[] = [];
  function tell(seed: number, trial: Trial): void {
    trials.push(trial);
    const problems = problemsOf(trial);
    if (problems.length === 0) return;
    process.stdout.write(`✖ ${trial.what}  --only ${kind.name} --seed ${seed}\n`);
    for (const problem of problems.slice(0, MOST_LINES)) process.stdout.write(`    ${problem.trim()}\n`);
    if (problems.length > MOST_LINES) process.stdout.write(`    … ${problems.length - MOST_LINES} more\n`);
  }
  const shares = Array.from({ length: lanes }, (_, lane) => seeds.filter((_, place) => place % lanes === lane));
  await Promise.all(
    shares.filter((share) => share.length > 0).map((share) => kind.tryAll(cache, share, tell, enough.signal)),
  );
  return trials;
}

function figures(trials: readonly Trial[]): string {
  const sum = (count: (trial: Trial) => number) => trials.reduce((total, trial) => total + count(trial), 0);
  const times = trials.flatMap(({ recoveries }) => recoveries).toSorted((a, b) => a - b);
  const p95 = times[Math.ceil(times.length * 0.95) - 1];
  return [
    `${sum(({ faults }) => faults)} faults`,
    `unfinished ${sum(({ unfinished }) => unfinished.length)}`,
    `orphans ${sum(({ orphans }) => orphans.length)}`,
    `duplicates ${sum(({ duplicates }) => duplicates.length)}`,
    `lost activities ${sum(({ lost }) => lost.length)}`,
    `p95 recovery ${p95 === undefined ? "-" : `${(p95 / 1000).toFixed(1)} s`}`,
  ].join(", ");
}
