// Homes for tests that are about what happens in one, not about how one is made.
import { join } from "node:path";
import { inject } from "vitest";
import { scratchHome, standInCluster, type ScratchHome, type StandIn } from "./postgres.ts";
import { prepareHome } from "./ready-home.ts";
import { tbHome } from "./tb.ts";

/** A TB_HOME with prepared dependencies and both clusters, which are started by whoever needs them. */
export async function readyHome(): Promise<string> {
  const home = await tbHome(inject("sharedCache"));
  await prepareHome(home, inject("modelHome"));
  return home;
}

/** The same for a test that opens it itself; no prepared dependencies. */
export async function readyScratch(env: Record<string, string> = {}): Promise<ScratchHome> {
  const scratch = await scratchHome(env);
  await prepareHome(scratch.home, inject("modelHome"));
  return scratch;
}

/** Like `standInCluster`. */
export async function readyStandIn(administrator?: Parameters<typeof standInCluster>[0]): Promise<StandIn> {
  return standInCluster(administrator, await readyScratch());
}

/** For processes that run TypeScript: what one has compiled, the next ones take. Without it most of their time is that. */
export function compiledBefore(): { NODE_COMPILE_CACHE: string } {
  return { NODE_COMPILE_CACHE: join(inject("modelHome"), "compiled") };
}
