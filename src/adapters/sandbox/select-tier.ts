// Which tier of isolation this machine can give: tried, not guessed, because a bwrap that is there may be forbidden to work.
import type { Config } from "../../config.ts";
import { findBubblewrap } from "./bubblewrap/find-bubblewrap.ts";
import { createProcessTier, type Tier } from "./process-tier.ts";
import type { IsolationFacts } from "./sandbox.ts";
import type { Found } from "./try-out.ts";

export interface SelectedTier {
  tier: Tier;
  facts: IsolationFacts;
}

const known = new Map<string, Promise<Found>>();

/** The strongest tier that works, or the one that the settings ask for; found out once per process. Throws TbError
 * "configuration" when what they ask for does not work.
 * @param tried what `triedHere` said in the process that started this one. */
export async function selectTier(config: Config, tried?: string): Promise<SelectedTier> {
  const key = keyOf(config);
  let finding = known.get(key);
  if (!finding) known.set(key, (finding = find(config, tried)));
  const { make, tried: _, ...facts } = await finding;
  const tier = make ? make(config) : createProcessTier(config.passthrough);
  return { tier, facts: { isolation: tier.isolation, ...facts } };
}

/** What this process has found to work, for one that it starts with the same settings; undefined when it has not looked. */
export async function triedHere(config: Config): Promise<string | undefined> {
  return (await known.get(keyOf(config)))?.tried;
}

function keyOf({ isolation, passthrough }: Config): string {
  return `${isolation} ${passthrough.PATH}`;
}

async function find(config: Config, tried: string | undefined): Promise<Found> {
  const path = config.passthrough.PATH ?? "/usr/bin:/bin";
  if (config.isolation === "container") return (await import("./container/find-engine.ts")).findEngine(config);
  if (process.platform === "darwin") return (await import("./seatbelt/find-seatbelt.ts")).findSeatbelt();
  if (process.platform === "linux") return findBubblewrap(path, tried);
  return { make: null, reason: "tb isolates commands on Linux and macOS only", improvement: null };
}
