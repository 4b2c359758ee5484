// kill -9 of `tb create` and of what comes after it.
import type { ChildProcess } from "node:child_process";
import { createPipeline } from "../../src/pipeline/create.ts";
import {
  disturb,
  killAlone,
  killOneDescendant,
  killWithDescendants,
  type Disturbed,
  type Moment,
} from "../../test/helpers/faults/disturb.ts";
import { must, recover, removeAndLook, runOf } from "../../test/helpers/faults/recover.ts";
import { newTrial, type Trial } from "../../test/helpers/faults/trial.ts";
import { checkWhole } from "../../test/helpers/faults/whole.ts";
import { openWorld, REQUEST, type World } from "../../test/helpers/faults/world.ts";
import { between, pick, type Random, type WorldKind } from "./kind.ts";

type Kill = (child: ChildProcess) => unknown;

async function killedCreate(
  world: World,
  trial: Trial,
  name: string,
  moment: Moment,
  kill: Kill = killAlone,
): Promise<Disturbed> {
  const create = await disturb(world, ["create", REQUEST, "--name", name], moment, kill);
  if (create.hit) trial.faults += 1;
  return create;
}

/** Its seeds are the phases' places. */
export const phaseKills: WorldKind = {
  name: "phases",
  title: "create killed as a phase begins",
  trials: () => createPipeline.phases.length,
  open: (cache) => openWorld({ cache }),
  async run(world, _random, seed) {
    const { name: phase } = createPipeline.phases[seed % createPipeline.phases.length]!;
    const trial = newTrial(`create killed as ${phase} begins`);
    const name = world.freshName();
    await recover(world, trial, name, await killedCreate(world, trial, name, { phase }));
    await checkWhole(world.control, name, trial);
    await removeAndLook(world, trial, name);
    return trial;
  },
};

/** What is done after the create was killed. */
const AFTERWARDS = ["resume", "resume", "resume killed", "cancel", "destroy killed"] as const;

export const createKills: WorldKind = {
  name: "create",
  title: "create killed at random",
  trials: (kills) => kills,
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const afterMs = between(random, 0, world.length);
    const family = random() < 0.4;
    const afterwards = pick(random, AFTERWARDS);
    const trial = newTrial(
      `create ${family ? "and all it started " : ""}killed after ${Math.round(afterMs)} ms, then ${afterwards}`,
    );
    const name = world.freshName();
    const create = await killedCreate(world, trial, name, { afterMs }, family ? killWithDescendants : killAlone);
    if (afterwards === "cancel" && (await cancelKilled(world, trial, name, random))) return trial;
    if (afterwards === "resume killed") await resumeKilled(world, trial, name, random);
    await recover(world, trial, name, create);
    await checkWhole(world.control, name, trial);
    if (afterwards === "destroy killed") await destroyKilled(world, trial, name, random);
    else await removeAndLook(world, trial, name);
    return trial;
  },
};

async function resumeKilled(world: World, trial: Trial, name: string, random: Random): Promise<void> {
  const run = await runOf(world, name);
  if (!run || run.state === "succeeded") return;
  const afterMs = between(random, 0, world.length);
  const { hit } = await disturb(world, ["resume", run.run_id], { afterMs }, killAlone);
  if (hit) trial.faults += 1;
}

/** Cancels the run, killed in the middle and again to its end. False when there is none that could be cancelled. */
async function cancelKilled(world: World, trial: Trial, name: string, random: Random): Promise<boolean> {
  const run = await runOf(world, name);
  if (!run || run.state === "succeeded") return false;
  const afterMs = between(random, 0, 1500);
  const { hit } = await disturb(world, ["cancel", run.run_id], { afterMs }, killAlone);
  if (hit) trial.faults += 1;
  await must(world, trial, ["cancel", run.run_id]);
  await world.noteOrphans(trial);
  return true;
}

async function destroyKilled(world: World, trial: Trial, name: string, random: Random): Promise<void> {
  const afterMs = between(random, 0, 1500);
  const { hit } = await disturb(world, ["destroy", name, "--confirm", name], { afterMs }, killAlone);
  if (hit) trial.faults += 1;
  await finishDestroy(world, trial, name);
  await world.noteOrphans(trial);
}

/** By the same command while the project has its name, by resuming the run afterwards. */
async function finishDestroy({ control, ...world }: World, trial: Trial, name: string): Promise<void> {
  const named = await control.query("select 1 from project_contexts where name = $1 and status <> 'destroyed'", [name]);
  if (named.length > 0) {
    await must({ control, ...world }, trial, ["destroy", name, "--confirm", name]);
    return;
  }
  const [run] = await control.query<{ run_id: string }>(
    "select run_id from runs where pipeline = 'destroy' and input ->> 'projectName' = $1 and state in ('running', 'parked')",
    [name],
  );
  if (run) await must({ control, ...world }, trial, ["resume", run.run_id]);
}

export const childKills: WorldKind = {
  name: "children",
  title: "a process that create has started killed",
  trials: (kills) => Math.ceil(kills / 10),
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const afterMs = between(random, 0, world.length);
    const trial = newTrial(`a process that create has started killed after ${Math.round(afterMs)} ms`);
    const name = world.freshName();
    let killed = false;
    const create = await disturb(world, ["create", REQUEST, "--name", name], { afterMs }, async (child) => {
      killed = await killOneDescendant(child, random);
    });
    if (killed) trial.faults += 1;
    const undone = create.code !== 0 && (await runOf(world, name)) === undefined;
    if (undone) {
      await world.noteOrphans(trial); // that a tool was killed may be a failure of the run; it must then be undone
      return trial;
    }
    await recover(world, trial, name, create);
    await checkWhole(world.control, name, trial);
    await removeAndLook(world, trial, name);
    return trial;
  },
};
