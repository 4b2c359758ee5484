// Answers that are lost: something was done, and whoever asked for it never heard so.
import { rename } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { controlSocket } from "../../src/adapters/deploy-target/control-channel.ts";
import { deploymentFolder } from "../../src/adapters/deploy-target/deployment-folder.ts";
import { disturb } from "../../test/helpers/faults/disturb.ts";
import { losingGit } from "../../test/helpers/faults/losing-git.ts";
import { recover, removeAndLook } from "../../test/helpers/faults/recover.ts";
import { newTrial, type Trial } from "../../test/helpers/faults/trial.ts";
import { checkWhole } from "../../test/helpers/faults/whole.ts";
import { openWorld, REQUEST, type World } from "../../test/helpers/faults/world.ts";
import { createWithChange, DEPLOYED, finishDeploy } from "./deploy-kills.ts";
import { between, type Random, type WorldKind } from "./kind.ts";
import { openFarWorld, type FarWorld } from "./postgres.ts";

/** Answers that each server gives in a create; measured once for each world. */
const measured = new WeakMap<FarWorld, { control: number; projects: number }>();

async function answersOf(world: FarWorld): Promise<{ control: number; projects: number }> {
  const known = measured.get(world);
  if (known) return known;
  const { control, projects } = world.doors;
  const before = [control.acknowledgements(), projects.acknowledgements()] as const;
  const name = world.freshName();
  await disturb(world, ["create", REQUEST, "--name", name], { afterMs: 600_000 }, () => {});
  const found = { control: control.acknowledgements() - before[0], projects: projects.acknowledgements() - before[1] };
  measured.set(world, found);
  await removeAndLook(world, newTrial("measuring"), name);
  return found;
}

export const lostAcknowledgements: WorldKind<FarWorld> = {
  name: "lost-commits",
  title: "a commit's answer lost",
  trials: (kills) => Math.ceil(kills / 10),
  open: openFarWorld,
  async run(world, random) {
    const answers = await answersOf(world);
    const use = random() < 0.75 ? "control" : "projects";
    const n = Math.ceil(random() * answers[use]);
    const trial = newTrial(`answer ${n} of about ${answers[use]} of the ${use} server lost in a create`);
    const name = world.freshName();
    const swallowed = world.doors[use].swallow(n);
    const create = await disturb(world, ["create", REQUEST, "--name", name], { afterMs: 600_000 }, () => {});
    if (swallowed.done()) trial.faults += 1;
    await recover(world, trial, name, create);
    await checkWhole(world.control, name, trial);
    await removeAndLook(world, trial, name);
    return trial;
  },
};

export const lostPushes: WorldKind = {
  name: "lost-pushes",
  title: "a push's answer lost",
  trials: (kills) => Math.ceil(kills / 50),
  open: (cache) => openWorld({ cache }),
  async run(world) {
    const trial = newTrial("the answer of git push lost in a create");
    const name = world.freshName();
    const git = await losingGit();
    try {
      const where = { home: world.home, env: { ...world.env, PATH: git.path } };
      const create = await disturb(where, ["create", REQUEST, "--name", name], { afterMs: 600_000 }, () => {});
      trial.faults += 1;
      await recover(world, trial, name, create);
    } finally {
      await git.remove();
    }
    await checkWhole(world.control, name, trial);
    await removeAndLook(world, trial, name);
    return trial;
  },
};

export const lostDeploys: WorldKind = {
  name: "lost-deploys",
  title: "a deployment's answer lost",
  trials: (kills) => Math.ceil(kills / 50),
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const trial = newTrial("the supervisor's answer lost in a deploy");
    const name = world.freshName();
    await createWithChange(world, name);
    const restore = await loseDeployAnswer(world, name, random, trial);
    const { code } = await disturb(world, ["deploy", name], { afterMs: 600_000 }, () => {});
    await restore();
    if (code !== 0) await finishDeploy(world, trial, name);
    await checkWhole(world.control, name, trial, DEPLOYED);
    await removeAndLook(world, trial, name);
    return trial;
  },
};

/** Stands before the supervisor's socket and cuts the first deployment's connection: when the answer comes, or before, which
 * looks to the supervisor as if whoever asked had gone. */
async function loseDeployAnswer(
  world: World,
  name: string,
  random: Random,
  trial: Trial,
): Promise<() => Promise<void>> {
  const [project] = await world.control.query<{ project_id: string }>(
    "select project_id from project_contexts where name = $1 and status = 'active'",
    [name],
  );
  const path = controlSocket(deploymentFolder(world.home, project!.project_id));
  const real = `${path}.real`;
  const early = random() < 0.5;
  await rename(path, real);
  const server = createServer((client) => {
    const supervisor = connect(real);
    client.on("error", () => client.destroy()).on("close", () => supervisor.destroy());
    supervisor.on("error", () => supervisor.destroy()).on("close", () => client.destroy());
    let lose = false;
    client.on("data", (chunk: Buffer) => {
      lose = trial.faults === 0 && chunk.includes('"command":"deploy"');
      if (lose) trial.faults += 1;
      supervisor.write(chunk);
      if (lose && early) setTimeout(() => client.destroy(), between(random, 0, 300));
    });
    supervisor.on("data", (chunk) => (lose ? client.destroy() : client.write(chunk)));
  });
  server.listen(path);
  await once(server, "listening");
  return async () => {
    server.close();
    await rename(real, path);
  };
}
