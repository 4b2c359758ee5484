// Run events: stored once each under (run, phase, step, n); activities are written by the same statement.
import { TbError } from "../errors.ts";
import type { RunEvent } from "../pipeline/types.ts";
import type { Control } from "./control.ts";
import type { RunEnd } from "./runs.ts";

/** An event's identity: the same key again (after a resume) is a repeat. */
export interface EventKey {
  runId: string;
  phase: string;
  step: string;
  n: number;
}

export interface NewActivity {
  actionId: string;
  projectId: string;
  userId: string;
  requestId: string | null;
  type: string;
  details: string;
  status: string;
  environment: string;
  references: Record<string, string>;
}

/** What is stored with an event, in the same statement. */
export interface With {
  activity: NewActivity | null;
  /** The state that the run ends (or parks) in with this event; it lets the lease go. */
  end: RunEnd | null;
}

/** Stores the event, and its activity, unless its key is there already (a verdict takes the place of what an attempt that was
 * cut short has said there). Throws when the lease `token` is no longer held,
 * so a process that lost its run cannot write on. */
export async function insertEvent(
  control: Control,
  key: EventKey,
  token: number,
  event: { type: string },
  { activity, end }: With,
): Promise<{ seq: number; at: string; repeat: boolean }> {
  const [row] = await control.query<{ held: boolean; seq: number | null; at: Date | null; repeat: boolean }>(
    `with held as (select 1 from runs where run_id = $1 and lease_token = $5),
     fresh as (
       insert into run_events (run_id, phase, step, n, type, payload)
       select $1, $2, $3, $4, $6, $7 from held on conflict (run_id, phase, step, n) do update
         set type = excluded.type, payload = excluded.payload where excluded.type = 'verification' returning seq, at),
     phase_now as (
       update runs set phase = $2, updated_at = extract(epoch from now())::bigint
       from held where run_id = $1 and $6 = 'phase.started'),
     ended as (
       update runs set state = $17, error = $18, result = $19, lease_owner = null, lease_until = null,
         updated_at = extract(epoch from now())::bigint,
         finished_at = case when $17 = 'parked' then null else extract(epoch from now())::bigint end
       from held where run_id = $1 and $17::text is not null),
     activity as (
       insert into project_actions (action_id, project_id, user_id, request_id, run_id, action_type, action_details, status,
         environment, reference_ids, created_at)
       select $8, $9, $10, $11, $1, $12, $13, $14, $15, $16, extract(epoch from fresh.at)::bigint from fresh where $8::text is not null)
     select exists (select from held) as held, known.seq, known.at, not exists (select from fresh) as repeat
     from (select 1) one left join lateral (
       select seq, at from fresh
       union all select seq, at from run_events where run_id = $1 and phase = $2 and step = $3 and n = $4
       limit 1) known on true`,
    [
      key.runId,
      key.phase,
      key.step,
      key.n,
      token,
      event.type,
      event,
      activity?.actionId ?? null,
      activity?.projectId ?? null,
      activity?.userId ?? null,
      activity?.requestId ?? null,
      activity?.type ?? null,
      activity?.details ?? null,
      activity?.status ?? null,
      activity?.environment ?? null,
      activity?.references ?? null,
      end?.state ?? null,
      end?.error ?? null,
      end?.result ?? null,
    ],
    "insert-event",
  );
  if (!row?.held) {
    throw new TbError("interrupted", "Another process has taken this run over.", {
      suggestion: `tb runs show ${key.runId}`,
    });
  }
  return { seq: Number(row.seq), at: (row.at ?? new Date()).toISOString(), repeat: row.repeat };
}

/** A run's events in order, from after `afterSeq`. */
export async function listEvents(control: Control, runId: string, afterSeq = 0, limit = 10_000): Promise<RunEvent[]> {
  const rows = await control.query<{ seq: number; at: Date; payload: object }>(
    "select seq, at, payload from run_events where run_id = $1 and seq > $2 order by seq limit $3",
    [runId, afterSeq, limit],
  );
  return rows.map(({ seq, at, payload }) => ({ ...payload, runId, seq, at: at.toISOString() }) as RunEvent);
}
