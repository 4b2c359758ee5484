// What runs on a project's databases against what it must not reach: the roles' own rights first, without any other fence, then
// the door for SQL that a model has written, then the watch over sessions that do not end.
import { setTimeout as delay } from "node:timers/promises";
import { Client, type DatabaseError } from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type {
  Connection,
  DatabaseCluster,
  DatabaseRole,
  EndedSession,
  SessionOwners,
} from "../../src/adapters/database-cluster/database-cluster.ts";
import { roleName, sideOf } from "../../src/adapters/database-cluster/role-names.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { createCopyQuery } from "../../src/agent/sql/query-copy.ts";
import { runSql } from "../../src/agent/sql/run-sql.ts";
import { vetSql } from "../../src/agent/sql/vet-sql.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { restoreDatabases, verifyDatabases, workDatabases } from "../../src/pipeline/names.ts";
import { rememberSecret } from "../../src/secrets/redactor.ts";
import { scratchHome, type ScratchHome } from "../helpers/postgres.ts";
import { until } from "../processes/until.ts";

const [PROJECT, OTHER] = ["prj_hostile001", "prj_victim0001"];
const LIVE = `turbobackend_${PROJECT}`;
const COPY = workDatabases(PROJECT).work;
const THEIRS = `turbobackend_${OTHER}`;

/** Seconds; the real ones are minutes. */
const SHORT = { statement: 1, lock: 0.5, idle: 1, transaction: 2, locks: 200 };

let home: ScratchHome;
let cluster: DatabaseCluster;
let control: Control;

beforeAll(async () => {
  home = await scratchHome();
  cluster = selectDatabaseCluster(home.config, { own: { ...SHORT, statement: 2 }, app: SHORT });
  [control] = await Promise.all([openControl(home.config), cluster.ensure()]);
  await cluster.provision(PROJECT, LIVE);
  await cluster.provision(OTHER, THEIRS);
  await as(
    "own",
    LIVE,
    "create table users (id bigserial primary key, email text unique); insert into users (email) values ('a@b')",
  );
  await cluster.copy(PROJECT, LIVE, COPY);
});
afterAll(async () => {
  await control.close();
  await cluster.close();
  await home.remove();
});

async function open(role: DatabaseRole, database: string, project = PROJECT): Promise<Client> {
  const client = new Client(await cluster.connection(project, role, database));
  client.on("error", () => {}); // some of these are ended from outside
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function as(role: DatabaseRole, database: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(await cluster.connection(PROJECT, role, database));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return "none";
  } catch (error) {
    return (error as DatabaseError).code;
  }
}

async function vetted(sql: string) {
  const found = await vetSql(sql);
  if ("problems" in found) throw new Error(found.problems.join("\n"));
  return found.statements;
}

function watch(owners: SessionOwners = { live: ["own"], work: ["own", "app"] }, project = PROJECT) {
  const ended: EndedSession[] = [];
  const watching = cluster.watchSessions(project, {
    owners,
    every: 100,
    stayConnected: true,
    onEnded: (session) => ended.push(session),
  });
  onTestFinished(() => watching.stop());
  return ended;
}

/** What became of a statement: "57P01" when its session was ended. */
async function runaway(client: Client, sql: string): Promise<string | undefined> {
  await client.query("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0");
  return codeOf(client.query(sql));
}

