// Serves a working copy until it is stopped: migrations, the server, and one stream of what happens.
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { homedir, tmpdir } from "node:os";
import { cleanEnvironment } from "../processes/clean-environment.ts";
import { isPortFree } from "../processes/is-port-free.ts";
import type { DevDatabase } from "./database.ts";
import type { DevItem, DevLog, DevReload } from "./dev-item.ts";
import { createMigrator, watchMigrations, type MigrationsOf } from "./migrations.ts";
import { FIRST_PORT, freePort, portTaken, requirePort } from "./port.ts";
import { startServer } from "./server.ts";

export interface ServeOptions {
  project: { id: string; name: string };
  folder: string;
  /** null for a project without one. */
  database: { cluster: DatabaseCluster; of: DevDatabase } | null;
  /** null: the first free one. */
  port: number | null;
  signal: AbortSignal;
  /** Called once the server listens. */
  onReady: (url: string) => void;
}

type Tell = (item: DevItem) => Promise<void>;

const ATTEMPTS = 5;
const KEPT_LINES = 12;
/** Frames that nobody who reads this can change. */
const UNHELPFUL = /^\s*$|^\s+at .*(node_modules|node:)/;
const UNSAID_MS = 15_000;

/** Returns the URL when the signal has aborted. Throws TbError "conflict" when the port is taken, "failure" when the server
 * ends by itself. */
export async function serve(config: Config, options: ServeOptions, tell: Tell): Promise<string> {
  const { signal } = options;
  const stop = new AbortController(); // the end of the server ends the watching too
  const until = AbortSignal.any([signal, stop.signal]);
  const watching = await keepMigrated(config, { ...options, signal: until }, tell);
  try {
    return await serveOnPort(config, options, tell);
  } finally {
    stop.abort();
    await watching();
  }
}

/** Applies what is missing, then watches; the function that is returned waits for the end of it. */
async function keepMigrated(config: Config, options: ServeOptions, tell: Tell): Promise<() => Promise<void>> {
  const { database, folder, signal } = options;
  if (!database) return async () => {};
  const env = { ...cleanEnvironment(config.passthrough, { home: homedir(), tmp: tmpdir() }), ...database.of.serverEnv };
  const of: MigrationsOf = {
    folder,
    cluster: database.cluster,
    database: database.of.name,
    env: { ...env, ...database.of.ownerEnv },
    signal,
  };
  const migrator = createMigrator(of);
  const first = await migrator.apply();
  if (first) await tell(first);
  const watching = watchMigrations(of, migrator, tell).catch((error: unknown) => tell(unwatched(error)));
  return () => watching;
}

/** The limit of watched folders, for example. The server goes on. */
function unwatched(error: unknown): DevItem {
  const reason = error instanceof Error ? error.message : String(error);
  const text = `migrations/ cannot be watched (${reason}); start tb dev again to apply new ones.`;
  return { type: "migration", ok: false, applied: [], error: text };
}

async function serveOnPort(config: Config, options: ServeOptions, tell: Tell): Promise<string> {
  let port = options.port === null ? await freePort(FIRST_PORT) : await requirePort(options.port);
  for (let attempt = 1; ; attempt++) {
    const url = `http://127.0.0.1:${port}`;
    if (await serveOnce(config, { ...options, port }, url, tell)) return url;
    // Somebody was faster than we were between the look and the start.
    const other = await freePort(port + 1);
    if (options.port !== null || attempt === ATTEMPTS) throw portTaken(port, other);
    port = other;
  }
}

/** False when the port is taken. */
async function serveOnce(
  config: Config,
  options: ServeOptions & { port: number },
  url: string,
  tell: Tell,
): Promise<boolean> {
  const { project, folder, database, port, signal, onReady } = options;
  const env = database?.of.serverEnv ?? {};
  const server = await startServer({ folder, port, env, passthrough: config.passthrough });
  const stop = (): void => void server.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let ready = false;
  const last: string[] = [];

  async function becomeReady(ok: boolean): Promise<void> {
    ready = true;
    onReady(url);
    await tell({ type: "ready", url, ok, project, folder, database: database?.of.name ?? null });
  }

  async function pass(item: DevReload | DevLog): Promise<void> {
    if (item.type === "log" && !UNHELPFUL.test(item.line))
      last.splice(0, last.length, ...last.slice(1 - KEPT_LINES), item.line);
    if (item.type === "log" || ready) return tell(item);
    await becomeReady(item.ok);
  }

  async function lookUnsaid(): Promise<void> {
    if (!ready && !(await isPortFree(port)) && !ready) await becomeReady(true);
  }
  const unsaid = setInterval(() => void lookUnsaid(), UNSAID_MS); // another version of Nitro may say it in other words
  try {
    const { exitCode, portTaken } = await server.follow(pass);
    if (signal.aborted) return true;
    if (portTaken) return false;
    throw new TbError(
      "failure",
      `The development server has ended (${exitCode === null ? "killed" : `exit code ${exitCode}`}).`,
      {
        details: last,
        suggestion: `Correct what it says, then: tb dev ${project.name}`,
      },
    );
  } finally {
    clearInterval(unsaid);
    signal.removeEventListener("abort", stop);
    await server.stop();
  }
}
