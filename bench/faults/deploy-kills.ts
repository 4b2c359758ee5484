// kill -9 of `tb deploy` while it brings a migration and a new version.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { disturb, killAlone, killWithDescendants } from "../../test/helpers/faults/disturb.ts";
import { must, removeAndLook } from "../../test/helpers/faults/recover.ts";
import { newTrial } from "../../test/helpers/faults/trial.ts";
import { checkWhole, CREATED, type Expected } from "../../test/helpers/faults/whole.ts";
import { openWorld, REQUEST, type World } from "../../test/helpers/faults/world.ts";
import { tbData } from "../../test/helpers/tb.ts";
import { between, type WorldKind } from "./kind.ts";

const run = promisify(execFile);

/** After one deployment of `pushChange`. */
export const DEPLOYED: Expected = {
  activities: { ...CREATED.activities, deployment: 2, queries_executed: 2 },
  commits: 2,
  deployments: 2,
  queries: 2,
};

/** Of a create's time, by which the world measures: a deploy takes less than half of it, and a kill after its end is none. */
const SHARE = 0.4;

export const deployKills: WorldKind = {
  name: "deploy",
  title: "deploy killed at random",
  trials: (kills) => Math.ceil(kills / 10),
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const afterMs = between(random, 0, world.length * SHARE);
    const family = random() < 0.4;
    const trial = newTrial(`deploy ${family ? "and all it started " : ""}killed after ${Math.round(afterMs)} ms`);
    const name = world.freshName();
    await createWithChange(world, name);
    const kill = family ? killWithDescendants : killAlone;
    const { hit, code } = await disturb(world, ["deploy", name], { afterMs }, kill);
    if (hit) trial.faults += 1;
    if (code !== 0) await finishDeploy(world, trial, name);
    await checkWhole(world.control, name, trial, DEPLOYED);
    await removeAndLook(world, trial, name);
    return trial;
  },
};

/** A project whose main has a version and a migration that were never deployed. */
export async function createWithChange(world: World, name: string): Promise<void> {
  const { repository } = await tbData<{ repository: { url: string } }>(
    world.home,
    ["create", REQUEST, "--name", name],
    world.env,
  );
  const clone = await mkdtemp(join(tmpdir(), "tb-fault-clone-"));
  try {
    const git = (...args: string[]) => run("git", ["-C", clone, ...args]);
    await run("git", ["clone", "--quiet", repository.url, clone]);
    await writeFile(join(clone, "migrations", "0002_tags.sql"), "create table tags (id varchar(21) primary key);\n");
    await git("add", "--all");
    await git("-c", "user.name=Someone", "-c", "user.email=someone@example.com", "commit", "--quiet", "-m", "Add tags");
    await git("push", "--quiet", "origin", "HEAD:main");
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
}

/** By resuming its run, or anew when none was written down. */
export async function finishDeploy(world: World, trial: ReturnType<typeof newTrial>, name: string): Promise<void> {
  const [deploy] = await world.control.query<{ run_id: string; state: string }>(
    "select run_id, state from runs where pipeline = 'deploy' and input ->> 'projectName' = $1 order by created_at desc limit 1",
    [name],
  );
  if (deploy?.state === "succeeded") return;
  await must(world, trial, deploy ? ["resume", deploy.run_id] : ["deploy", name]);
}
