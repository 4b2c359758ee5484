// Postgres killed, stopped and out of reach while a create works.
import { setTimeout as sleep } from "node:timers/promises";
import { openPostgresDoor, type PostgresDoor } from "../../test/helpers/faults/postgres-door.ts";
import { disturb } from "../../test/helpers/faults/disturb.ts";
import { killServer, stopServer } from "../../test/helpers/faults/postgres-server.ts";
import { recover, removeAndLook } from "../../test/helpers/faults/recover.ts";
import { newTrial } from "../../test/helpers/faults/trial.ts";
import { checkWhole } from "../../test/helpers/faults/whole.ts";
import { openWorld, REQUEST, type World } from "../../test/helpers/faults/world.ts";
import { standInCluster } from "../../test/helpers/postgres.ts";
import { between, pick, type Random, type WorldKind } from "./kind.ts";

const CLUSTERS = ["control", "projects"] as const;

export const postgresKills: WorldKind = {
  name: "postgres-killed",
  title: "Postgres killed",
  trials: (kills) => Math.ceil(kills / 10),
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const cluster = pick(random, CLUSTERS);
    return whileCreating(world, random, `the ${cluster} cluster killed`, () => killServer(world.home, cluster));
  },
};

/** Up to twice as long as a lease holds. */
const LONGEST_STOP = 45_000;

export const postgresStops: WorldKind = {
  name: "postgres-stopped",
  title: "Postgres stopped for a while",
  trials: (kills) => Math.ceil(kills / 25),
  open: (cache) => openWorld({ cache }),
  async run(world, random) {
    const cluster = pick(random, CLUSTERS);
    const forMs = between(random, 500, LONGEST_STOP);
    return whileCreating(
      world,
      random,
      `the ${cluster} cluster stopped for ${(forMs / 1000).toFixed(1)} s`,
      async () => {
        const goOn = await stopServer(world.home, cluster);
        await sleep(forMs);
        await goOn();
      },
    );
  },
};

/** A server of the user's own behind two doors, one for each use of it. */
export interface FarWorld extends World {
  doors: Record<(typeof CLUSTERS)[number], PostgresDoor>;
}

export async function openFarWorld(cache: string): Promise<FarWorld> {
  const server = await standInCluster();
  const { host, port, user, password } = await server.server.administrator();
  const socket = `${host}/.s.PGSQL.${port}`;
  const doors = { control: await openPostgresDoor(socket), projects: await openPostgresDoor(socket) };
  const database = await server.createDatabase("steering");
  const world = await openWorld({
    cache,
    env: {
      PG_CONTROL_URL: `postgresql://${user}:${password}@127.0.0.1:${doors.control.port}/${database}`,
      DB_CLUSTER_HOST: "127.0.0.1",
      DB_CLUSTER_PORT: String(doors.projects.port),
      DB_CLUSTER_USER: user,
      DB_CLUSTER_PASSWORD: password,
    },
  });
  return {
    ...world,
    doors,
    async close() {
      await world.close();
      await Promise.all([doors.control.close(), doors.projects.close()]);
      await server.remove();
    },
  };
}

export const postgresAway: WorldKind<FarWorld> = {
  name: "postgres-away",
  title: "Postgres out of reach for a while",
  trials: (kills) => Math.ceil(kills / 10),
  open: openFarWorld,
  async run(world, random) {
    const use = pick(random, CLUSTERS);
    const forMs = between(random, 100, 8000);
    return whileCreating(world, random, `the ${use} server away for ${(forMs / 1000).toFixed(1)} s`, async () => {
      world.doors[use].shut();
      await sleep(forMs);
      world.doors[use].open();
    });
  },
};

async function whileCreating(world: World, random: Random, what: string, act: () => Promise<void>) {
  const afterMs = between(random, 0, world.length);
  const trial = newTrial(`${what} ${Math.round(afterMs)} ms after the beginning of a create`);
  const name = world.freshName();
  const create = await disturb(world, ["create", REQUEST, "--name", name], { afterMs }, act);
  if (create.hit) trial.faults += 1;
  await recover(world, trial, name, create);
  await checkWhole(world.control, name, trial);
  await removeAndLook(world, trial, name);
  return trial;
}
