// The application may lift the limits of its database sessions; its supervisor holds it to them.
import type { Config } from "../../config.ts";
import { describeEnded } from "../database-cluster/session-watch.ts";
import { selectAdapters } from "../index.ts";

/** Milliseconds between two looks. */
const EVERY = 15_000;

/** Begins with the first call, for as long as the process lives. Only in the embedded cluster: of a server of the user's own the
 * supervisor is not told the administrator's password. */
export function applicationWatch(config: Config, projectId: string, note: (text: string) => void): () => Promise<void> {
  let begun = false;
  return async () => {
    if (begun || config.projectsCluster !== null) return;
    begun = true;
    (await selectAdapters(config).databaseCluster()).watchSessions(projectId, {
      owners: { live: ["app"], work: [] },
      every: EVERY,
      stayConnected: false, // a connection of every deployment would be missed by the others
      onEnded: (session) => note(describeEnded(session)),
    });
  };
}
