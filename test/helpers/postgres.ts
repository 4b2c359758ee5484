// Scratch clusters for tests: a home of their own each, and one that stands in for a server of the user's.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client, escapeLiteral } from "pg";
import {
  createEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { sharedBase } from "../../src/adapters/shared-base.ts";
import { createSecretStore } from "../../src/secrets/secret-store.ts";
import { locateCluster } from "../../src/adapters/database-cluster/postgres-location.ts";
import { type ClusterSettings, type Config, readConfig } from "../../src/config.ts";

export interface ScratchHome {
  home: string;
  config: Config;
  /** Stops both servers and removes the home and everything outside it. */
  remove: () => Promise<void>;
}

/** An empty TB_HOME (mode 0700) below `parent`, and the configuration that uses it. `env` adds variables. */
export async function scratchHome(env: Record<string, string> = {}, parent = tmpdir()): Promise<ScratchHome> {
  const home = await mkdtemp(join(parent, "tb-home-"));
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home, ...env });
  return { home, config, remove: () => removeHome(home) };
}

export async function removeHome(home: string): Promise<void> {
  const places = [await locateCluster(home, "control"), await locateCluster(home, "projects")];
  await createEmbeddedPostgres({ home }, "control").stop();
  await createEmbeddedPostgres({ home }, "projects").stop();
  for (const { sockets, base } of places) {
    await rm(sockets, { recursive: true, force: true });
    await rm(base, { recursive: true, force: true });
  }
  // Sandboxes and Node for them, which as root lie outside the home whether the servers do or not.
  await rm(sharedBase(await createSecretStore({ home }).installationId()), { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
}

export interface StandIn {
  /** For DB_CLUSTER_HOST, DB_CLUSTER_PORT, DB_CLUSTER_USER and DB_CLUSTER_PASSWORD; a loopback port. */
  settings: ClusterSettings;
  /** The same as variables. */
  env: Record<string, string>;
  /** For PG_CONTROL_URL. */
  url: (database: string) => string;
  /** The server behind it, to stop and start. */
  server: EmbeddedPostgres;
  /** Creates a database and returns its name. */
  createDatabase: (name: string) => Promise<string>;
  /** Cuts every connection that is open and refuses new ones, as an outage does. */
  disconnect: () => Promise<void>;
  remove: () => Promise<void>;
}

/** One more cluster that stands in for an external server: reached over TCP, its administrator a superuser or, as managed
 * servers give it, a role that may create databases and roles. `given` is the home that it is the projects cluster of. */
export async function standInCluster(
  administrator: "superuser" | "ordinary" = "superuser",
  given?: ScratchHome,
): Promise<StandIn> {
  const scratch = given ?? (await scratchHome());
  const server = createEmbeddedPostgres(scratch.config, "projects");
  await server.ensure();
  const inside = await server.administrator();
  const door = await openDoor(`${inside.host}/.s.PGSQL.${inside.port}`);
  let { user, password } = inside;
  if (administrator === "ordinary") {
    [user, password] = ["operator", "correct-horse"];
    await query(inside, `create role operator login createdb createrole password ${escapeLiteral(password)}`);
  }
  const settings = { host: "127.0.0.1", port: door.port, user, password };
  return {
    settings,
    env: {
      DB_CLUSTER_HOST: settings.host,
      DB_CLUSTER_PORT: String(settings.port),
      DB_CLUSTER_USER: user,
      DB_CLUSTER_PASSWORD: password,
    },
    url: (database) => `postgresql://${user}:${password}@127.0.0.1:${door.port}/${database}`,
    server,
    createDatabase: async (name) => {
      await query(settings, `create database ${name}`);
      return name;
    },
    disconnect: door.close,
    remove: async () => {
      await door.close();
      await scratch.remove();
    },
  };
}

async function query(settings: ClusterSettings, text: string): Promise<void> {
  const client = new Client({ ...settings, database: "postgres" });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Forwards a free loopback port to the server's socket. */
async function openDoor(socketPath: string): Promise<{ port: number; close: () => Promise<void> }> {
  const open = new Set<Socket>();
  const listener = createServer((outside) => {
    const inside = connect(socketPath);
    for (const socket of [outside, inside]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => socket.destroy());
    }
    outside.pipe(inside).pipe(outside);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the loopback door has no port");
  return {
    port: address.port,
    close: async () => {
      if (!listener.listening) return;
      const closed = once(listener, "close");
      listener.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Folder that holds a cluster's data, programs, password and log. */
export async function clusterFolder(home: string): Promise<string> {
  return dirname((await locateCluster(home, "control")).data);
}
