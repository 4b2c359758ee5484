// Which cluster holds the projects' databases: the embedded one, or the server that DB_CLUSTER_* names.
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { createSecretStore, type SecretConfig } from "../../secrets/secret-store.ts";
import type { ClusterSource } from "./administrator-session.ts";
import type { DatabaseCluster } from "./database-cluster.ts";
import { createEmbeddedPostgres } from "./embedded-postgres.ts";
import { createPostgresCluster } from "./postgres-database-cluster.ts";

/** Opens nothing yet: the cluster is started or checked by `ensure`. */
export function selectDatabaseCluster(
  config: Pick<Config, "home" | "projectsCluster"> & SecretConfig,
  limits?: Parameters<typeof createPostgresCluster>[2],
): DatabaseCluster {
  return createPostgresCluster(selectSource(config), createSecretStore(config), limits);
}

function selectSource(config: Pick<Config, "home" | "projectsCluster">): ClusterSource {
  const external = config.projectsCluster;
  if (external) {
    const administrator = () => Promise.resolve(external);
    return {
      kind: "external",
      exists: () => Promise.resolve(true),
      start: async () => {},
      revive: () => Promise.resolve(false),
      administrator,
    };
  }
  const server = createEmbeddedPostgres(config, "projects");
  return {
    kind: "embedded",
    exists: async () => {
      try {
        await server.administrator();
        return true;
      } catch (error) {
        if (error instanceof TbError && error.code === "not_found") return false;
        throw error;
      }
    },
    start: () => server.ensure(),
    revive: () => server.revive(),
    administrator: async () => {
      try {
        return await server.administrator();
      } catch (error) {
        if (!(error instanceof TbError && error.code === "not_found")) throw error;
        await server.ensure(); // the very first use
        return server.administrator();
      }
    },
  };
}
