// A home with real servers and adapters, and rows as runs leave them behind: what cleaning up works on.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { selectAdapters, type Adapters } from "../../src/adapters/index.ts";
import {
  carryOut,
  planCleanup,
  type CleanupOptions,
  type CleanupPlan,
  type CleanupResult,
} from "../../src/control/cleanup/cleanup.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { withResource, type ResourceKind } from "../../src/control/ledger.ts";
import { insertRun, type RunState } from "../../src/control/runs.ts";

import { sandboxFolder } from "./tiers.ts";
import { readyScratch } from "./homes.ts";

type Options = Partial<Pick<CleanupOptions, "before" | "keep">>;

export interface CleanupWorld {
  home: string;
  /** Where its sandboxes lie. */
  sandboxes: string;
  control: Control;
  adapters: Adapters;
  /** Removes everything that a test has made. */
  empty: () => Promise<void>;
  run: (state: RunState, projectId?: string | null, leaseOwner?: string | null) => Promise<string>;
  project: (id: string, status?: string) => Promise<void>;
  /** Writes into the ledger that the run holds something. */
  held: (runId: string, kind: ResourceKind, name: string, projectId?: string | null) => Promise<void>;
  /** Makes the run's sandbox and returns its id. */
  sandbox: (runId: string) => Promise<string>;
  plan: (options?: Options) => Promise<CleanupPlan>;
  clean: (options?: Options) => Promise<CleanupResult>;
  remove: () => Promise<void>;
}

const FOLDERS = ["repositories", "git", "deployments", "snapshots", "backups", "cache"];
const MONTH = 30 * 86_400_000;

export async function cleanupWorld(): Promise<CleanupWorld> {
  const { home, config, remove } = await readyScratch();
  const control = await openControl(config);
  const sandboxes = await sandboxFolder(home);
  const adapters = selectAdapters(config);
  const cluster = await adapters.databaseCluster();
  await cluster.ensure();
  let count = 0;

  async function empty(): Promise<void> {
    for (const table of ["resources", "snapshots", "project_contexts", "run_events", "runs"])
      await control.query(`delete from ${table}`);
    await rm(sandboxes, { recursive: true, force: true });
    for (const folder of FOLDERS) await rm(join(home, folder), { recursive: true, force: true });
    for (const name of await cluster.listDatabases()) await cluster.dropDatabase(name);
  }

  async function run(state: RunState, projectId: string | null = null, owner: string | null = null): Promise<string> {
    const runId = `run_${String(++count).padStart(10, "0")}`;
    const rest = { requestId: null, modificationId: null, input: {}, version: "0" };
    await insertRun(control, { runId, pipeline: "create", ownerId: "me", projectId, ...rest });
    await control.query(
      "update runs set state = $2, lease_owner = $3, lease_until = now() + interval '1 hour' where run_id = $1",
      [runId, state, owner],
    );
    return runId;
  }

  async function project(id: string, status = "active"): Promise<void> {
    await control.query(
      `insert into project_contexts (project_id, owner_id, name, type, status, created_at, updated_at)
       values ($1, 'me', $1, 'nitro', $2, 1, 1)`,
      [id, status],
    );
  }

  async function held(runId: string, kind: ResourceKind, name: string, projectId: string | null = null): Promise<void> {
    const provider = kind.includes("database") ? "embedded" : "local";
    await withResource(control, { run_id: runId, project_id: projectId, kind, name, provider }, async () => {});
  }

  async function sandbox(runId: string): Promise<string> {
    const id = runId.replace("run_", "sbx_");
    await (await adapters.sandbox()).create(id);
    return id;
  }

  function plan({ before = new Date(Date.now() - MONTH), keep = 5 }: Options = {}): Promise<CleanupPlan> {
    return planCleanup(control, adapters, { home, before, keep });
  }

  return {
    home,
    sandboxes,
    control,
    adapters,
    empty,
    run,
    project,
    held,
    sandbox,
    plan,
    clean: async (options) => carryOut(await plan(options), () => {}),
    remove: async () => {
      await control.close();
      await adapters.close();
      await remove();
    },
  };
}

export function namesOf({ items }: CleanupResult): string[] {
  return items.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`);
}
