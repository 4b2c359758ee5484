// The SQL that gives a project its roles and closes its databases to everyone else.
import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import type { DatabaseRole } from "./database-cluster.ts";

/** Connections of a role. A pool of the generated project has ten, and while a deployment is replaced two versions have one
 * each; the owner's are a migration, a backup and a person. */
const CONNECTION_LIMIT = { own: 6, app: 20 } as const;

/** What a role may write to disk for sorting and hashing at once. Only a superuser can set it, so the role cannot lift it. */
const TEMPORARY_FILES = "1GB";

/** Functions that let an ordinary role exhaust the lock table that all projects share, store files outside its tables, hold a
 * connection, end other sessions of its role, or read their statements. */
const CLOSED_FUNCTIONS = `(proname like 'pg\\_%advisory%' or proname like 'lo\\_%' or proname like 'pg\\_stat\\_get\\_backend\\_%'
  or proname in ('loread', 'lowrite', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'pg_logical_emit_message',
    'pg_terminate_backend', 'pg_cancel_backend', 'pg_stat_get_activity'))`;

export type ProjectRoles = Record<DatabaseRole, string>;

/** What the administrator may do: managed servers give no superuser. */
export interface AdministratorRights {
  superuser: boolean;
  createDatabase: boolean;
  createRole: boolean;
}

export async function administratorRights(client: ClientBase): Promise<AdministratorRights> {
  const { rows } = await client.query<AdministratorRights>(
    `select rolsuper as superuser, rolsuper or rolcreatedb as "createDatabase", rolsuper or rolcreaterole as "createRole"
     from pg_roles where rolname = current_user`,
  );
  return rows[0] ?? { superuser: false, createDatabase: false, createRole: false };
}

/** Creates the role or completes it: log in, nothing else, and the password of this verifier. What the role has set for
 * itself (its password, settings of its sessions) is taken back. */
export async function ensureRole(
  client: ClientBase,
  name: string,
  kind: DatabaseRole,
  verifier: string,
  rights: AdministratorRights,
): Promise<void> {
  const role = escapeIdentifier(name);
  const { rows } = await client.query("select 1 from pg_roles where rolname = $1", [name]);
  const login = `login noinherit connection limit ${CONNECTION_LIMIT[kind]} password ${escapeLiteral(verifier)}`;
  // Only a superuser may name these, also to take them away; a role that is made without has none of them.
  const nothing = rights.superuser ? "nosuperuser nocreatedb nocreaterole noreplication nobypassrls" : "";
  const [known] = rows;
  if (known) await resetSettings(client, name);
  await client.query(
    [
      `${known ? "alter" : "create"} role ${role} ${login} ${nothing}`,
      `alter role ${role} set idle_in_transaction_session_timeout = '60s'`,
      ...(kind === "app" ? [`alter role ${role} set statement_timeout = '30s'`] : []),
      ...(rights.superuser ? [`alter role ${role} set temp_file_limit = '${TEMPORARY_FILES}'`] : []),
    ].join("; "),
  );
}

/** Settings of the role in every database, and in single ones. */
async function resetSettings(client: ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ database: string | null }>(
    `select datname as database from pg_db_role_setting left join pg_database d on d.oid = setdatabase
     where setrole = (select oid from pg_roles where rolname = $1)`,
    [name],
  );
  for (const { database } of rows) {
    const where = database === null ? "" : ` in database ${escapeIdentifier(database)}`;
    await client.query(`alter role ${escapeIdentifier(name)}${where} reset all`);
  }
}

/** An administrator who is no superuser must be a member to hand over ownership and to end sessions. */
export async function joinRoles(client: ClientBase, roles: ProjectRoles): Promise<void> {
  for (const role of [roles.own, roles.app]) {
    await client.query(`grant ${escapeIdentifier(role)} to current_user with inherit true, set true`);
  }
}

/** SQL: only these roles may connect; only `own` creates, and not even it schemas or temporary tables. `CREATE DATABASE …
 * TEMPLATE` does not copy these rights, so a copy gets them anew. */
export function closingDatabase(database: string, roles: ProjectRoles): string {
  const name = escapeIdentifier(database);
  const both = `${escapeIdentifier(roles.own)}, ${escapeIdentifier(roles.app)}`;
  return `revoke all on database ${name} from public; grant connect on database ${name} to ${both}`;
}

/** Rights inside a project's database (the client is connected to it); a copy inherits them. `others` are the roles of the
 * project's other side: what their owner has here, in a copy of a database of theirs, is handed over. */
export async function grantInside(
  client: ClientBase,
  roles: ProjectRoles,
  others: ProjectRoles,
  rights: AdministratorRights,
): Promise<void> {
  const own = escapeIdentifier(roles.own);
  const app = escapeIdentifier(roles.app);
  const rowRights = "select, insert, update, delete";
  await client.query("begin");
  try {
    const { rows } = await client.query("select 1 from pg_roles where rolname = $1", [others.own]);
    if (rows.length > 0) await client.query(`reassign owned by ${escapeIdentifier(others.own)} to ${own}`);
    await client.query(`create schema if not exists public authorization ${own};
      alter schema public owner to ${own};
      revoke all on schema public from public;
      grant usage on schema public to ${app};
      grant ${rowRights} on all tables in schema public to ${app};
      grant usage, select on all sequences in schema public to ${app};
      alter default privileges for role ${own} in schema public grant ${rowRights} on tables to ${app};
      alter default privileges for role ${own} in schema public grant usage, select on sequences to ${app}`);
    if (rights.superuser) await closeFunctions(client, roles);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

async function closeFunctions(client: ClientBase, roles: ProjectRoles): Promise<void> {
  const { rows } = await client.query<{ signature: string }>(
    `select oid::regprocedure::text as signature from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and ${CLOSED_FUNCTIONS}`,
  );
  const all = rows.map(({ signature }) => signature).join(", ");
  // The owner by name, too: databases that an earlier tb made gave it the advisory locks.
  await client.query(`revoke execute on function ${all} from public, ${escapeIdentifier(roles.own)}`);
}

/** The databases that come with every server; only in a cluster of our own. */
export async function closeSharedDatabases(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database
     where datname in ('postgres', 'template1') and has_database_privilege('public', oid, 'connect')`,
  );
  for (const { name } of rows) await client.query(`revoke all on database ${escapeIdentifier(name)} from public`);
}
