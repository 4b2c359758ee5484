// Fills disks while creates work, in a mount namespace of its own (unshare --mount): tb's folder and that of the databases
// are file systems in memory that are shrunk to what they hold, and given room again afterwards.
// Arguments: an empty folder, the cache of prepared dependencies, one or more seeds. Prints a trial a line as JSON.
import { execFileSync } from "node:child_process";
import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { SHARED_BASE } from "../../../src/adapters/shared-base.ts";
import { randomNumbers } from "../activities.ts";
import { shareCache } from "../shared-cache.ts";
import { disturb } from "./disturb.ts";
import { recover, removeAndLook } from "./recover.ts";
import { newTrial, type Trial } from "./trial.ts";
import { checkWhole } from "./whole.ts";
import { openWorld, REQUEST, type World } from "./world.ts";

const [folder, cache, ...seeds] = process.argv.slice(2) as [string, string, ...string[]];
const SIZE = "2g";

/** Where tb's own files lie, and where the databases and sandboxes do when tb runs as root. */
const disks = { home: join(folder, "disk"), databases: SHARED_BASE };

for (const disk of Object.values(disks)) {
  await mkdir(disk, { recursive: true });
  mount("-t", "tmpfs", "-o", `size=${SIZE},mode=0711`, "tmpfs", disk);
}
const home = join(disks.home, "home");
await mkdir(home, { mode: 0o700 });
await shareCache(home, cache);
const world = await openWorld({ home });
try {
  for (const seed of seeds.map(Number))
    process.stdout.write(`${JSON.stringify({ seed, trial: await fillOnce(world, seed) })}\n`);
} finally {
  await world.close();
}

async function fillOnce(world: World, seed: number): Promise<Trial> {
  const random = randomNumbers(seed);
  random();
  const which = random() < 0.5 ? "home" : "databases";
  const afterMs = random() * world.length;
  const trial = newTrial(`the disk of the ${which} full ${Math.round(afterMs)} ms after a create began`);
  const name = world.freshName();
  const create = await disturb(world, ["create", REQUEST, "--name", name], { afterMs }, () => fill(disks[which]));
  if (create.hit) trial.faults += 1;
  mount("-o", `remount,size=${SIZE}`, disks[which]);
  await recover(world, trial, name, create);
  await checkWhole(world.control, name, trial);
  await removeAndLook(world, trial, name);
  return trial;
}

/** Leaves no block free. What is written meanwhile would not fit, and the kernel refuses: then once more. */
async function fill(disk: string): Promise<void> {
  for (let left = 50; ; left--) {
    const { blocks, bfree, bsize } = await statfs(disk);
    try {
      mount("-o", `remount,size=${(blocks - bfree) * bsize}`, disk);
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

function mount(...args: string[]): void {
  execFileSync("mount", args, { stdio: ["ignore", "ignore", "pipe"] });
}
