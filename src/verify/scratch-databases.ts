// The databases that verification works on: made for it, and dropped by it or by whoever asked to keep them.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import type { StoredSubject } from "./subject.ts";

export interface ScratchDatabase {
  /** Resolves when it is there. */
  ready: Promise<void>;
  /** It is no longer needed: dropped, once it has been made, or left. Calling it again is fine. */
  end(): Promise<void>;
}

/** A copy of the agent's database for the server that is probed. While it is made, nobody else can be in that database. */
export function probeDatabase({ cluster, projectId, database, scratch }: StoredSubject): ScratchDatabase {
  const make = () => cluster.copy(projectId, database, scratch.probe);
  return scratchDatabase(cluster, scratch.probe, make, scratch.kept);
}

/** An empty one for the migrations and then for the tests. */
export function testDatabase({ cluster, projectId, scratch }: StoredSubject): ScratchDatabase {
  async function make(): Promise<void> {
    await cluster.dropDatabase(scratch.test); // one that was left has tables in it
    await cluster.provision(projectId, scratch.test);
  }
  return scratchDatabase(cluster, scratch.test, make, scratch.kept);
}

export const NO_DATABASE: ScratchDatabase = { ready: Promise.resolve(), end: () => Promise.resolve() };

function scratchDatabase(
  cluster: DatabaseCluster,
  name: string,
  make: () => Promise<void>,
  kept: boolean = false,
): ScratchDatabase {
  const ready = make();
  let ended: Promise<void> | undefined;

  async function finish(): Promise<void> {
    await Promise.allSettled([ready]); // what is still being made cannot be dropped
    if (!kept) await cluster.dropDatabase(name);
  }

  return {
    ready,
    end() {
      ended ??= finish();
      ended.catch(() => {}); // whoever ends it last, and waits, hears of it
      return ended;
    },
  };
}
