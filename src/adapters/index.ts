// Selects the implementation of each port by name; every one is imported only when it is used.
import type { Config } from "../config.ts";
import type { DatabaseCluster } from "./database-cluster/database-cluster.ts";
import type { DeployTarget } from "./deploy-target/deploy-target.ts";
import type { GitHost } from "./git-host/git-host.ts";
import type { Model } from "./model/model.ts";
import type { ObjectStore } from "./object-store/object-store.ts";
import type { SandboxProvider } from "./sandbox/sandbox.ts";

export interface Adapters {
  sandbox(): Promise<SandboxProvider>;
  gitHost(): Promise<GitHost>;
  objectStore(): Promise<ObjectStore>;
  deployTarget(): Promise<DeployTarget>;
  model(): Promise<Model>;
  databaseCluster(): Promise<DatabaseCluster>;
  /** Closes what is open (connections); nothing that outlives the command. */
  close(): Promise<void>;
}

/** Each port's adapter, made once when it is first asked for. */
export function selectAdapters(config: Config): Adapters {
  const databaseCluster = once(async () =>
    (await import("./database-cluster/select-database-cluster.ts")).selectDatabaseCluster(config),
  );
  return {
    sandbox: once(async () => (await import("./sandbox/local-sandbox.ts")).createLocalSandboxProvider(config)),
    gitHost: once(async () => (await import("./git-host/local-git-host.ts")).createLocalGitHost(config)),
    objectStore: once(async () =>
      (await import("./object-store/directory-object-store.ts")).createDirectoryObjectStore(config),
    ),
    deployTarget: once(async () =>
      (await import("./deploy-target/process-deploy-target.ts")).createProcessDeployTarget(config),
    ),
    model: once(async () => (await import("./model/offline/offline-model.ts")).createOfflineModel()),
    databaseCluster,
    async close() {
      if (databaseCluster.made()) await (await databaseCluster()).close();
    },
  };
}

function once<T>(make: () => Promise<T>): (() => Promise<T>) & { made(): boolean } {
  let made: Promise<T> | undefined;
  return Object.assign(() => (made ??= make()), { made: () => made !== undefined });
}
