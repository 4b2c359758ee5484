// How much longer the verification of a project with 12 endpoints takes than what it cannot do without.
// Run: node bench/verify.ts [pairs]
//
// Runs alternate (floor, verification, floor, verification …) on one project with its database, packages in place and the
// cluster running; the figure is the median of the pairs' ratios, because absolute times are noise on a shared machine.
// Exit code 1 above 1.5.
//
// The floor: types beside build, boot and the prober's own requests, beside the project's tests, each as a bare process and
// all at once; before them the two databases that server and tests work on, side by side. It has no sandbox, no linter, no
// formatter, no comparison of openapi.json, no replay of the migrations, no comparison of schemas, no look at anything.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatVerdict } from "../src/verify/format-verdict.ts";
import { BUILD } from "../src/verify/build.ts";
import { loadContract } from "../src/verify/openapi.ts";
import { TESTS } from "../src/verify/test-runner.ts";
import { TYPES, TYPES_ENV } from "../src/verify/types.ts";
import { verifyProject } from "../src/verify/verify-project.ts";
import { understand } from "../src/adapters/model/offline/understand/understand.ts";
import { createProject } from "../test/verify/project.ts";
import { median } from "./alternate.ts";
import { boot, copyTree, databaseEnv, node, type Parts, probe, stopwatch } from "./bare.ts";

const LIMIT = 1.5;
const pairs = Number(process.argv[2] ?? 9);

interface Sample {
  total: number;
  parts: Parts;
}

const answer = understand("a todo API with users and tasks");
if (!answer.understood) throw new Error("The request was not understood.");
const { plan } = answer;
const scratch = await mkdtemp(join(tmpdir(), "tb-bench-"));
const project = await createProject(plan, await mkdtemp(join(scratch, "cache-")));
const { subject, cluster, sandbox } = project;
const { projectId } = subject;
const database = subject.database!;
const contract = (await loadContract(subject))!;
const files = await sandbox.listFiles();
const bare = join(scratch, "bare");
await copyTree(await sandbox.workTree(), bare);

async function floor(): Promise<Sample> {
  const { parts, timed } = stopwatch();
  const begin = performance.now();

  async function buildAndProbe(): Promise<void> {
    await timed("build", () => node(bare, BUILD));
    await timed("database of the server", () => probed);
    const env = await databaseEnv(cluster, projectId, subject.scratch.probe);
    const server = await timed("boot", () => boot(bare, env, join(scratch, "probe.sock")));
    const of = { cluster, projectId, database, scratch: subject.scratch, plan, contract, files };
    await timed("probes", () => probe(server, of));
    server.child.kill("SIGKILL");
  }

  async function test(): Promise<void> {
    await timed("database of the tests", () =>
      probed.then(() => cluster.copy(projectId, database, subject.scratch.test)),
    );
    const env = {
      ...(await databaseEnv(cluster, projectId, subject.scratch.test)),
      TEST_DB_NAME: subject.scratch.test,
    };
    await timed("tests", () => node(bare, TESTS, env));
  }

  const probed = cluster.copy(projectId, database, subject.scratch.probe);
  await Promise.all([timed("types", () => node(bare, TYPES, TYPES_ENV)), buildAndProbe(), test()]);
  const total = performance.now() - begin;
  for (const name of [subject.scratch.probe, subject.scratch.test]) await cluster.dropDatabase(name);
  return { total, parts };
}

async function verification(): Promise<Sample> {
  const begin = performance.now();
  const verdict = await verifyProject(subject);
  const total = performance.now() - begin;
  if (!verdict.passed) throw new Error(formatVerdict(verdict));
  return { total, parts: Object.fromEntries(verdict.checks.map(({ name, duration_ms }) => [name, duration_ms])) };
}

function show(title: string, samples: Sample[]): void {
  process.stdout.write(`\n${title}: ${median(samples.map(({ total }) => total)).toFixed(0)} ms\n`);
  for (const name of Object.keys(samples[0]!.parts)) {
    const time = median(samples.map(({ parts }) => parts[name] ?? 0));
    process.stdout.write(`  ${name.padEnd(24)} ${time.toFixed(0).padStart(6)}\n`);
  }
}

try {
  const [floors, verifications]: [Sample[], Sample[]] = [[], []];
  await floor();
  await verification(); // both are warm now
  for (let pair = 1; pair <= pairs; pair++) {
    floors.push(await floor());
    verifications.push(await verification());
    const [least, taken] = [floors.at(-1)!.total, verifications.at(-1)!.total];
    const ratio = (taken / least).toFixed(2);
    process.stdout.write(
      `${pair}. floor ${least.toFixed(0)} ms, verification ${taken.toFixed(0)} ms, ratio ${ratio}\n`,
    );
  }
  show("floor", floors);
  show("verification", verifications);
  const ratio = median(verifications.map(({ total }, index) => total / floors[index]!.total));
  process.stdout.write(`\nmedian ratio of ${pairs} pairs: ${ratio.toFixed(2)} (at most ${LIMIT})\n`);
  if (!(ratio <= LIMIT)) process.exitCode = 1;
} finally {
  await project.remove();
  await rm(scratch, { recursive: true, force: true });
}
