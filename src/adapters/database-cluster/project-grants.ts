// The SQL that gives a project its two roles and closes its database to everyone else.
import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";

/** Connections of a role. One role serves the project's database and its working copies, so a deployed app and the one that
 * is being verified share the number. */
const CONNECTION_LIMIT = { own: 6, app: 20 } as const;

/** Functions that let an ordinary role exhaust the shared lock table, store files outside its tables, or hold a connection. */
const CLOSED_FUNCTIONS = `(proname like 'pg\\_%advisory%' or proname like 'lo\\_%'
  or proname in ('loread', 'lowrite', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'pg_logical_emit_message'))`;

export interface ProjectRoles {
  own: string;
  app: string;
}

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

/** Creates the role or completes it: log in, nothing else, and the password of this verifier. */
export async function ensureRole(
  client: ClientBase,
  name: string,
  kind: "own" | "app",
  verifier: string,
): Promise<void> {
  const role = escapeIdentifier(name);
  const { rows } = await client.query("select 1 from pg_roles where rolname = $1", [name]);
  const options = `login noinherit connection limit ${CONNECTION_LIMIT[kind]} password ${escapeLiteral(verifier)}`;
  await client.query(`${rows.length === 0 ? "create" : "alter"} role ${role} ${options}`);
  await client.query(`alter role ${role} set idle_in_transaction_session_timeout = '60s'`);
  if (kind === "app") await client.query(`alter role ${role} set statement_timeout = '30s'`);
}

/** An administrator who is no superuser must be a member to hand over ownership and to end sessions. */
export async function joinRoles(client: ClientBase, roles: ProjectRoles): Promise<void> {
  for (const role of [roles.own, roles.app]) {
    await client.query(`grant ${escapeIdentifier(role)} to current_user with inherit true, set true`);
  }
}

/** Only the project's roles may connect; only `own` creates, and not even it schemas or temporary tables. `CREATE DATABASE …
 * TEMPLATE` does not copy these rights, so a copy gets them anew. */
export async function closeDatabase(client: ClientBase, database: string, roles: ProjectRoles): Promise<void> {
  const name = escapeIdentifier(database);
  await client.query(`revoke all on database ${name} from public`);
  await client.query(
    `grant connect on database ${name} to ${escapeIdentifier(roles.own)}, ${escapeIdentifier(roles.app)}`,
  );
}

/** Rights inside the project's database (the client is connected to it); a copy inherits them. */
export async function grantInside(client: ClientBase, roles: ProjectRoles, rights: AdministratorRights): Promise<void> {
  const own = escapeIdentifier(roles.own);
  const app = escapeIdentifier(roles.app);
  const rowRights = "select, insert, update, delete";
  await client.query("begin");
  try {
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

/** The migration runner of the project works as `own` and locks, so that role keeps the advisory locks. */
async function closeFunctions(client: ClientBase, roles: ProjectRoles): Promise<void> {
  const { rows } = await client.query<{ signature: string; advisory: boolean }>(
    `select oid::regprocedure::text as signature, proname like 'pg\\_%advisory%' as advisory from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and ${CLOSED_FUNCTIONS}`,
  );
  const all = rows.map(({ signature }) => signature).join(", ");
  const locks = rows.filter(({ advisory }) => advisory).map(({ signature }) => signature);
  await client.query(`revoke execute on function ${all} from public`);
  await client.query(`grant execute on function ${locks.join(", ")} to ${escapeIdentifier(roles.own)}`);
}

/** The databases that come with every server; only in a cluster of our own. */
export async function closeSharedDatabases(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database
     where datname in ('postgres', 'template1') and has_database_privilege('public', oid, 'connect')`,
  );
  for (const { name } of rows) await client.query(`revoke all on database ${escapeIdentifier(name)} from public`);
}