describe.each(["own", "app"] as const)("role %s of the copy, with nothing before it but its rights", (role) => {
  test.each([
    ["run a program on the server", "copy (select 1) to program 'id'"],
    ["read a file of the server into a table", "copy users (email) from '/etc/passwd'"],
    ["write a file on the server", "copy users to '/tmp/turbobackend-attack'"],
    ["read a file by a function", "select pg_read_file('/etc/passwd')"],
    ["list the server's folders", "select pg_ls_dir('.')"],
    ["import a file as a large object", "select lo_import('/etc/passwd')"],
    ["store files beside its tables", "select lo_from_bytea(0, 'x')"],
    ["install an extension that connects elsewhere", "create extension dblink"],
    ["install one that is trusted", "create extension pgcrypto"],
    ["load a library", "load '$libdir/dblink'"],
    ["make a function of machine code", "create function s(text) returns int as 'libc.so.6', 'system' language c"],
    ["make an event trigger", "create event trigger e on ddl_command_start execute function tsvector_update_trigger()"],
    ["subscribe to another database", `create subscription s connection 'dbname=${THEIRS}' publication p`],
    ["become the administrator", "set role turbobackend"],
    ["become the administrator for the session", "set session authorization turbobackend"],
    ["become the role of another project", `set role "${roleName(OTHER, "own", "live")}"`],
    ["become the role of its own live database", `set role "${roleName(PROJECT, "own", "live")}"`],
    ["become a role that reads everything", "set role pg_read_all_data"],
    ["give itself a role that runs programs", "grant pg_execute_server_program to current_user"],
    ["make itself a superuser", "alter role current_user superuser"],
    ["lift its number of connections", "alter role current_user connection limit -1"],
    ["lift the limit of its temporary files", "set temp_file_limit = -1"],
    [
      "change the password of its live database's role",
      `alter role "${roleName(PROJECT, "app", "live")}" password 'x'`,
    ],
    ["change settings of the live database", `alter role "${roleName(PROJECT, "app", "live")}" set work_mem = '1GB'`],
    ["change the server's settings", "alter system set log_statement = 'all'"],
    ["log statements of others", "set log_statement = 'all'"],
    ["switch triggers and foreign keys off", "set session_replication_role = replica"],
    ["make a database", "create database mine"],
    ["drop another project's database", `drop database "${THEIRS}" with (force)`],
    ["make a schema", "create schema evil"],
    ["write into the catalog", "create table pg_catalog.x (n int)"],
    ["make a temporary table", "create temporary table x (n int)"],
    ["read the passwords of roles", "select rolpassword from pg_authid"],
    ["see what other sessions are doing", "select query from pg_stat_activity"],
    ["end other sessions", "select pg_terminate_backend(pid) from pg_locks"],
    ["cancel other sessions' statements", "select pg_cancel_backend(pid) from pg_locks"],
    ["fill the lock table that all share", "select pg_advisory_lock(g) from generate_series(1, 100000) g"],
    ["hold a connection", "select pg_sleep(1000)"],
    ["rotate the server's log", "select pg_rotate_logfile()"],
    ["leave a transaction behind", "begin; prepare transaction 'x'"],
  ])("it cannot %s", async (_, sql) => {
    const client = await open(role, COPY);
    // Not permitted, not there, or not possible on this server; never "done".
    expect(await codeOf(client.query(sql))).toMatch(/^(42501|42704|0A000|55000|25001|42602|22023|58P01|42939|3F000)$/);
  });

  test("it reaches no other database of the server", async () => {
    for (const database of [LIVE, THEIRS, "postgres", "template1", "template0"]) {
      const client = new Client({ ...(await cluster.connection(PROJECT, role, COPY)), database });
      expect(await codeOf(client.connect()), database).toMatch(/^(42501|55000)$/);
    }
  });

  test("tb's own cluster does not know it", async () => {
    const { host } = control.pool.options;
    const client = new Client({
      ...(await cluster.connection(PROJECT, role, COPY)),
      host: host!,
      database: "tb_control",
    });
    expect(await codeOf(client.connect())).toBe("28P01");
  });

  test("a flood of connections ends at its limit and leaves the live database its own", async () => {
    const connection = await cluster.connection(PROJECT, role, COPY);
    const flood = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const client = new Client(connection);
        client.on("error", () => {});
        return { client, code: await codeOf(client.connect()) };
      }),
    );
    onTestFinished(async () => {
      await Promise.all(flood.map(({ client }) => client.end()));
    });
    expect(new Set(flood.map(({ code }) => code))).toEqual(new Set(["none", "53300"]));
    expect(await as(role, LIVE, "select 1 as n")).toEqual([{ n: 1 }]);
  });
});

