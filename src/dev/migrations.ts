// Keeps the development database what the working copy's migrations say, with the project's own runner.
import { watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";
import { appliedMigrations } from "../pipeline/live-schema.ts";
import { errorCode } from "../processes/error-code.ts";
import { exists } from "../processes/folders.ts";
import { launch } from "../processes/launch.ts";
import { createTextTail } from "../processes/text-tail.ts";
import { waitForEnd } from "../processes/wait-for-end.ts";
import type { DevMigration } from "./dev-item.ts";

export interface MigrationsOf {
  /** The working copy. */
  folder: string;
  cluster: DatabaseCluster;
  database: string;
  /** For the runner. */
  env: Record<string, string>;
  signal: AbortSignal;
}

export interface Migrator {
  /** Applies what is missing. null when the files are what they were at the last call, when there is nothing to do, and while
   * a new file has nothing in it yet. Throws when the database cannot be asked. */
  apply(): Promise<DevMigration | null>;
}

/** Editors write a file in several steps. */
const SETTLE_MS = 150;
const LOOK_AGAIN_MS = 500;

export function createMigrator(of: MigrationsOf): Migrator {
  let seen: string | null = null;
  return {
    async apply() {
      const files = await readMigrations(of.folder);
      const now = JSON.stringify(files);
      if (now === seen) return null;
      const applied = new Set(await appliedMigrations(of.cluster, of.database));
      seen = now;
      // An empty one would count as applied, and could not be written any more.
      return files.some(({ name, text }) => !applied.has(name) && isEmpty(text)) ? null : run(of);
    },
  };
}

async function run({ folder, env, signal }: MigrationsOf): Promise<DevMigration | null> {
  const command = [process.execPath, "scripts/migrate.ts"] as const;
  const child = await launch(command, { cwd: folder, env, mark: `${folder}/migrations` });
  const output = createTextTail();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => output.add(chunk.toString("utf8")));
  }
  const { exitCode } = await waitForEnd(child, { signal });
  const lines = output.text().trim().split("\n");
  const names = lines.flatMap((line) => /^Applied (\S+\.sql)$/.exec(line)?.[1] ?? []);
  if (exitCode === 0) return names.length > 0 ? { type: "migration", ok: true, applied: names, error: null } : null;
  const said = lines.filter((line) => !line.startsWith("Applied ")).slice(-10);
  return { type: "migration", ok: false, applied: names, error: said.join("\n") || "The runner has failed." };
}

/** Applies whenever a file of the folder changes, and tells what came of it, until the signal aborts. */
export async function watchMigrations(
  { folder, signal }: MigrationsOf,
  migrator: Migrator,
  tell: (item: DevMigration) => Promise<void>,
): Promise<void> {
  for await (const _ of changesIn(join(folder, "migrations"), signal)) {
    const item = await migrator.apply().catch(failed);
    if (item && !signal.aborted) await tell(item);
  }
}

/** Yields after each burst of changes. A folder that is not there is waited for. */
async function* changesIn(folder: string, signal: AbortSignal): AsyncGenerator<void> {
  for (let first = true; !signal.aborted; first = false) {
    if (await exists(folder)) yield* changesWhileThere(folder, signal, !first);
    if (!signal.aborted) await pause(LOOK_AGAIN_MS, signal);
  }
}

async function* changesWhileThere(folder: string, signal: AbortSignal, changed: boolean): AsyncGenerator<void> {
  let wake: (() => void) | undefined;
  function note(): void {
    changed = true;
    wake?.();
  }
  const watcher = watch(folder, note);
  watcher.on("error", note); // the folder is gone
  signal.addEventListener("abort", note);
  try {
    while (!signal.aborted && (await exists(folder))) {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      await pause(SETTLE_MS, signal);
      changed = false;
      if (!signal.aborted) yield;
    }
  } finally {
    watcher.close();
    signal.removeEventListener("abort", note);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error; // an abort only ends the pause early
  }
}

async function readMigrations(folder: string): Promise<{ name: string; text: string }[]> {
  const files: { name: string; text: string }[] = [];
  for (const name of await sqlFiles(folder)) {
    const text = await orNothing(readFile(join(folder, "migrations", name), "utf8"));
    if (text !== null) files.push({ name, text });
  }
  return files;
}

async function sqlFiles(folder: string): Promise<string[]> {
  const names = await orNothing(readdir(join(folder, "migrations")));
  return (names ?? []).filter((name) => name.endsWith(".sql")).toSorted();
}

/** What is gone meanwhile was not there. */
async function orNothing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Nothing but comments and space. */
function isEmpty(sql: string): boolean {
  return sql.replaceAll(/--.*$/gm, "").trim() === "";
}

function failed(error: unknown): DevMigration {
  return { type: "migration", ok: false, applied: [], error: error instanceof Error ? error.message : String(error) };
}
