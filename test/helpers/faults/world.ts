// A home in which faults are tried, one after the other.
import { setTimeout as sleep } from "node:timers/promises";
import { selectDatabaseCluster } from "../../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../../src/config.ts";
import { openControl } from "../../../src/control/database.ts";
import { removeTbHome, tbData, tbHome } from "../tb.ts";
import { inventory, type Place } from "./inventory.ts";
import type { Trial } from "./trial.ts";

export interface World extends Place {
  /** Variables of every command. */
  env: Record<string, string>;
  /** Milliseconds of a create that nothing disturbs. */
  length: number;
  /** Starts the control server if it does not run. */
  wake: () => Promise<void>;
  /** Names for projects that no trial has used. */
  freshName: () => string;
  /** Writes down what is there now, with no project, and was not when the world was opened. */
  noteOrphans: (trial: Trial) => Promise<void>;
  close: () => Promise<void>;
}

export interface WorldOptions {
  home?: string;
  /** Of prepared dependencies. */
  cache?: string;
  env?: Record<string, string>;
}

/** Creates and removes one project, which shows how long that takes and what stays for good. */
export async function openWorld({ home: given, cache, env = {} }: WorldOptions = {}): Promise<World> {
  const home = given ?? (await tbHome(cache));
  await tbData(home, ["create", REQUEST, "--name", "warm-up"], env);
  await tbData(home, ["destroy", "warm-up", "--confirm", "warm-up"], env);
  const since = performance.now();
  await tbData(home, ["create", REQUEST, "--name", "measured"], env);
  const length = performance.now() - since;
  await tbData(home, ["destroy", "measured", "--confirm", "measured"], env);
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home, ...env });
  const place = { home, control: await openControl(config), cluster: selectDatabaseCluster(config) };
  const baseline = new Set(await inventory(place));
  let count = 0;
  return {
    ...place,
    env,
    length,
    wake: async () => {
      await (await openControl(config)).close();
    },
    freshName: () => `fault-${++count}`,
    async noteOrphans(trial) {
      trial.orphans.push(...(await lasting(place, baseline)));
    },
    async close() {
      await place.control.close();
      await place.cluster.close();
      await removeTbHome(home);
    },
  };
}

export const REQUEST = "notes(title:string{80}, done:boolean=false)";

/** Supervisors without anything to serve end by themselves, and killed processes take a moment. */
const PATIENCE = 8000;

async function lasting(place: Place, baseline: ReadonlySet<string>): Promise<string[]> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    const found = (await inventory(place)).filter((line) => !baseline.has(line));
    if (found.length === 0 || performance.now() > until) return found;
    await sleep(200);
  }
}
