// `tb cleanup`: finds what nobody needs any more, and removes it or puts it away.
import type { Adapters } from "../../adapters/index.ts";
import { toErrorJson } from "../../errors.ts";
import { foreseenError } from "../../foreseen-error.ts";
import type { Control } from "../control.ts";
import { effectiveState } from "../run-view.ts";
import { endedRuns } from "./ended-runs.ts";
import { oldBackups, oldBuilds, snapshotsToArchive, temporaryFiles, unusedDependencies } from "./old-things.ts";
import { findOrphans, type Inventory } from "./orphans.ts";
import type { Candidate, CleanupKind, CleanupScope, Unknown } from "./plan.ts";
import { heldResources, unfinishedWithHoldings } from "./queries.ts";

export interface CleanupItem {
  kind: CleanupKind;
  /** Database, folder, id of a build or backup. */
  name: string;
  /** Id of the project it belonged to; null when it belongs to none. */
  project: string | null;
  action: "remove" | "archive";
  /** Why it can go. */
  reason: string;
  /** What it takes on disk, or what archiving has freed; null when that is not known. */
  bytes: number | null;
  /** `planned`: nothing was done. `in_use`: somebody has begun to use it since it was found, so it was left alone. */
  outcome: "planned" | "done" | "in_use" | "failed";
  /** Why it failed. */
  error: string | null;
}

/** A run that can be resumed; what it holds is never touched. */
interface ParkedRun {
  id: string;
  pipeline: string;
  project: string | null;
  /** When it was last worked on. */
  since: string;
  /** How many things it holds. */
  holds: number;
}

/** The data of `tb cleanup`. */
export interface CleanupResult {
  /** `planned`: only looked (--dry-run). `unchanged`: there was nothing to do. */
  outcome: "planned" | "cleaned" | "unchanged";
  /** In the order in which they go. */
  items: CleanupItem[];
  /** Sum of the items that are planned or done. */
  bytes: number;
  parked: ParkedRun[];
  /** What looks like tb's and is not in this state; never touched. */
  unknown: { kind: CleanupKind; name: string; reason: string }[];
}

export interface CleanupPlan {
  candidates: Candidate[];
  unknown: Unknown[];
  parked: ParkedRun[];
}

export interface CleanupOptions {
  home: string;
  before: Date;
  keep: number;
}

/** Finds everything and changes nothing. */
export async function planCleanup(control: Control, adapters: Adapters, options: CleanupOptions): Promise<CleanupPlan> {
  const scope: CleanupScope = { control, adapters, ...options };
  const seen = await takeInventory(scope);
  const held = await heldResources(control); // after the inventory
  const orphans = await findOrphans(scope, seen, held);
  const candidates = [
    ...(await endedRuns(scope, sizesOf(seen))),
    ...orphans.candidates,
    ...(await temporaryFiles(scope)),
    ...oldBuilds(scope, seen.deployments),
    ...(await unusedDependencies(scope)),
    ...(await snapshotsToArchive(scope, seen.snapshots)),
    ...(await oldBackups(scope)),
  ];
  return { candidates, unknown: orphans.unknown, parked: await parkedRuns(control) };
}

/** What the plan says, as data. */
export function describePlan({ candidates, unknown, parked }: CleanupPlan): CleanupResult {
  const items = candidates.map((candidate) => itemOf(candidate, "planned"));
  return { outcome: items.length > 0 ? "planned" : "unchanged", items, bytes: sum(items), unknown, parked };
}

/** Does what the plan says, one after the other; what fails does not keep the rest from it. */
export async function carryOut(
  { candidates, unknown, parked }: CleanupPlan,
  tell: (text: string) => void,
): Promise<CleanupResult> {
  const items: CleanupItem[] = [];
  for (const candidate of candidates) {
    tell(`${candidate.action === "archive" ? "Archiving" : "Removing"} ${candidate.kind} ${candidate.name}`);
    try {
      const done = await candidate.act();
      const bytes = "bytes" in done ? (done.bytes ?? null) : candidate.bytes;
      items.push({ ...itemOf(candidate, done.outcome), bytes });
    } catch (error) {
      const { message } = toErrorJson(foreseenError(error) ?? error);
      items.push({ ...itemOf(candidate, "failed"), error: message });
    }
  }
  return { outcome: items.length > 0 ? "cleaned" : "unchanged", items, bytes: sum(items), unknown, parked };
}

function itemOf(
  { kind, name, project, action, reason, bytes }: Candidate,
  outcome: CleanupItem["outcome"],
): CleanupItem {
  return { kind, name, project, action, reason, bytes, outcome, error: null };
}

function sum(items: CleanupItem[]): number {
  const counted = items.filter(({ outcome }) => outcome === "planned" || outcome === "done");
  return counted.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
}

async function takeInventory({ adapters }: CleanupScope): Promise<Inventory> {
  const cluster = await adapters.databaseCluster();
  const gitHost = await (await adapters.gitHost()).list();
  return {
    sandboxes: await (await adapters.sandbox()).list(),
    databases: (await cluster.exists()) ? await cluster.describeDatabases() : [],
    ...gitHost,
    deployments: await (await adapters.deployTarget()).list(),
    snapshots: await (await adapters.objectStore()).listSnapshots(),
  };
}

function sizesOf(seen: Inventory): Map<string, number> {
  return new Map([
    ...seen.sandboxes.map(({ id, bytes }) => [id, bytes] as const),
    ...[...seen.databases, ...seen.repositories, ...seen.directories].map(({ name, bytes }) => [name, bytes] as const),
  ]);
}

async function parkedRuns(control: Control): Promise<ParkedRun[]> {
  const rows = await unfinishedWithHoldings(control);
  return rows
    .filter((row) => effectiveState(row) === "parked")
    .map(({ run_id, pipeline, project, updated_at, holds }) => ({
      id: run_id,
      pipeline,
      project,
      since: new Date(updated_at * 1000).toISOString(),
      holds,
    }));
}
