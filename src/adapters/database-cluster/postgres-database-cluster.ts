// The port over any Postgres 16 or newer: the embedded cluster and a server of the user's own.
import { type Client, DatabaseError, escapeIdentifier, escapeLiteral, type QueryResult } from "pg";
import { allDone } from "../../all-done.ts";
import { TbError } from "../../errors.ts";
import type { SecretStore } from "../../secrets/secret-store.ts";
import {
  type ClusterSource,
  createAdministratorSessions,
  MAINTENANCE,
  retryCollisions,
} from "./administrator-session.ts";
import { createEmpty, createFrom } from "./create-database.ts";
import type {
  AdministratorQuery,
  Connection,
  DatabaseCluster,
  DatabaseRole,
  LabelledDatabase,
  SessionOwners,
} from "./database-cluster.ts";
import { createLook, SESSION_LIMITS } from "./overdue-sessions.ts";
import {
  type AdministratorRights,
  administratorRights,
  closeSharedDatabases,
  closingDatabase,
  ensureRole,
  grantInside,
  joinRoles,
  type ProjectRoles,
} from "./project-grants.ts";
import { PREFIX, roleName, type Side, sideOf } from "./role-names.ts";
import { type Looking, watch } from "./session-watch.ts";
import { scramVerifier } from "./scram-verifier.ts";
import { swapDatabases } from "./swap-databases.ts";

/** Milliseconds; the end of a run waits for a look that is under way. */
const LONGEST_LOOK = 10_000;

const STILL_REFERENCED = "2BP01";

/** @param limits of sessions; others only for tests that cannot wait so long. */
export function createPostgresCluster(
  source: ClusterSource,
  secrets: SecretStore,
  limits = SESSION_LIMITS,
): DatabaseCluster {
  const sessions = createAdministratorSessions(source);
  /** Under way, by project and side. */
  const roleMaking = new Map<string, Promise<void>>();

  async function ensure(): Promise<void> {
    if (source.kind === "external") return sessions.run(MAINTENANCE, checkServer);
    try {
      await sessions.run(MAINTENANCE, async () => {}, { start: false }); // kept for the first who needs one
    } catch {
      await source.start(); // starts it, or says what is wrong
    }
  }

  async function provision(projectId: string, database: string): Promise<void> {
    assertOurs(database);
    const side = sideOf(projectId, database);
    await sessions.run(MAINTENANCE, async (client) => {
      const rights = await administratorRights(client);
      await besideRoles(projectId, side, rights, async () => {
        if (source.kind === "embedded") await retryCollisions(() => closeSharedDatabases(client));
        await retryCollisions(() => createEmpty(client, database));
      });
      await label(client, database, rolesOf(projectId, side), "database");
      await grant(projectId, database, rights);
    });
  }

  /** Makes the roles while the database is made, which takes longer and needs none before it is closed. */
  async function besideRoles(
    projectId: string,
    side: Side,
    rights: AdministratorRights,
    makeDatabase: () => Promise<void>,
  ): Promise<void> {
    await allDone([rolesFor(projectId, side, rights), makeDatabase()]);
  }

  /** Once for databases that are made at the same time. */
  async function rolesFor(projectId: string, side: Side, rights: AdministratorRights): Promise<void> {
    const key = `${projectId} ${side}`;
    let making = roleMaking.get(key);
    if (!making) {
      making = sessions.run(MAINTENANCE, (client) => ensureRoles(client, rolesOf(projectId, side), rights));
      roleMaking.set(key, making);
    }
    try {
      await making;
    } finally {
      roleMaking.delete(key);
    }
  }

  async function ensureRoles(client: Client, roles: ProjectRoles, rights: AdministratorRights): Promise<void> {
    const kinds = ["own", "app"] as const;
    const verifiers = await Promise.all(kinds.map(async (kind) => scramVerifier(await rolePassword(roles[kind]))));
    for (const [n, kind] of kinds.entries())
      await retryCollisions(() => ensureRole(client, roles[kind], kind, verifiers[n]!, rights));
    if (!rights.superuser) await retryCollisions(() => joinRoles(client, roles));
  }

  async function grant(projectId: string, database: string, rights: AdministratorRights): Promise<void> {
    const side = sideOf(projectId, database);
    const [roles, others] = [rolesOf(projectId, side), rolesOf(projectId, side === "live" ? "work" : "live")];
    await sessions.run(database, (inside) => retryCollisions(() => grantInside(inside, roles, others, rights)));
  }

  /** A copy of a live database gets into other hands; one of a copy is in the right ones. */
  async function copy(projectId: string, from: string, to: string): Promise<void> {
    assertOurs(from);
    assertOurs(to);
    const side = sideOf(projectId, to);
    const handedOver = side !== sideOf(projectId, from);
    await dropDatabase(to);
    await sessions.run(MAINTENANCE, async (client) => {
      const rights = await administratorRights(client);
      if (handedOver) await besideRoles(projectId, side, rights, () => createFrom(client, from, to));
      else await createFrom(client, from, to);
      await label(client, to, rolesOf(projectId, side), "copy");
      if (handedOver) await grant(projectId, to, rights);
    });
  }

  /** Only its roles may connect now, and the lists of every tb that uses this server know whose it is and what. */
  async function label(
    client: Client,
    database: string,
    roles: ProjectRoles,
    what: "database" | "copy",
  ): Promise<void> {
    const text = `turbobackend ${what} of installation ${await secrets.installationId()}`;
    const comment = `comment on database ${escapeIdentifier(database)} is ${escapeLiteral(text)}`;
    await retryCollisions(() => client.query(`${closingDatabase(database, roles)}; ${comment}`)); // one transaction
  }

  async function dropDatabase(database: string): Promise<void> {
    assertOurs(database);
    await sessions.run(MAINTENANCE, (client) =>
      retryCollisions(() => client.query(`drop database if exists ${escapeIdentifier(database)} with (force)`)),
    );
  }

  async function dropRoles(projectId: string): Promise<void> {
    const roles = allRolesOf(projectId).map((name) => escapeIdentifier(name));
    await sessions.run(MAINTENANCE, async (client) => {
      try {
        await retryCollisions(() => client.query(`drop role if exists ${roles.join(", ")}`));
      } catch (error) {
        if (!(error instanceof DatabaseError && error.code === STILL_REFERENCED)) throw error;
        throw new TbError("conflict", `The database roles of ${projectId} are still in use.`, {
          ...(error.detail && { details: error.detail.split("\n") }),
          suggestion: "Drop the project's databases first (tb destroy does).",
          cause: error,
        });
      }
    });
  }

  async function describeDatabases(): Promise<LabelledDatabase[]> {
    const ours = `turbobackend % of installation ${await secrets.installationId()}`;
    return sessions.run(MAINTENANCE, (client) => labelledDatabases(client, ours));
  }

  async function swap(databases: { live: string; next: string; retired: string }): Promise<void> {
    for (const name of Object.values(databases)) assertOurs(name);
    await sessions.run(MAINTENANCE, (switcher) =>
      sessions.run(MAINTENANCE, (ender) => swapDatabases(switcher, ender, databases)),
    );
  }

  async function connection(projectId: string, role: DatabaseRole, database: string): Promise<Connection> {
    const user = roleName(projectId, role, sideOf(projectId, database));
    const { host, port, ssl } = await source.administrator();
    return { host, port, database, user, password: await rolePassword(user), ...(ssl === false && { ssl }) };
  }

  async function rememberPasswords(projectId: string): Promise<void> {
    for (const role of allRolesOf(projectId)) await rolePassword(role); // deriving one is enough
  }

  function looking(projectId: string, owners: SessionOwners): Looking {
    const roles = new Map<string, DatabaseRole>();
    for (const side of ["live", "work"] as const) {
      for (const role of owners[side]) roles.set(roleName(projectId, role, side), role);
    }
    return async (work) => {
      if (!(await source.exists())) return;
      const options = { start: false, patience: LONGEST_LOOK };
      await sessions.run(MAINTENANCE, (client) => work(createLook(client, roles, limits)), options);
    };
  }

  function query<Row extends object>(database: string, text: string, values?: unknown[]): Promise<QueryResult<Row>> {
    return sessions.run(database, (client) => client.query<Row>(text, values));
  }

  function session<T>(database: string, work: (query: AdministratorQuery) => Promise<T>): Promise<T> {
    return sessions.run(database, (client) => work((text, values) => client.query(text, values)));
  }

  function rolePassword(role: string): Promise<string> {
    return secrets.password(`role:${role}`);
  }

  return {
    kind: source.kind,
    exists: () => source.exists(),
    ensure,
    revive: () => source.revive(),
    provision,
    copy,
    dropDatabase,
    dropRoles,
    listDatabases: async () => (await describeDatabases()).map(({ name }) => name),
    describeDatabases,
    swap,
    connection,
    rememberPasswords,
    watchSessions: (projectId, { owners, onEnded, ...timing }) => watch(looking(projectId, owners), timing, onEnded),
    query,
    session,
    close: () => sessions.close(),
  };
}

