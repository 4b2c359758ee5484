// The databases that verification works on: made for it, and always dropped.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import type { StoredSubject } from "./subject.ts";

export interface ScratchDatabase {
  /** Resolves when it is there. */
  ready: Promise<void>;
  /** Drops it, once it has been made; calling it again is fine. */
  drop(): Promise<void>;
}

/** A copy of the agent's database for the server that is probed. While it is made, nobody else can be in that database. */
export function probeDatabase({ cluster, projectId, database, scratch }: StoredSubject): ScratchDatabase {
  return scratchDatabase(cluster, scratch.probe, () => cluster.copy(projectId, database, scratch.probe));
}

/** An empty one for the migrations and then for the tests. */
export function testDatabase({ cluster, projectId, scratch }: StoredSubject): ScratchDatabase {
  return scratchDatabase(cluster, scratch.test, async () => {
    await cluster.dropDatabase(scratch.test); // a killed run may have left one with tables in it
    await cluster.provision(projectId, scratch.test);
  });
}

export const NO_DATABASE: ScratchDatabase = { ready: Promise.resolve(), drop: () => Promise.resolve() };

function scratchDatabase(cluster: DatabaseCluster, name: string, make: () => Promise<void>): ScratchDatabase {
  const ready = make();
  let dropped: Promise<void> | undefined;

  async function drop(): Promise<void> {
    await Promise.allSettled([ready]); // what is still being made cannot be dropped
    await cluster.dropDatabase(name);
  }

  return {
    ready,
    drop() {
      dropped ??= drop();
      dropped.catch(() => {}); // whoever drops it last, and waits, hears of it
      return dropped;
    },
  };
}
