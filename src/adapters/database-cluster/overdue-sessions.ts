// Sessions of a project that do something for longer than anything needs. The roles have time limits of their own, but any
// session can lift those (`set statement_timeout = 0`) and catch being cancelled, so it is ended, and from outside.
import type { Client } from "pg";
import type { DatabaseRole, EndedSession } from "./database-cluster.ts";

/** Seconds, but for `locks`. */
export interface SessionLimits {
  /** One statement, however it spends its time. */
  statement: number;
  /** Waiting for another session's lock. */
  lock: number;
  /** A transaction in which nothing is done, and which holds its locks meanwhile. */
  idle: number;
  /** A whole transaction. */
  transaction: number;
  /** Locks that a session holds at once. All sessions of the server share some 13,000, and without one nobody can connect. */
  locks: number;
}

/** The generated project allows itself 10 seconds a statement, its migration runner 5 minutes; a backup of tb's own reads
 * each table in one statement of the owner's. A migration takes some five locks for each table that it makes. */
export const SESSION_LIMITS: Record<DatabaseRole, SessionLimits> = {
  app: { statement: 120, lock: 60, idle: 120, transaction: 600, locks: 2000 },
  own: { statement: 900, lock: 120, idle: 120, transaction: 3600, locks: 6000 },
};

/** A role that is watched, as the server knows it. */
interface WatchedRole extends SessionLimits {
  oid: string;
  role: DatabaseRole;
}

/** Ends what is overdue among the sessions of the roles, each time it is called, over one connection. */
export function createLook(
  client: Client,
  roles: ReadonlyMap<string, DatabaseRole>,
  limits: Record<DatabaseRole, SessionLimits>,
): () => Promise<EndedSession[]> {
  let known: WatchedRole[] = [];
  const databases = new Map<string, string>();

  /** Roles and databases come and go while a run works. */
  async function lookUpNames(): Promise<void> {
    const { rows } = await client.query<{ oid: string; name: string }>(
      "select oid::text, rolname as name from pg_roles where rolname = any($1)",
      [[...roles.keys()]],
    );
    known = rows.map(({ oid, name }) => ({ oid, role: roles.get(name)!, ...limits[roles.get(name)!] }));
    const all = await client.query<{ oid: string; name: string }>("select oid::text, datname as name from pg_database");
    for (const { oid, name } of all.rows) databases.set(oid, name);
  }

  return async () => {
    try {
      await lookUpNames();
    } catch (error) {
      // Just when somebody has taken all locks, reading these tables takes one more; what is known from before will do.
      if ((error as { code?: string }).code !== OUT_OF_SHARED_MEMORY || known.length === 0) throw error;
    }
    const { rows } = await client.query<EndedSession>(OVERDUE, [JSON.stringify(known)]);
    return rows.map(({ role, what, database }) => ({ role, what, database: databases.get(database) ?? database }));
  };
}

const OUT_OF_SHARED_MEMORY = "53200";

/** Only calls functions, because a table would have to be locked. Materialised, so that only sessions that are overdue are
 * ended, in whichever order the planner likes. */
const OVERDUE = `
  with held as materialized (select pid, count(*) as locks from pg_lock_status() group by pid),
  overdue as materialized (
    select a.pid, watched.role, a.datid::text as database,
      case when held.locks > watched.locks then 'locks'
           when state in ('active', 'fastpath function call') and wait_event_type = 'Lock'
             and clock_timestamp() - query_start > make_interval(secs => lock) then 'lock'
           when state in ('active', 'fastpath function call')
             and clock_timestamp() - query_start > make_interval(secs => statement) then 'statement'
           when state like 'idle in transaction%' and clock_timestamp() - state_change > make_interval(secs => idle) then 'idle'
           when clock_timestamp() - xact_start > make_interval(secs => transaction) then 'transaction' end as what
    from pg_stat_get_activity(null) a
      join json_to_recordset($1) as watched (oid oid, role text, statement float8, lock float8, idle float8, transaction float8, locks int)
        on a.usesysid = watched.oid
      left join held on held.pid = a.pid)
  select role, database, what from overdue where what is not null and pg_terminate_backend(pid)`;