function rolesOf(projectId: string, side: Side): ProjectRoles {
  return { own: roleName(projectId, "own", side), app: roleName(projectId, "app", side) };
}

function allRolesOf(projectId: string): string[] {
  return (["live", "work"] as const).flatMap((side) => Object.values(rolesOf(projectId, side)));
}

/** When a database was made is only written in its files, which a superuser may look at. */
async function labelledDatabases(client: Client, ours: string): Promise<LabelledDatabase[]> {
  const { superuser } = await administratorRights(client);
  const created = superuser
    ? "(pg_stat_file('base/' || d.oid || '/PG_VERSION', true)).modification"
    : "null::timestamptz";
  const { rows } = await client.query<Omit<LabelledDatabase, "bytes"> & { bytes: string }>(
    `select datname as name, split_part(shobj_description(d.oid, 'pg_database'), ' ', 2) as label,
            pg_database_size(d.oid) as bytes, ${created} as "createdAt",
            (select count(*)::int from pg_stat_activity a where a.datid = d.oid) as sessions
     from pg_database d
     where starts_with(datname, $1) and shobj_description(d.oid, 'pg_database') like $2 order by datname`,
    [PREFIX, ours],
  );
  return rows.map(({ bytes, ...rest }) => ({ ...rest, bytes: Number(bytes) }));
}

/** On a shared server there are databases of others. */
function assertOurs(database: string): void {
  if (!database.startsWith(PREFIX) || Buffer.byteLength(database) > 63)
    throw new Error(`Not the name of a project's database: ${database}`);
}

async function checkServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
  );
  const { version, number } = rows[0]!;
  if (number < 160_000) {
    throw new TbError(
      "configuration",
      `The server of DB_CLUSTER_HOST runs Postgres ${version}; tb needs 16 or newer.`,
      {
        suggestion: "Name a newer server, or unset the DB_CLUSTER_ variables to use the embedded one.",
      },
    );
  }
  const rights = await administratorRights(client);
  if (!rights.createDatabase || !rights.createRole) {
    throw new TbError("configuration", "The user of DB_CLUSTER_USER may not create databases and roles.", {
      suggestion: `As an administrator of that server: ALTER ROLE ${client.user ?? "…"} CREATEDB CREATEROLE;`,
    });
  }
}
