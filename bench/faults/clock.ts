// Clocks that jump while a create works: tb's own, the servers', or all of them, forwards and backwards (libfaketime).
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import type { Timeline } from "../../src/commands/activity.ts";
import { disturb } from "../../test/helpers/faults/disturb.ts";
import { recover, removeAndLook, runOf } from "../../test/helpers/faults/recover.ts";
import { newTrial, type Trial } from "../../test/helpers/faults/trial.ts";
import { ACTIVITIES, checkWhole } from "../../test/helpers/faults/whole.ts";
import { openWorld, REQUEST, type World } from "../../test/helpers/faults/world.ts";
import { tb, tbData } from "../../test/helpers/tb.ts";
import { between, pick, type WorldKind } from "./kind.ts";

interface ClockWorld extends World {
  /** Files that hold how wrong a clock is: "+0", "-3600". */
  clocks: Record<"tb" | "servers", string>;
  /** Variables for a process whose clock a file sets. */
  faked: (clock: string) => Record<string, string>;
}

/** Seconds. */
const JUMPS = [10, 3600, 86_400, 400 * 86_400];

export const clockJumps: WorldKind<ClockWorld> = {
  name: "clock",
  title: "clock jumps",
  trials: (kills) => Math.ceil(kills / 10),
  open: openClockWorld,
  async run(world, random) {
    const whose = pick(random, ["tb", "servers", "both"] as const);
    const seconds = pick(random, JUMPS) * (random() < 0.5 ? -1 : 1);
    const afterMs = between(random, 0, world.length);
    const trial = newTrial(
      `the clock of ${whose} jumps by ${seconds} s ${Math.round(afterMs)} ms after a create began`,
    );
    const name = world.freshName();
    const where = { home: world.home, env: { ...world.env, ...world.faked(world.clocks.tb) } };
    const create = await disturb(where, ["create", REQUEST, "--name", name], { afterMs }, async () => {
      if (whose !== "servers") await writeFile(world.clocks.tb, offset(seconds));
      if (whose !== "tb") await writeFile(world.clocks.servers, offset(seconds));
      await refusedMeanwhile(world, trial, name);
    });
    if (create.hit) trial.faults += 1;
    if (create.code !== 0) trial.unfinished.push(`the create exited ${create.code}: ${create.stderr}`);
    await recover(world, trial, name, create);
    await checkWhole(world.control, name, trial);
    await readTimeline(world, trial, name);
    for (const clock of Object.values(world.clocks)) await writeFile(clock, offset(0));
    await removeAndLook(world, trial, name);
    return trial;
  },
};

function offset(seconds: number): string {
  return `${seconds < 0 ? "" : "+"}${seconds}\n`;
}

/** The lease looks as if it had run out, or as if it held for ever; whoever has it still has it. */
async function refusedMeanwhile(world: World, trial: Trial, name: string): Promise<void> {
  const run = await runOf(world, name);
  if (run?.state !== "running") return;
  const { code, stdout } = await tb(world.home, ["resume", run.run_id, "--json"], world.env);
  const ended = (await runOf(world, name))?.state !== "running";
  if (code !== 9 && !ended) trial.unfinished.push(`another process could resume the run: ${code} ${stdout}`);
}

/** Page by page, every activity once. */
async function readTimeline(world: World, trial: Trial, name: string): Promise<void> {
  const seen: string[] = [];
  for (let next: string | null = ""; next !== null;) {
    const before: string[] = next ? ["--before", next] : [];
    const page: Timeline = await tbData(world.home, ["activity", name, "--limit", "1", ...before], world.env);
    seen.push(...page.activities.map(({ type }) => type));
    next = page.next;
  }
  for (const type of ACTIVITIES) {
    const shown = seen.filter((one) => one === type).length;
    if (shown < 1) trial.lost.push(`activity ${type} is not shown`);
    if (shown > 1) trial.duplicates.push(`activity ${type} is shown ${shown} times`);
  }
}

async function openClockWorld(cache: string): Promise<ClockWorld> {
  const library = await findLibrary();
  const world = await openWorld({ cache });
  const folder = await mkdtemp(join(tmpdir(), "tb-fault-clock-"));
  const clocks = { tb: join(folder, "tb"), servers: join(folder, "servers") };
  for (const clock of Object.values(clocks)) await writeFile(clock, offset(0));
  await chmod(folder, 0o755); // the servers run as another user
  const faked = (clock: string) => ({
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  });
  for (const which of ["control", "projects"] as const) await restart(world.home, which, faked(clocks.servers));
  return {
    ...world,
    clocks,
    faked,
    async close() {
      await world.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The same server with the same arguments, in another environment. */
async function restart(home: string, which: "control" | "projects", env: Record<string, string>): Promise<void> {
  const server = createEmbeddedPostgres({ home }, which);
  const { pid } = await server.status();
  const [program, ...args] = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").slice(0, -1);
  const { uid, gid } = await stat(`/proc/${pid}`);
  await server.stop();
  spawn(program!, args, {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", ...env },
    cwd: "/",
    detached: true,
    stdio: "ignore",
    ...(process.getuid?.() === 0 && { uid, gid }),
  }).unref();
  await server.ensure();
}

async function findLibrary(): Promise<string> {
  for (const folder of (await readdir("/usr/lib")).map((name) => join("/usr/lib", name, "faketime"))) {
    const library = join(folder, "libfaketime.so.1");
    if (existsSync(library)) return library;
  }
  throw new Error("The clock's faults need libfaketime (Debian: apt-get install libfaketime).");
}
