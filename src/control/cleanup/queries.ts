// What the control schema knows of things that may be left over.
import type { Control } from "../control.ts";
import type { Resource } from "../ledger.ts";
import type { ProjectRow } from "../projects.ts";
import { RUN_SCOPED } from "../release-resources.ts";
import type { RunRow, RunState } from "../runs.ts";

export type HeldByEndedRun = Resource & { run_state: RunState; pipeline: string };

const HELD = `r.resource_id, r.run_id, r.project_id, r.kind, r.name, r.provider, r.state`;

/** Held by runs that failed or were cancelled; what only served a run that has succeeded; and databases that a restore has
 * kept since before then. Newest first. */
export async function heldByEndedRuns(
  control: Control,
  before: Date,
  resourceId: string | null = null,
): Promise<HeldByEndedRun[]> {
  return control.query<HeldByEndedRun>(
    `select ${HELD}, runs.state as run_state, runs.pipeline from resources r join runs using (run_id)
     where r.state <> 'released' and ($2::text is null or r.resource_id = $2)
       and (runs.state in ('failed', 'cancelled')
         or runs.state = 'succeeded' and (r.kind = any($1) or runs.pipeline = 'restore' and r.created_at < $3))
     order by r.sequence desc`,
    [[...RUN_SCOPED], resourceId, Math.ceil(before.getTime() / 1000)],
  );
}

export interface HeldResource {
  kind: string;
  name: string;
  run_id: string;
}

/** Everything that the ledger says is there or about to be. */
export async function heldResources(control: Control): Promise<HeldResource[]> {
  return control.query<HeldResource>("select kind, name, run_id from resources where state <> 'released'");
}

export async function isHeld(control: Control, name: string): Promise<boolean> {
  return (await control.query("select 1 from resources where name = $1 and state <> 'released'", [name])).length > 0;
}

/** Of these ids, those that this state knows, with what became of them. */
export async function runStates(control: Control, ids: string[]): Promise<Map<string, RunState>> {
  const rows = await control.query<{ run_id: string; state: RunState }>(
    "select run_id, state from runs where run_id = any($1)",
    [ids],
  );
  return new Map(rows.map(({ run_id, state }) => [run_id, state]));
}

export interface KnownProject {
  project_id: string;
  name: string;
  status: ProjectRow["status"];
  /** Whether a run that has not ended is about it. */
  busy: boolean;
}

/** Every project that this state knows, of whatever owner, removed ones too. */
export async function knownProjects(control: Control): Promise<Map<string, KnownProject>> {
  const rows = await control.query<KnownProject>(
    `select p.project_id, p.name, p.status,
            exists (select from runs r where r.project_id = p.project_id and r.state in ('running', 'parked')) as busy
     from project_contexts p`,
  );
  return new Map(rows.map((row) => [row.project_id, row]));
}

/** Runs of all owners that have not ended, with what they hold. */
export async function unfinishedWithHoldings(
  control: Control,
): Promise<
  (Pick<
    RunRow,
    "run_id" | "pipeline" | "project_id" | "state" | "lease_owner" | "lease_expired" | "updated_at" | "input"
  > & { holds: number; project: string | null })[]
> {
  return control.query(
    `select r.run_id, r.pipeline, r.project_id, r.state, r.lease_owner, r.updated_at, r.input, p.name as project,
            coalesce(r.lease_until < now(), true) as lease_expired,
            (select count(*)::int from resources x where x.run_id = r.run_id and x.state <> 'released') as holds
     from runs r left join project_contexts p on p.project_id = r.project_id
     where r.state in ('running', 'parked') order by r.created_at desc, r.run_id desc`,
  );
}

export interface SnapshotRow {
  snapshot_id: string;
  project_id: string;
  url: string;
  bytes: number;
}

/** Snapshots of projects that are in use, beyond the newest `keep` of each; oldest first. */
export async function oldSnapshots(control: Control, keep: number): Promise<SnapshotRow[]> {
  return control.query<SnapshotRow>(
    `select snapshot_id, project_id, url, bytes from (
       select s.*, row_number() over (partition by s.project_id order by s.created_at desc, s.snapshot_id desc) as place
       from snapshots s join project_contexts p using (project_id) where p.status = 'active') ranked
     where place > $1 order by created_at, snapshot_id`,
    [keep],
  );
}

export async function moveSnapshot(control: Control, snapshotId: string, url: string): Promise<void> {
  await control.query("update snapshots set url = $2 where snapshot_id = $1", [snapshotId, url]);
}
