// The processes of an embedded Postgres, killed and stopped from outside.
import { readdir, readFile } from "node:fs/promises";
import { createEmbeddedPostgres } from "../../../src/adapters/database-cluster/embedded-postgres.ts";
import type { EmbeddedClusterName } from "../../../src/adapters/database-cluster/postgres-location.ts";

/** SIGKILL for the postmaster; its backends find out by themselves. */
export async function killServer(home: string, which: EmbeddedClusterName): Promise<void> {
  process.kill(await postmaster(home, which), "SIGKILL");
}

/** Stops the postmaster and all its backends where they are; the returned function lets them go on. */
export async function stopServer(home: string, which: EmbeddedClusterName): Promise<() => Promise<void>> {
  const pid = await postmaster(home, which);
  await signalAll(pid, "SIGSTOP");
  return () => signalAll(pid, "SIGCONT");
}

async function postmaster(home: string, which: EmbeddedClusterName): Promise<number> {
  const { pid } = await createEmbeddedPostgres({ home }, which).status();
  if (pid === null) throw new Error(`The ${which} cluster does not run.`);
  return pid;
}

/** The postmaster first, so that it starts no more. */
async function signalAll(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  for (const entry of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${entry}/stat`, "latin1").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent === pid) process.kill(Number(entry), signal);
  }
}
