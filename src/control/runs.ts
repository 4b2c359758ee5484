// Runs: one row per execution of a pipeline, and the lease that says which process works on it.
import { TbError, type ErrorJson } from "../errors.ts";
import type { Control } from "./control.ts";

export type RunState = "running" | "parked" | "failed" | "succeeded" | "cancelled";

export interface RunRow {
  run_id: string;
  pipeline: string;
  owner_id: string;
  project_id: string | null;
  request_id: string | null;
  modification_id: string | null;
  input: Record<string, unknown>;
  state: RunState;
  phase: string | null;
  error: ErrorJson | null;
  result: object | null;
  version: string;
  lease_token: number;
  lease_owner: string | null;
  /** Unix seconds. */
  created_at: number;
  updated_at: number;
  finished_at: number | null;
  /** Whether the lease has run out by the database's own clock. */
  lease_expired: boolean;
}

/** How long a lease holds without a heartbeat; a process beats every quarter of it. */
export const LEASE_SECONDS = 20;

const COLUMNS = `run_id, pipeline, owner_id, project_id, request_id, modification_id, input, state, phase, error, result, version,
  lease_token, lease_owner, created_at, updated_at, finished_at, coalesce(lease_until < now(), true) as lease_expired`;

export interface NewRun {
  runId: string;
  pipeline: string;
  ownerId: string;
  projectId: string | null;
  requestId: string | null;
  modificationId: string | null;
  input: object;
  version: string;
}

/** The run exists from here on, whatever happens to the process. */
export async function insertRun(control: Control, run: NewRun): Promise<void> {
  await control.query(
    `insert into runs (run_id, pipeline, owner_id, project_id, request_id, modification_id, input, state, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, extract(epoch from now())::bigint, extract(epoch from now())::bigint)`,
    [run.runId, run.pipeline, run.ownerId, run.projectId, run.requestId, run.modificationId, run.input, run.version],
  );
}

/** Takes the lease if the caller saw the current token; returns the new token (fencing), or null if someone was faster. */
export async function takeLease(
  control: Control,
  runId: string,
  seenToken: number,
  owner: string,
): Promise<number | null> {
  const [row] = await control.query<{ lease_token: number }>(
    `update runs set lease_token = lease_token + 1, lease_owner = $3, state = 'running', error = null,
       lease_until = now() + make_interval(secs => $4), updated_at = extract(epoch from now())::bigint
     where run_id = $1 and lease_token = $2 and state in ('running', 'parked') returning lease_token`,
    [runId, seenToken, owner, LEASE_SECONDS],
  );
  return row ? row.lease_token : null;
}

/** Extends the lease; false when another process has taken it. */
export async function beatLease(control: Control, runId: string, token: number): Promise<boolean> {
  const rows = await control.query(
    "update runs set lease_until = now() + make_interval(secs => $3) where run_id = $1 and lease_token = $2 returning 1",
    [runId, token, LEASE_SECONDS],
  );
  return rows.length > 0;
}

/** What a run came to. */
export interface RunEnd {
  state: Exclude<RunState, "running">;
  error: ErrorJson | null;
  result: object | null;
}

/** Writes the state a run ended (or parked) in and lets the lease go. A lost lease changes nothing and returns false. */
export async function settleRun(control: Control, runId: string, token: number, end: RunEnd): Promise<boolean> {
  const rows = await control.query(
    `update runs set state = $3, error = $4, result = $5, lease_owner = null, lease_until = null,
       updated_at = extract(epoch from now())::bigint,
       finished_at = case when $3 = 'parked' then null else extract(epoch from now())::bigint end
     where run_id = $1 and lease_token = $2 returning 1`,
    [runId, token, end.state, end.error, end.result],
  );
  return rows.length > 0;
}

const CANCELLING = "cancel";

/** From here on the run can only be cancelled: a part of what it holds may be gone. */
export async function beginCancel(control: Control, runId: string, token: number): Promise<void> {
  await control.query("update runs set phase = $3 where run_id = $1 and lease_token = $2", [runId, token, CANCELLING]);
}

export function isBeingCancelled({ phase }: RunRow): boolean {
  return phase === CANCELLING;
}

/** Finds a run by its id or an unambiguous beginning of it. Throws TbError "not_found" or "usage" (ambiguous). */
export async function findRun(control: Control, idOrPrefix: string): Promise<RunRow> {
  const prefix = idOrPrefix.startsWith("run_") ? idOrPrefix : `run_${idOrPrefix}`;
  const rows = await control.query<RunRow>(
    `select ${COLUMNS} from runs where starts_with(run_id, $1) order by (run_id = $1) desc, run_id limit 2`,
    [prefix],
  );
  const [first, second] = rows;
  if (!first) {
    throw new TbError("not_found", `There is no run "${idOrPrefix}".`, { suggestion: "tb runs list" });
  }
  if (second && first.run_id !== prefix) {
    throw new TbError("usage", `"${idOrPrefix}" fits more than one run: ${first.run_id}, ${second.run_id}, …`, {
      suggestion: "Give more characters of the id.",
    });
  }
  return first;
}

export async function listRuns(
  control: Control,
  filter: { state?: RunState; projectId?: string; limit: number },
): Promise<RunRow[]> {
  return control.query<RunRow>(
    `select ${COLUMNS} from runs
     where ($1::text is null or state = $1) and ($2::text is null or project_id = $2)
     order by created_at desc, run_id desc limit $3`,
    [filter.state ?? null, filter.projectId ?? null, filter.limit],
  );
}

/** Runs of a project that have not ended, newest first. */
export async function unfinishedRuns(control: Pick<Control, "query">, projectId: string): Promise<RunRow[]> {
  return control.query<RunRow>(
    `select ${COLUMNS} from runs where project_id = $1 and state in ('running', 'parked')
     order by created_at desc, run_id desc`,
    [projectId],
  );
}

export interface RunFilter {
  /** As people see it: a run whose process has died is parked. */
  state: RunState | null;
  projectId: string | null;
  limit: number;
}

/** The owner's runs with their projects' names, newest first. `dead` are the ids of runs whose rows say "running" though
 * nobody works on them. */
export async function runsOfOwner(
  control: Control,
  ownerId: string,
  { state, projectId, limit }: RunFilter,
  dead: string[],
): Promise<(RunRow & { project_name: string | null })[]> {
  return control.query<RunRow & { project_name: string | null }>(
    `select ${COLUMNS.replaceAll(/\b(project_id|owner_id|created_at|updated_at)\b/g, "r.$1")}, p.name as project_name
     from runs r left join project_contexts p on p.project_id = r.project_id
     where r.owner_id = $1
       and ($2::text is null or case when r.state = 'running' and r.run_id = any($5) then 'parked' else r.state end = $2)
       and ($3::text is null or r.project_id = $3)
     order by r.created_at desc, r.run_id desc limit $4`,
    [ownerId, state, projectId, limit, dead],
  );
}

/** The owner's runs whose rows say "running". */
export async function runningOfOwner(control: Control, ownerId: string): Promise<RunRow[]> {
  return control.query<RunRow>(`select ${COLUMNS} from runs where owner_id = $1 and state = 'running'`, [ownerId]);
}
