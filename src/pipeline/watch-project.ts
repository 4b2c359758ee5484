// While a run works, nothing that it starts may keep the project's databases busy for ever: not what runs on the copies, and
// not the migrations of the real one. Its deployed application is the supervisor's to watch.
import type { SessionWatch } from "../adapters/database-cluster/database-cluster.ts";
import { describeEnded } from "../adapters/database-cluster/session-watch.ts";
import type { Adapters } from "../adapters/index.ts";

/** Milliseconds between two looks. */
const EVERY = 5_000;

/** @param tell is told what was ended. */
export async function watchProject(
  adapters: Pick<Adapters, "databaseCluster">,
  projectId: string | null,
  tell: (text: string) => void,
): Promise<SessionWatch> {
  if (projectId === null) return { stop: () => Promise.resolve() };
  return (await adapters.databaseCluster()).watchSessions(projectId, {
    owners: { live: ["own"], work: ["own", "app"] },
    every: EVERY,
    stayConnected: true,
    onEnded: (session) => tell(describeEnded(session)),
  });
}
