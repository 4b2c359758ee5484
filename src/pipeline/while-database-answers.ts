// Work that fails when the database server goes away, through no fault of what is tried.
import { MAINTENANCE } from "../adapters/database-cluster/administrator-session.ts";
import { TbError } from "../errors.ts";
import type { Run } from "./types.ts";
import { writeSomething } from "./require-room.ts";
import { LONG } from "./watch-answers.ts";

/** Does the work with a session of tb's own open, starting a server that is down. When the work fails and the session is
 * gone, takes long to answer, or can write nothing, it was the server's fault: throws an error that parks the run. */
export async function whileDatabaseAnswers<T>(run: Run, work: () => Promise<T>): Promise<T> {
  const cluster = await run.adapters.databaseCluster();
  return cluster.session(MAINTENANCE, async (query) => {
    try {
      return await work();
    } catch (error) {
      const asked = performance.now();
      await writeSomething(query);
      if (performance.now() - asked < LONG) throw error;
      throw new TbError("transient", "The database server does not answer in time.", {
        suggestion: "tb db status",
        cause: error,
      });
    }
  });
}