test("a function that runs with its owner's rights gives no more than these", async () => {
  await as(
    "own",
    COPY,
    `create function whoami() returns text language sql security definer as 'select current_user::text';
    create function peek() returns bigint language sql security definer as 'select count(*) from pg_stat_activity'`,
  );
  expect(await as("app", COPY, "select whoami()")).toEqual([{ whoami: roleName(PROJECT, "own", "work") }]);
  await expect(as("app", COPY, "select peek()")).rejects.toThrow("permission denied");
});

test("neither role opens its database to everybody", async () => {
  for (const role of ["own", "app"] as const) await as(role, COPY, `grant all on database "${COPY}" to public`); // a warning
  const { rows } = await cluster.query("postgres", "select has_database_privilege('public', $1, 'connect') as open", [
    COPY,
  ]);
  expect(rows).toEqual([{ open: false }]);
});

describe("names", () => {
  test("that Postgres would cut at 63 bytes stay apart, for every role and both sides", () => {
    const long = `prj_${"ä".repeat(40)}`;
    const names = [`${long}1`, `${long}2`].flatMap((project) =>
      (["own", "app"] as const).flatMap((role) =>
        (["live", "work"] as const).map((side) => roleName(project, role, side)),
      ),
    );
    expect(new Set(names.map((name) => Buffer.from(name).subarray(0, 63).toString("latin1"))).size).toBe(8);
    expect(names.every((name) => Buffer.byteLength(name) <= 63)).toBe(true);
  });

  test("say which databases are live: the project's own and a restore's, and no other", () => {
    const run = "run_abc123";
    const restore = restoreDatabases(PROJECT, run);
    const live = [LIVE, restore.next, restore.retired];
    const work = [
      restore.proof,
      ...Object.values(workDatabases(PROJECT)),
      ...Object.values(verifyDatabases(PROJECT, run)),
    ];
    expect(live.map((name) => sideOf(PROJECT, name))).toEqual(live.map(() => "live"));
    expect(work.map((name) => sideOf(PROJECT, name))).toEqual(work.map(() => "work"));
  });
});

