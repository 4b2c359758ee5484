// Two commands that want the same at the same moment: one gets it, the other is told, and nothing is left of the loser.
import { disturb, killAlone } from "../../test/helpers/faults/disturb.ts";
import { must, removeAndLook, runOf } from "../../test/helpers/faults/recover.ts";
import { newTrial, type Trial } from "../../test/helpers/faults/trial.ts";
import { checkWhole } from "../../test/helpers/faults/whole.ts";
import { openWorld, REQUEST, type World } from "../../test/helpers/faults/world.ts";
import { type Ran, tb } from "../../test/helpers/tb.ts";
import { createWithChange, DEPLOYED } from "./deploy-kills.ts";
import { between, pick, type Random, type WorldKind } from "./kind.ts";

/** Codes with which a pair may end, in any order. */
type Ends = readonly (readonly [number, number])[];

const BOTH = {
  create: twoCreates,
  resume: twoResumes,
  "resume and cancel": resumeAndCancel,
  deploy: twoDeploys,
  "deploy and destroy": deployAndDestroy,
  "create and cancel": createAndCancel,
} as const;

export const together: WorldKind = {
  name: "together",
  title: "two commands on one project at once",
  trials: (kills) => Math.ceil(kills / 8),
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const what = pick(random, Object.keys(BOTH) as (keyof typeof BOTH)[]);
    const trial = newTrial(`at once: ${what}`);
    trial.faults += 1;
    await BOTH[what](world, trial, random);
    return trial;
  },
};

/** The second begins up to so many milliseconds after the first. */
const APART = 400;

async function atOnce(world: World, random: Random, first: string[], second: string[]): Promise<[Ran, Ran]> {
  const one = tb(world.home, [...first, "--json"], world.env);
  await new Promise((resolve) => setTimeout(resolve, between(random, 0, APART)));
  return Promise.all([one, tb(world.home, [...second, "--json"], world.env)]);
}

function expectEnds(trial: Trial, pair: [Ran, Ran], allowed: Ends): void {
  const [a, b] = pair.map(({ code }) => code);
  if (allowed.some(([x, y]) => (a === x && b === y) || (a === y && b === x))) return;
  trial.unfinished.push(`they ended with ${a} and ${b}: ${pair.map(({ stdout }) => stdout).join("")}`);
}

async function twoCreates(world: World, trial: Trial, random: Random): Promise<void> {
  const name = world.freshName();
  const create = ["create", REQUEST, "--name", name];
  expectEnds(trial, await atOnce(world, random, create, create), [[0, 9]]);
  await checkWhole(world.control, name, trial);
  await removeAndLook(world, trial, name);
}

async function parked(world: World, trial: Trial, random: Random): Promise<{ name: string; runId: string } | null> {
  const name = world.freshName();
  const moment = { phase: pick(random, ["provision", "run-agent", "verify", "push-repository", "deploy"]) };
  await disturb(world, ["create", REQUEST, "--name", name], moment, killAlone);
  trial.faults += 1;
  const run = await runOf(world, name);
  if (run) return { name, runId: run.run_id };
  trial.unfinished.push("the run of a create that was killed is gone");
  return null;
}

async function twoResumes(world: World, trial: Trial, random: Random): Promise<void> {
  const run = await parked(world, trial, random);
  if (!run) return;
  const resume = ["resume", run.runId];
  expectEnds(trial, await atOnce(world, random, resume, resume), [[0, 9]]);
  await checkWhole(world.control, run.name, trial);
  await removeAndLook(world, trial, run.name);
}

async function resumeAndCancel(world: World, trial: Trial, random: Random): Promise<void> {
  const run = await parked(world, trial, random);
  if (!run) return;
  const pair = await atOnce(world, random, ["resume", run.runId], ["cancel", run.runId]);
  // The cancellation stops a resumed run (130), or one of them has the run and the other is refused.
  expectEnds(trial, pair, [
    [130, 0],
    [9, 0],
  ]);
  await endEitherWay(world, trial, run.name);
}

async function createAndCancel(world: World, trial: Trial, random: Random): Promise<void> {
  const name = world.freshName();
  let cancel: Promise<Ran> | undefined;
  const create = await disturb(
    world,
    ["create", REQUEST, "--name", name],
    { afterMs: between(random, 0, world.length) },
    async () => {
      const run = await runOf(world, name);
      if (run) cancel = tb(world.home, ["cancel", run.run_id, "--json"], world.env);
      await cancel;
    },
  );
  if (cancel)
    expectEnds(
      trial,
      [create, await cancel],
      [
        [130, 0],
        [0, 9],
      ],
    );
  await endEitherWay(world, trial, name);
}

/** Whole, or gone without a trace. */
async function endEitherWay(world: World, trial: Trial, name: string): Promise<void> {
  const there = await world.control.query("select 1 from project_contexts where name = $1 and status <> 'destroyed'", [
    name,
  ]);
  if (there.length === 0) return world.noteOrphans(trial);
  await checkWhole(world.control, name, trial);
  await removeAndLook(world, trial, name);
}

async function twoDeploys(world: World, trial: Trial, random: Random): Promise<void> {
  const name = world.freshName();
  await createWithChange(world, name);
  expectEnds(trial, await atOnce(world, random, ["deploy", name], ["deploy", name]), [[0, 9]]);
  await checkWhole(world.control, name, trial, DEPLOYED);
  await removeAndLook(world, trial, name);
}

async function deployAndDestroy(world: World, trial: Trial, random: Random): Promise<void> {
  const name = world.freshName();
  await createWithChange(world, name);
  const destroy = ["destroy", name, "--confirm", name];
  const [deployed, destroyed] = await atOnce(world, random, ["deploy", name], destroy);
  expectEnds(
    trial,
    [deployed, destroyed],
    [
      [0, 9],
      [5, 0],
    ],
  );
  if (destroyed.code !== 0) {
    await checkWhole(world.control, name, trial, DEPLOYED);
    await must(world, trial, destroy);
  }
  await world.noteOrphans(trial);
}
