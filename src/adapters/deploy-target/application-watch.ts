// What a deployed application needs of its database server, looked after by its supervisor: that the server runs, and that the
// application, which may lift the limits of its sessions, is held to them.
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import type { DatabaseCluster } from "../database-cluster/database-cluster.ts";
import { describeEnded } from "../database-cluster/session-watch.ts";
import { selectAdapters } from "../index.ts";

/** Milliseconds between two looks at the sessions. */
const EVERY = 15_000;
/** Milliseconds between two looks at whether the server was killed: a file and a signal. */
const SERVER_EVERY = 2_000;

/** Begins with the first call, for as long as the process lives. Only in the embedded cluster: of a server of the user's own the
 * supervisor is not told the administrator's password. */
export function applicationWatch(config: Config, projectId: string, note: (text: string) => void): () => Promise<void> {
  let begun = false;
  return async () => {
    if (begun || config.projectsCluster !== null) return;
    begun = true;
    const cluster = await selectAdapters(config).databaseCluster();
    cluster.watchSessions(projectId, {
      owners: { live: ["app"], work: [] },
      every: EVERY,
      stayConnected: false, // a connection of every deployment would be missed by the others
      onEnded: (session) => note(describeEnded(session)),
    });
    keepServer(cluster, note);
  };
}

/** Nobody else would start it before the next command that needs it. What was stopped stays stopped. */
function keepServer(cluster: DatabaseCluster, note: (text: string) => void): void {
  let told: string | null = null;

  async function look(): Promise<void> {
    try {
      if (await cluster.revive()) note("Started the database server again, which had died.");
      told = null;
    } catch (error) {
      const text = error instanceof TbError ? error.message : String(error);
      if (told !== text) note(`The database server has died and does not start again: ${text}`);
      told = text; // once, not with every look
    }
    setTimeout(() => void look(), SERVER_EVERY).unref();
  }

  setTimeout(() => void look(), SERVER_EVERY).unref();
}
