// How much longer a warm `tb create` (offline, deploy included) takes than its own parts.
// Run: npm run build && node bench/create.ts [pairs]
//
// Runs alternate (floor, create, floor, create …) in one home with running clusters and prepared dependencies; the figure is
// the median of the pairs' ratios, because absolute times are noise on a shared machine. Exit code 1 above 1.5.
//
// The floor is bench/floor.ts: the same project, the same tools with the same arguments, as parallel as they can be and
// with nothing around them. It has no agent, no durable step, no ledger, no sandbox and no second look at anything.
import type { CreateResult } from "../src/pipeline/phases/record.ts";
import type { RunEvent } from "../src/pipeline/types.ts";
import { removeTbHome, startTb, tbData, tbHome } from "../test/helpers/tb.ts";
import type { Parts } from "./bare.ts";
import { prepareFloor } from "./floor.ts";

const LIMIT = 1.5;
const REQUEST = "a todo API with users and tasks";
const pairs = Number(process.argv[2] ?? 7);

interface Sample {
  total: number;
  parts: Parts;
}

/** One create, timed from outside; its parts are the phases, by the events' own clock. */
async function create(home: string, name: string): Promise<Sample & { result: CreateResult }> {
  const since = performance.now();
  const { code, stdout, stderr } = await startTb(home, ["create", REQUEST, "--name", name, "--events"]).done;
  const total = performance.now() - since;
  if (code !== 0) throw new Error(`tb create exited ${code}\n${stdout}\n${stderr}`);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  const last = events.at(-1)!;
  if (last.type !== "run.finished") throw new Error(`The last event is ${last.type}.`);
  const parts: Parts = {};
  let begin = Date.parse(events[0]!.at);
  for (const event of events) {
    if (event.type === "phase.started") begin = Date.parse(event.at);
    if (event.type === "phase.finished") parts[event.phase] = Date.parse(event.at) - begin;
  }
  parts["(process and engine around them)"] = total - Object.values(parts).reduce((sum, time) => sum + time, 0);
  const result = last.result as CreateResult;
  for (const { name: check, duration_ms } of result.verification.checks) parts[`  verify: ${check}`] = duration_ms;
  return { total, parts, result };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function show(title: string, samples: Sample[]): void {
  process.stdout.write(`${title}: ${median(samples.map(({ total }) => total)).toFixed(0)} ms\n`);
  for (const name of Object.keys(samples[0]!.parts)) {
    const time = median(samples.map(({ parts }) => parts[name] ?? 0));
    process.stdout.write(`  ${name.padEnd(34)} ${time.toFixed(0).padStart(6)}\n`);
  }
}

const home = await tbHome();
try {
  const { result } = await create(home, "model"); // installs the dependencies, starts the clusters, makes the floor's project
  const floor = await prepareFloor(home, result);
  const [floors, creates]: [Sample[], Sample[]] = [[], []];
  await floor.run(); // as warm as the create was
  for (let pair = 1; pair <= pairs; pair++) {
    floors.push(await floor.run());
    const made = await create(home, `pair-${pair}`);
    creates.push(made);
    await tbData(home, ["destroy", `pair-${pair}`, "--confirm", `pair-${pair}`]);
    const ratio = made.total / floors.at(-1)!.total;
    process.stdout.write(
      `${pair}. floor ${floors.at(-1)!.total.toFixed(0)} ms, create ${made.total.toFixed(0)} ms, ratio ${ratio.toFixed(2)}\n`,
    );
  }
  await floor.remove();
  show("\nfloor", floors);
  show("\ntb create", creates);
  const ratio = median(creates.map(({ total }, index) => total / floors[index]!.total));
  process.stdout.write(`\nmedian ratio of ${pairs} pairs: ${ratio.toFixed(2)} (at most ${LIMIT})\n`);
  if (!(ratio <= LIMIT)) process.exitCode = 1;
} finally {
  await removeTbHome(home);
}
