// The databases that verification works on: made for it, and always dropped.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import { hasDatabase, type Subject } from "./subject.ts";

export interface ScratchDatabases {
  /** Resolves when the copy, or the empty database, is there. */
  probe: Promise<void>;
  test: Promise<void>;
  replay: Promise<void>;
}

/** Runs `work` with the scratch databases under way, and drops them whatever comes of it. */
export async function withScratchDatabases<T>(
  subject: Subject,
  work: (databases: ScratchDatabases) => Promise<T>,
): Promise<T> {
  if (!hasDatabase(subject)) {
    const none = Promise.resolve();
    return work({ probe: none, test: none, replay: none });
  }
  const { cluster, projectId, database, scratch } = subject;
  // One after the other: each is a copy of a template, and Postgres serves those best alone.
  const probe = cluster.copy(projectId, database, scratch.probe);
  const replay = settled(probe).then(() => empty(cluster, projectId, scratch.replay));
  const test = settled(replay).then(() => empty(cluster, projectId, scratch.test));
  const making = Promise.allSettled([probe, replay, test]);
  try {
    return await work({ probe, test, replay });
  } finally {
    await making; // what is still being made cannot be dropped
    for (const name of Object.values(scratch)) await cluster.dropDatabase(name);
  }
}

async function empty(cluster: DatabaseCluster, projectId: string, database: string): Promise<void> {
  await cluster.dropDatabase(database); // a killed run may have left one with tables in it
  await cluster.provision(projectId, database);
}

async function settled(work: Promise<void>): Promise<void> {
  await Promise.allSettled([work]);
}
