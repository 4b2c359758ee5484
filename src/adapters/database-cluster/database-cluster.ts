// Port: the Postgres cluster that holds the users' databases.
import type { QueryResult } from "pg";
import type { WatchTiming } from "./session-watch.ts";

/** `own` owns schema public and runs migrations; `app` may only read and write rows. */
export type DatabaseRole = "own" | "app";

/** One query; its values are bound. */
export type AdministratorQuery = <Row extends object>(text: string, values?: unknown[]) => Promise<QueryResult<Row>>;

/** What a client needs to connect; `host` may be the folder of a Unix socket. */
export interface Connection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Set for a Unix socket: no TLS, also where PGSSLMODE is set for other servers. */
  ssl?: false;
}

/** A database of this installation, as its label says. */
export interface LabelledDatabase {
  name: string;
  /** `copy`: made from another one to work on. */
  label: "database" | "copy";
  bytes: number;
  /** Sessions that are open in it. */
  sessions: number;
  /** null where only a superuser may know and tb is none. */
  createdAt: Date | null;
}

/** Which sessions of a project are looked at: those of its own database's roles, and those of its copies' roles. */
export interface SessionOwners {
  live: readonly DatabaseRole[];
  work: readonly DatabaseRole[];
}

/** A session that was ended because it did something for too long; never what it did. */
export interface EndedSession {
  role: DatabaseRole;
  database: string;
  /** `lock`: it waited for one. `idle`: in the midst of a transaction. `locks`: it held too many. */
  what: "statement" | "lock" | "idle" | "transaction" | "locks";
}

export interface SessionWatch {
  /** Resolves when no look is under way any more. */
  stop(): Promise<void>;
}

export interface DatabaseCluster {
  readonly kind: "embedded" | "external";
  /** Whether there is anything to ask: false for an embedded cluster that was never started. Starts nothing. */
  exists(): Promise<boolean>;
  /** Starts an embedded cluster; checks that an external one answers and is Postgres 16 or newer. Idempotent. */
  ensure(): Promise<void>;
  /** Starts an embedded server again that was killed, and says so. One that runs, or was stopped, stays as it is; so does a server
   * of the user's own. */
  revive(): Promise<boolean>;
  /** Creates the two roles and the empty database with their grants, or completes what is there, and takes back what the roles
   * have changed about themselves. The project's own database has roles of its own (role-names.ts). Idempotent. */
  provision(projectId: string, database: string): Promise<void>;
  /** Creates `copy` with the contents of `source`, in the hands of the roles for copies, replacing an older copy. */
  copy(projectId: string, source: string, copy: string): Promise<void>;
  /** Drops the database, ending its sessions. Dropping what is not there is fine. */
  dropDatabase(database: string): Promise<void>;
  /** Drops all roles of the project. Dropping what is not there is fine. */
  dropRoles(projectId: string): Promise<void>;
  /** Databases of this installation's projects, by name prefix `turbobackend_`. */
  listDatabases(): Promise<string[]>;
  /** The same databases with what is known of them; those that other installations made are never among them. */
  describeDatabases(): Promise<LabelledDatabase[]>;
  /** Lets `next` take the place of `live` in one step, ending the sessions of all; what was `live` is `retired` then.
   * Clients that connect meanwhile wait. Without a `live`, `next` just takes its name. Done before, it changes nothing.
   * Throws TbError "not_found" without a `next`, "transient" when sessions cannot be ended. */
  swap(databases: { live: string; next: string; retired: string }): Promise<void>;
  /** How to connect as a role of the project. The password is derived, never stored. */
  connection(projectId: string, role: DatabaseRole, database: string): Promise<Connection>;
  /** From now on the passwords of all its roles leave this process nowhere, also ones that it has not asked for itself: what
   * an earlier process of a run has handed out may turn up in this one. */
  rememberPasswords(projectId: string): Promise<void>;
  /** Ends the sessions of the project that are over their limits (overdue-sessions.ts), until it is stopped. Starts no server
   * and keeps no process alive. */
  watchSessions(
    projectId: string,
    options: { owners: SessionOwners; onEnded: (session: EndedSession) => void } & WatchTiming,
  ): SessionWatch;
  /** One query as the administrator in the given database (introspection, effects). Never model-written SQL. */
  query<Row extends object>(database: string, text: string, values?: unknown[]): Promise<QueryResult<Row>>;
  /** Many such queries over one connection. Meanwhile the database cannot be copied. */
  session<T>(database: string, work: (query: AdministratorQuery) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
