// A terminal that is closed, and signals as people and systems send them.
import { setTimeout as sleep } from "node:timers/promises";
import { disturb, type Disturbed } from "../../test/helpers/faults/disturb.ts";
import { recover, removeAndLook } from "../../test/helpers/faults/recover.ts";
import { newTrial } from "../../test/helpers/faults/trial.ts";
import { checkWhole } from "../../test/helpers/faults/whole.ts";
import { openWorld, REQUEST, type World } from "../../test/helpers/faults/world.ts";
import { openTerminal } from "../../test/helpers/terminal.ts";
import { between, pick, type WorldKind } from "./kind.ts";

const WAYS = ["closed", "closed", "SIGHUP", "SIGTERM", "SIGINT twice"] as const;

export const terminals: WorldKind = {
  name: "terminal",
  title: "terminal closed, SIGTERM, SIGINT twice",
  trials: (kills) => Math.ceil(kills / 10),
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const way = pick(random, WAYS);
    const afterMs = between(random, 300, world.length); // before that the process does not listen yet
    const apart = between(random, 0, 500);
    const trial = newTrial(
      `${way === "closed" ? "its terminal closed" : way} ${Math.round(afterMs)} ms after a create began`,
    );
    const name = world.freshName();
    const args = ["create", REQUEST, "--name", name];
    const create =
      way === "closed"
        ? await closedTerminal(world, args, afterMs)
        : await disturb(world, args, { afterMs }, async (child) => {
            if (way !== "SIGINT twice") return child.kill(way);
            child.kill("SIGINT");
            await sleep(apart);
            return child.kill("SIGINT");
          });
    if (create.hit) trial.faults += 1;
    await recover(world, trial, name, create);
    await checkWhole(world.control, name, trial);
    await removeAndLook(world, trial, name);
    return trial;
  },
};

async function closedTerminal(world: World, args: string[], afterMs: number): Promise<Disturbed> {
  const terminal = openTerminal(world.home, args, world.env);
  await sleep(afterMs);
  await terminal.hangUp();
  return { code: null, signal: null, stdout: "", stderr: "", runId: null, hit: true };
}