describe("SQL that a model has written", () => {
  test.each([
    ["commit; drop table users", "TRANSACTION"],
    ["rollback", "TRANSACTION"],
    ["begin; select 1", "TRANSACTION"],
    ["savepoint a", "TRANSACTION"],
    ["reset role", "VARIABLE SET"],
    ["set role turbobackend", "VARIABLE SET"],
    ["set local statement_timeout = 0", "VARIABLE SET"],
    ["set session authorization default", "VARIABLE SET"],
    ["show data_directory", "VARIABLE SHOW"],
    ["do $$ begin execute 'drop table users'; end $$", "DO"],
    ["copy users to program 'id'", "COPY"],
    ["copy users from '/etc/passwd'", "COPY"],
    ["copy users to stdout", "COPY"],
    ["call something()", "CALL"],
    ["create function f() returns int language sql as 'select 1'", "CREATE FUNCTION"],
    ["create trigger t before insert on users execute function f()", "CREATE TRIG"],
    ["create event trigger e on ddl_command_start execute function f()", "CREATE EVENT TRIG"],
    ["create rule r as on insert to users do instead nothing", "RULE"],
    ["create extension dblink", "CREATE EXTENSION"],
    ["create schema evil", "CREATE SCHEMA"],
    ["create database mine", "CREATEDB"],
    ["create role mine", "CREATE ROLE"],
    ["create server s foreign data wrapper w", "CREATE FOREIGN SERVER"],
    ["create subscription s connection '' publication p", "CREATE SUBSCRIPTION"],
    ["create policy p on users", "CREATE POLICY"],
    ["create cast (text as int) with inout as implicit", "CREATE CAST"],
    ["create materialized view m as select 1", "CREATE TABLE AS"],
    ["create table t as select 1", "CREATE TABLE AS"],
    ["select 1 into t", "INTO CLAUSE"],
    ["alter role current_user password 'x'", "ALTER ROLE"],
    ["alter system set x = 1", "ALTER SYSTEM"],
    ["alter table users owner to app", "CHANGE OWNER"],
    ["alter table users disable trigger all", "DISABLE TRIG"],
    ["alter table users set tablespace x", "SET TABLE SPACE"],
    ["alter table users enable row level security", "ENABLE ROW SECURITY"],
    ["alter view v owner to app", "CHANGE OWNER"],
    ["grant all on users to public", "GRANT"],
    ["revoke all on users from app", "GRANT"],
    ["reassign owned by a to b", "REASSIGN OWNED"],
    ["drop owned by a", "DROP OWNED"],
    ["drop schema public cascade", "may be changed"],
    ["drop function f", "may be changed"],
    ["drop database x", "DROPDB"],
    ["drop index concurrently i", "CONCURRENT"],
    ["create index concurrently i on users (email)", "CONCURRENT"],
    ["create index i on users using evil (email)", "Index method evil"],
    ["create temp table t (n int)", "Temporary"],
    ["create unlogged table t (n int)", "unlogged"],
    ["create table t (n int) tablespace x", "TABLESPACENAME"],
    ["create table t (n int) inherits (users)", "INH RELATIONS"],
    ["vacuum", "VACUUM"],
    ["checkpoint", "CHECK POINT"],
    ["lock table users", "LOCK"],
    ["listen c", "LISTEN"],
    ["notify c", "NOTIFY"],
    ["prepare p as select 1", "PREPARE"],
    ["execute p", "EXECUTE"],
    ["declare c cursor for select 1", "DECLARE CURSOR"],
    ["load 'x'", "LOAD"],
    ["security label on table users is 'x'", "SEC LABEL"],
    ["explain analyze execute p", "EXECUTE"],
    ["select pg_read_file('/etc/passwd')", "Function pg_read_file"],
    ["select pg_catalog.pg_read_file('/etc/passwd')", "Function pg_catalog.pg_read_file"],
    ["select lo_import('/etc/passwd')", "Function lo_import"],
    ["select pg_sleep(1000)", "Function pg_sleep"],
    ["select pg_advisory_lock(g) from generate_series(1, 20000) g", "Function pg_advisory_lock"],
    ["select pg_terminate_backend(1)", "Function pg_terminate_backend"],
    ["select set_config('role', 'turbobackend', false)", "Function set_config"],
    ["select current_setting('data_directory')", "Function current_setting"],
    ["select query_to_xml('select * from pg_authid', true, true, '')", "Function query_to_xml"],
    ["select * from dblink('x', 'y') as t (n int)", "Function dblink"],
    ["select public.lower('X')", "Function public.lower"],
    ["select * from pg_authid", "pg_authid is a catalog"],
    ["select * from pg_catalog.pg_authid", "Only schema public"],
    ["select * from PG_STAT_ACTIVITY", "pg_stat_activity is a catalog"],
    ["select * from information_schema.role_table_grants", "Only schema public"],
    ["select * from other.public.users", "Names of databases"],
    ["select 'pg_authid'::regclass", "Type regclass"],
    ["select 'lower(text)'::pg_catalog.regprocedure", "Type pg_catalog.regprocedure"],
    ["select 1 operator(evil.+) 2", "Operator evil.+"],
    ["create table t (n oid default lo_import('/etc/passwd'))", "Function lo_import"],
    ["create table t (n int check (pg_sleep(9) is null))", "Function pg_sleep"],
    ["create table t (n text generated always as (pg_read_file('x')) stored)", "Function pg_read_file"],
    ["alter table users alter column id set default pg_advisory_lock(1)", "Function pg_advisory_lock"],
    ["create index i on users (pg_read_file(email))", "Function pg_read_file"],
    ["create view v as select * from pg_shadow", "pg_shadow is a catalog"],
    ["insert into users (email) select pg_ls_dir('.')", "Function pg_ls_dir"],
    ["update users set email = pg_read_file('x')", "Function pg_read_file"],
    ["with x as (select pg_sleep(9)) select * from x", "Function pg_sleep"],
    ["select (select pg_sleep(9) from users limit 1)", "Function pg_sleep"],
    ["select 1 from users order by pg_sleep(9)", "Function pg_sleep"],
    ["select 1; select 2 where (select lo_import('x')) > 0", "Function lo_import"],
    ["select 1 -- \0 \n; drop table users", "NUL"],
    [`select '${"x".repeat(20_000)}'`, "longer than 20000"],
    [`select ${"(select ".repeat(2000)}1${")".repeat(2000)}`, "nested too deeply"],
    [`select ${"not ".repeat(4000)}true`, "nested too deeply"],
    ["select 1;".repeat(51), "more than 50 statements"],
    ["selec 1", "syntax error"],
    ["  ; ;", "no statement"],
  ])("%j is refused", async (sql, reason) => {
    const found = await vetSql(sql);
    expect("problems" in found && found.problems.join("\n")).toContain(reason);
  });

  test.each([
    "select u.id, count(*) over w from users u left join lateral (select 1) x on true where email ilike '%a' window w as (order by id)",
    "with recursive r as (select 1 as n union all select n + 1 from r where n < 9) select sum(n) filter (where n > 2) from r",
    "insert into users (email) values ('x'), (default) on conflict (email) do update set email = excluded.email returning *",
    "update users set email = lower(email) || 'x' where id in (select id from users) returning id",
    "with gone as (delete from users where false returning *) select * from gone",
    "merge into users u using (values (1)) v (n) on u.id = v.n when matched then delete",
    "truncate users restart identity cascade",
    "explain (analyze, format json) select jsonb_build_object('a', array_agg(id))->>'a' from users",
    "select column_name, data_type from information_schema.columns where table_schema = 'public'",
    "create table t (id uuid primary key default gen_random_uuid(), n numeric(12, 2) not null check (n > 0), u bigint references users (id) on delete cascade)",
    "alter table users add column at timestamptz default now(), drop constraint users_email_key",
    "create unique index i on users (lower(email)) where id > 0",
    "select now()::date - interval '1 day', extract(year from now()), 'a' collate \"C\", null, '{1,2}'::int[]",
    "drop table users; create type mood as enum ('a'); select setval('users_id_seq', 5)",
  ])("%j is let through", async (sql) => {
    expect(await vetSql(sql)).toHaveProperty("statements");
  });

  test("after a text that is too deep, the parser goes on as before", async () => {
    await vetSql(`select ${"array[".repeat(3000)}1${"]".repeat(3000)}`);
    expect(await vetSql("select 'é'; select 2")).toEqual({
      statements: [
        { text: "select 'é'", kind: "rows" },
        { text: "select 2", kind: "rows" },
      ],
      tables: [],
    });
  });

  test("runs as the owner of the copy, and all of it or none", async () => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    const who = await runSql(own, await vetted("select current_user::text as who"));
    expect(who.rows).toEqual([{ who: roleName(PROJECT, "own", "work") }]);
    const halfway = runSql(own, await vetted("insert into users (email) values ('half'); select 1 / 0"));
    await expect(halfway).rejects.toThrow("division by zero");
    expect(await as("app", COPY, "select email from users where email = 'half'")).toEqual([]);
  });

  test("that got past the parser could still not end the transaction", async () => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    const insert = { text: "insert into users (email) values ('smuggled')", kind: "rows" } as const;
    await expect(runSql(own, [{ text: `${insert.text}; commit; select 1`, kind: "rows" }])).rejects.toThrow(
      "multiple commands",
    );
    await expect(runSql(own, [{ text: "rollback", kind: "rows" }, insert])).rejects.toThrow("ended the transaction");
    expect(await as("app", COPY, "select email from users where email = 'smuggled'")).toEqual([]);
  });

  test("finds the server's own functions before those of the project", async () => {
    await as("own", COPY, "create function lower(text) returns text language sql as $$ select 'evil' $$");
    const { rows } = await runSql(
      await cluster.connection(PROJECT, "own", COPY),
      await vetted("select lower('X') as l"),
    );
    expect(rows).toEqual([{ l: "x" }]);
  });

  test("changes the schema only until it has been tried", async () => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    const tried = await runSql(own, await vetted("drop table users cascade; create table users (n int)"));
    expect(tried.tried).toBe(true);
    expect(await as("app", COPY, "select email from users where id = 1")).toEqual([{ email: "a@b" }]);
  });

  test.each([
    ["many rows", "select g, repeat('x', 1000) from generate_series(1, 1000000) g"],
    ["one large row", "select repeat('x', 100000000)"],
    [
      "rows that come back from a change",
      "insert into users (email) select repeat('x', 1000) || g from generate_series(1, 20000) g returning email",
    ],
  ])("cannot fill tb's memory with %s", async (_, sql) => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    await expect(runSql(own, await vetted(sql))).rejects.toThrow("larger than 8 MB");
    expect((await runSql(own, await vetted("select count(*)::int as n from users"))).rows).toEqual([{ n: 1 }]);
  });

  test("keeps a hundred rows of many small ones, and says how many there were", async () => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    const { rows, rowCount } = await runSql(own, await vetted("select g from generate_series(1, 5000) g"));
    expect([rows.length, rowCount]).toEqual([100, 5000]);
  });

  test("waits neither for a lock nor in a statement for long", async () => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    const holder = await open("own", COPY);
    await holder.query("begin; lock table users");
    expect(await codeOf(runSql(own, await vetted("select * from users")))).toBe("55P03");
    await holder.query("rollback");
    const endless = "with recursive r as (select 1 n union all select n + 1 from r) select count(*) from r";
    expect(await codeOf(runSql(own, await vetted(endless)))).toMatch(/^(57014|53400)$/); // too long, or too large a file
  });

  test("is written down with its outcome, whatever comes of it, and without secrets", async () => {
    rememberSecret("hunter2-in-sql");
    const connection: Connection = await cluster.connection(PROJECT, "own", COPY);
    const query = createCopyQuery({ id: "run_recorded", control }, { projectId: PROJECT, connection });
    await query("select 1 as hunter2", "turn-1-1");
    await query("select email from users where email = 'hunter2-in-sql'", "turn-1-2");
    await expect(query("select 1 / 0 from users", "turn-1-3")).rejects.toThrow("division by zero");
    await expect(query("commit; select 1 \0", "turn-1-4")).rejects.toMatchObject({ code: "failure", parks: false });
    await expect(query("drop schema public", "turn-1-5")).rejects.toThrow("nothing was run");
    const rows = await control.query(
      `select query_id as id, status, sql, error, tables, database_name = $1 as copy, duration_ms is null as not_run
       from generated_queries where run_id = 'run_recorded' order by query_id`,
      [COPY],
    );
    expect(rows).toMatchObject([
      { id: "run_recorded/turn-1-1", status: "succeeded", error: null, tables: [], copy: true, not_run: false },
      { status: "succeeded", sql: "select email from users where email = '[redacted]'", tables: ["users"] },
      { status: "failed", error: "division by zero", tables: ["users"], not_run: false },
      { status: "refused", sql: "commit; select 1 \u{FFFD}", error: "It holds a NUL character.", not_run: true },
      { status: "refused", error: expect.stringContaining("may be changed"), not_run: true },
    ]);
  });
});

describe("the watch over sessions", () => {
  test("ends a statement that has lifted its own limit", async () => {
    const ended = watch();
    expect(await runaway(await open("app", COPY), "select count(*) from generate_series(1, 1e12)")).toBe("57P01");
    await expect.poll(() => ended).toEqual([{ role: "app", database: COPY, what: "statement" }]);
  });

  test("ends one that catches being cancelled", async () => {
    watch();
    const stubborn = `do $$ begin loop begin perform count(*) from generate_series(1, 1e12);
      exception when query_canceled or others then null; end; end loop; end $$`;
    expect(await runaway(await open("own", COPY), stubborn)).toBe("57P01");
  });

  test("ends a migration of the live database that never ends", async () => {
    const ended = watch();
    expect(await runaway(await open("own", LIVE), "select count(*) from generate_series(1, 1e12)")).toBe("57P01");
    await expect.poll(() => ended).toEqual([{ role: "own", database: LIVE, what: "statement" }]);
  });

  test("ends a transaction that is left open, and whoever waits for its locks goes on", async () => {
    const holder = await open("own", COPY);
    const over = new Promise((resolve) => holder.once("end", resolve));
    await runaway(holder, "begin; lock table users");
    const waiting = as("app", COPY, "select count(*)::int as n from users");
    const ended = watch({ live: [], work: ["own"] });
    await over;
    expect(await waiting).toEqual([{ n: 1 }]);
    await expect.poll(() => ended).toEqual([{ role: "own", database: COPY, what: "idle" }]);
  });

  test("ends one that waits for a lock for too long", async () => {
    const holder = await open("own", THEIRS, OTHER);
    await holder.query("create table held (n int)");
    await holder.query("begin; lock table held");
    const ended = watch({ live: ["app"], work: [] }, OTHER);
    expect(await runaway(await open("app", THEIRS, OTHER), "select * from held")).toBe("57P01");
    await expect.poll(() => ended).toEqual([{ role: "app", database: THEIRS, what: "lock" }]);
  });

  test("ends a transaction that is always busy", async () => {
    const ended = watch();
    const busy = await open("own", COPY);
    await busy.query("begin");
    await until(async () => (await codeOf(busy.query("select 1"))) !== "none");
    await expect.poll(() => ended).toEqual([{ role: "own", database: COPY, what: "transaction" }]);
  });

  test("ends a session that takes the locks that all share", async () => {
    const ended = watch();
    const flood = `do $$ begin
      for i in 1..100000 loop begin execute 'create table flood' || i || ' ()';
        exception when out_of_memory then exit; end; end loop;
      loop perform 1; end loop; end $$`;
    expect(await runaway(await open("own", COPY), flood)).toBe("57P01");
    await expect.poll(() => ended.map(({ what }) => what)).toEqual(["locks"]);
    expect(await as("app", LIVE, "select email from users")).toEqual([{ email: "a@b" }]);
    expect(await control.query("select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("leaves alone what is idle, what is quick, and what is not its own to watch", async () => {
    const ended = watch({ live: [], work: ["app"] });
    const [idle, owner, live] = [await open("app", COPY), await open("own", COPY), await open("app", LIVE)];
    await owner.query("begin");
    await live.query("begin");
    expect(await runaway(await open("app", COPY), "select count(*) from generate_series(1, 1e12)")).toBe("57P01");
    for (const client of [idle, owner, live]) expect(await codeOf(client.query("select 1"))).toBe("none");
    expect(ended).toHaveLength(1);
  });
});

async function orphans(): Promise<number> {
  const text = "select 1 from pg_stat_activity where state = 'active' and query like '%/* orphan */'";
  return (await cluster.query("postgres", text)).rows.length;
}

test("nothing that a killed client had asked for is worked on for long", async () => {
  const client = await open("app", COPY);
  void codeOf(client.query("select count(*) from generate_series(1, 1e12) /* orphan */"));
  await until(async () => (await orphans()) === 1);
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await until(async () => (await orphans()) === 0);
});

test("a watch starts no server that was stopped", async () => {
  const stopped = await scratchHome();
  onTestFinished(() => stopped.remove());
  const other = selectDatabaseCluster(stopped.config);
  const options = { owners: { live: ["app"], work: [] }, every: 1, stayConnected: false, onEnded: () => {} } as const;
  const watching = other.watchSessions(PROJECT, options);
  await delay(300); // some looks; there is no sign of them
  await watching.stop();
  expect(await other.exists()).toBe(false);
});
