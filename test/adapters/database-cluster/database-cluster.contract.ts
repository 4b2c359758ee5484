// What every implementation of the port keeps: run for the embedded cluster and for servers of the user's own.
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  Connection,
  DatabaseCluster,
  DatabaseRole,
} from "../../../src/adapters/database-cluster/database-cluster.ts";

export interface ClusterUnderTest {
  cluster: DatabaseCluster;
  /** A second process's view of the same cluster. */
  again: () => DatabaseCluster;
  /** False where the administrator is no superuser and so cannot close functions to everyone. */
  closesFunctions: boolean;
  /** False for a server that belongs to someone else: its own databases stay as they are. */
  closesSharedDatabases: boolean;
  remove(): Promise<void>;
}

const A = "turbobackend_prj_aaa";
const B = "turbobackend_prj_bbb";

async function session<T>(connection: Connection, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connection);
  client.on("error", () => {}); // some of these sessions are ended from outside
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function databaseClusterContract(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(name, () => {
    let given: ClusterUnderTest;
    let cluster: DatabaseCluster;

    beforeAll(async () => {
      given = await start();
      cluster = given.cluster;
      await cluster.ensure();
      await cluster.provision("prj_aaa", A);
      await cluster.provision("prj_bbb", B);
      await as("prj_bbb", "own", B, "create table secrets (v text)");
    });
    afterAll(async () => {
      await cluster.close();
      await given.remove();
    });

    async function as(
      project: string,
      role: DatabaseRole,
      database: string,
      text: string,
    ): Promise<Record<string, unknown>[]> {
      const connection = await cluster.connection(project, role, database);
      return session(connection, async (client) => (await client.query<Record<string, unknown>>(text)).rows);
    }

    test("own changes the schema; app reads and writes rows of tables made later, and nothing else", async () => {
      await as("prj_aaa", "own", A, "create table notes (id bigserial primary key, text text)");
      expect(await as("prj_aaa", "app", A, "insert into notes (text) values ('x') returning id, text")).toEqual([
        { id: "1", text: "x" },
      ]);
      expect(await as("prj_aaa", "app", A, "update notes set text = 'y' returning text")).toEqual([{ text: "y" }]);
      expect(await as("prj_aaa", "app", A, "delete from notes returning id")).toEqual([{ id: "1" }]);
      for (const refused of [
        "create table other (id int)",
        "create temporary table other (id int)",
        "create schema other",
        "drop table notes",
        "truncate notes",
        "alter table notes add column more text",
      ]) {
        await expect(as("prj_aaa", "app", A, refused), refused).rejects.toThrow(/permission denied|must be owner/);
      }
    });

    test("neither role reaches another project's database", async () => {
      for (const role of ["own", "app"] as const) {
        const connection = await cluster.connection("prj_aaa", role, B);
        await expect(session(connection, async () => {})).rejects.toThrow(/permission denied for database/);
      }
    });

    test("neither role gets at the server, its files or more rights", async () => {
      const { user: administrator } = await administratorOf(cluster);
      for (const role of ["own", "app"] as const) {
        for (const refused of [
          "copy (select 1) to program 'id'",
          "copy (select 1) to '/tmp/turbobackend-test'",
          "select pg_read_file('/etc/passwd')",
          "select pg_ls_dir('.')",
          "select lo_import('/etc/passwd')",
          `set role "${administrator}"`,
          "set role turbobackend_prj_bbb_own",
          "alter system set log_statement = 'all'",
          "create database more",
          "create role more",
          `drop database ${A}`,
          `alter database ${A} connection limit -1`,
          "create schema more",
          "create extension dblink",
          "alter role current_user superuser",
          "select rolpassword from pg_authid",
        ]) {
          await expect(as("prj_aaa", role, A, refused), `${role}: ${refused}`).rejects.toThrow(
            /permission denied|must be (owner|superuser)|cannot drop the currently open|not permitted/,
          );
        }
      }
    });

    test("functions that hold up other users, or look at their sessions, are closed to both roles", async () => {
      if (!given.closesFunctions) return;
      for (const role of ["own", "app"] as const) {
        for (const refused of [
          "select pg_advisory_lock(1)",
          "select pg_try_advisory_xact_lock(1)",
          "select pg_sleep(1)",
          "select lo_create(0)",
          "select pg_terminate_backend(pg_backend_pid())",
          "select query from pg_stat_activity",
        ]) {
          await expect(as("prj_aaa", role, A, refused), refused).rejects.toThrow(/permission denied for function/);
        }
      }
    });

    test("a copy is in the hands of roles of its own, which reach nothing of the project's own database", async () => {
      await as("prj_aaa", "own", A, "create table if not exists handed (id serial, check (id > 0))");
      await cluster.copy("prj_aaa", A, `${A}_dev`);
      for (const role of ["own", "app"] as const) {
        const [live, work] = [
          await cluster.connection("prj_aaa", role, A),
          await cluster.connection("prj_aaa", role, `${A}_dev`),
        ];
        expect([live.user === work.user, live.password === work.password]).toEqual([false, false]);
        for (const crossed of [
          { ...work, database: A },
          { ...live, database: `${A}_dev` },
        ]) {
          await expect(session(crossed, async () => {})).rejects.toThrow(/permission denied for database/);
        }
      }
      await as("prj_aaa", "own", `${A}_dev`, "alter table handed add column more text; drop table handed");
      await cluster.dropDatabase(`${A}_dev`);
    });

    test("what a role has changed about itself is taken back by provisioning again", async () => {
      await as("prj_aaa", "app", A, `alter role current_user in database ${A} set statement_timeout = '29s'`);
      await as("prj_aaa", "app", A, "alter role current_user set default_transaction_read_only = on");
      await cluster.provision("prj_aaa", A);
      const settings =
        "select current_setting('statement_timeout') as t, current_setting('default_transaction_read_only') as r";
      expect(await as("prj_aaa", "app", A, settings)).toEqual([{ t: "30s", r: "off" }]);
      if (!given.closesFunctions) return; // only a superuser can set this one, and so can the role not
      await expect(as("prj_aaa", "app", A, "set temp_file_limit = -1")).rejects.toThrow(/permission denied/);
      await as("prj_aaa", "app", A, "alter role current_user reset all");
      expect(await as("prj_aaa", "app", A, "select current_setting('temp_file_limit') as n")).toEqual([{ n: "1GB" }]);
      await cluster.provision("prj_aaa", A);
    });

    test("the server's own databases are closed only in a cluster of tb's own", async () => {
      for (const database of ["postgres", "template1"]) {
        const attempt = session(await cluster.connection("prj_aaa", "app", database), async () => "in");
        if (given.closesSharedDatabases) await expect(attempt).rejects.toThrow(/permission denied for database/);
        else expect(await attempt).toBe("in");
      }
    });

    test("a role has a limited number of connections", async () => {
      const connection = await cluster.connection("prj_aaa", "own", A);
      const clients: Client[] = [];
      async function fill(): Promise<void> {
        for (;;) {
          const client = new Client(connection);
          await client.connect();
          clients.push(client);
          if (clients.length > 100) return;
        }
      }
      await expect(fill()).rejects.toThrow(/too many connections for role/);
      await Promise.all(clients.map((client) => client.end()));
    });

    test("passwords are derived: another process connects without being told one, and the server stores none", async () => {
      expect(await given.again().connection("prj_aaa", "app", A)).toEqual(
        await cluster.connection("prj_aaa", "app", A),
      );
      if (!given.closesFunctions) return; // reading what is stored takes a superuser
      const { rows } = await cluster.query<{ stored: string }>(
        "postgres",
        "select rolpassword as stored from pg_authid where rolname = 'turbobackend_prj_aaa_app'",
      );
      expect(rows[0]?.stored).toMatch(/^SCRAM-SHA-256\$4096:/);
    });

    test("provisioning again completes what is there and keeps the data", async () => {
      await as("prj_aaa", "own", A, "create table if not exists kept (id int); insert into kept values (1)");
      await as("prj_aaa", "app", A, "alter role current_user password 'changed by the app'");
      await cluster.provision("prj_aaa", A);
      expect(await as("prj_aaa", "app", A, "select count(*)::int as n from kept")).toEqual([{ n: 1 }]);
    });

    test("projects provisioned at the same moment do not disturb each other", async () => {
      const ids = ["prj_c1", "prj_c2", "prj_c3", "prj_c4", "prj_c5", "prj_c6"];
      const processes = ids.map(() => given.again());
      await Promise.all(ids.map((id, n) => processes[n]!.provision(id, `turbobackend_${id}`)));
      expect(await cluster.listDatabases()).toEqual(expect.arrayContaining(ids.map((id) => `turbobackend_${id}`)));
      await Promise.all(
        ids.map(async (id, n) => {
          await processes[n]!.dropDatabase(`turbobackend_${id}`);
          await processes[n]!.dropRoles(id);
        }),
      );
      expect((await cluster.listDatabases()).filter((name) => name.includes("_prj_c"))).toEqual([]);
    });

    test("a copy has the contents and the rights, replaces an older copy, and can itself be copied while in use", async () => {
      await as("prj_aaa", "own", A, "create table copied (id int); insert into copied values (1)");
      await cluster.copy("prj_aaa", A, `${A}_dev`);
      await cluster.copy("prj_aaa", A, `${A}_dev`);
      await as("prj_aaa", "app", `${A}_dev`, "insert into copied values (2)");
      expect(await as("prj_aaa", "app", `${A}_dev`, "select count(*)::int as n from copied")).toEqual([{ n: 2 }]);
      expect(await as("prj_aaa", "app", A, "select count(*)::int as n from copied")).toEqual([{ n: 1 }]);
      const stranger = await cluster.connection("prj_bbb", "app", `${A}_dev`);
      await expect(session(stranger, async () => {})).rejects.toThrow(/permission denied for database/);
      await session(await cluster.connection("prj_aaa", "app", `${A}_dev`), () =>
        cluster.copy("prj_aaa", `${A}_dev`, `${A}_dev2`),
      );
      expect(await as("prj_aaa", "app", `${A}_dev2`, "select count(*)::int as n from copied")).toEqual([{ n: 2 }]);
      await cluster.dropDatabase(`${A}_dev`);
      await cluster.dropDatabase(`${A}_dev2`);
    });

    test("a session answers many queries, and is over afterwards", async () => {
      const open = "select count(*)::int as n from pg_stat_activity where datname = $1";
      const inside = await cluster.session(A, async (query) => {
        await query("create temp table kept (n int)");
        return (await query<{ n: number }>("select count(*)::int as n from kept")).rows;
      });
      expect(inside).toEqual([{ n: 0 }]);
      await expect(cluster.session(A, (query) => query("select wrong"))).rejects.toThrow(
        'column "wrong" does not exist',
      );
      await expect
        .poll(async () => (await cluster.query<{ n: number }>("postgres", open, [A])).rows)
        .toEqual([{ n: 0 }]);
    });

    test("dropping ends sessions, repeats without harm, and touches only databases of projects", async () => {
      await cluster.provision("prj_ddd", "turbobackend_prj_ddd");
      await session(await cluster.connection("prj_ddd", "app", "turbobackend_prj_ddd"), async (app) => {
        await expect(cluster.dropRoles("prj_ddd")).rejects.toMatchObject({ code: "conflict" });
        await cluster.dropDatabase("turbobackend_prj_ddd");
        await expect(app.query("select 1")).rejects.toThrow();
      });
      await cluster.dropDatabase("turbobackend_prj_ddd");
      await cluster.dropRoles("prj_ddd");
      await cluster.dropRoles("prj_ddd");
      await expect(cluster.dropDatabase("postgres")).rejects.toThrow(/Not the name of a project's database/);
    });

    test("databases are described by their labels, and those of another installation are not", async () => {
      await cluster.copy("prj_aaa", A, `${A}_dev`);
      const stranger = `${B}_stranger`;
      await cluster.copy("prj_bbb", B, stranger);
      await cluster.query("postgres", `comment on database ${stranger} is 'turbobackend copy of installation other'`);
      const described = await cluster.describeDatabases();
      const mine = described.filter(({ name }) => name.startsWith(A) || name.startsWith(B));
      expect(mine.map(({ name, label }) => `${label} ${name}`)).toEqual([
        `database ${A}`,
        `copy ${A}_dev`,
        `database ${B}`,
      ]);
      for (const { bytes, sessions, createdAt } of mine) {
        expect(bytes).toBeGreaterThan(1_000_000);
        expect(sessions).toBe(0);
        if (given.closesFunctions) expect(Date.now() - createdAt!.getTime()).toBeLessThan(3_600_000);
        else expect(createdAt).toBeNull();
      }
      const app = await cluster.connection("prj_aaa", "app", A);
      const inUse = await session(app, () => cluster.describeDatabases());
      expect(inUse.find(({ name }) => name === A)?.sessions).toBe(1);
      await cluster.dropDatabase(`${A}_dev`);
      await cluster.dropDatabase(stranger);
    });

    test("a swap is one step: clients that never stop connecting find the old database or the new one", async () => {
      const [live, next, retired] = [`${A}_live`, `${A}_next`, `${A}_was`];
      for (const [name, word] of [
        [live, "old"],
        [next, "new"],
      ] as const) {
        await cluster.provision("prj_aaa", name);
        await as("prj_aaa", "own", name, `create table word (w text); insert into word values ('${word}')`);
      }
      const seen: string[] = [];
      const stop = new AbortController();
      async function hammer(): Promise<void> {
        while (!stop.signal.aborted) {
          // Sessions are ended by the swap, and a name is free for no moment.
          const found = await as("prj_aaa", "app", live, "select w from word").catch((error: Error) => [
            { w: error.message },
          ]);
          seen.push(String(found[0]?.["w"]));
        }
      }
      const clients = [hammer(), hammer(), hammer()];
      const resting = session(await cluster.connection("prj_aaa", "app", live), async (client) => {
        await cluster.swap({ live, next, retired });
        return client.query("select 1").then(
          () => "still there",
          () => "ended",
        );
      });
      expect(await resting).toBe("ended");
      await cluster.swap({ live, next, retired }); // done before
      expect(await as("prj_aaa", "app", live, "select w from word")).toEqual([{ w: "new" }]);
      expect(await as("prj_aaa", "app", retired, "select w from word")).toEqual([{ w: "old" }]);
      await cluster.swap({ live, next: retired, retired: next }); // and back
      expect(await as("prj_aaa", "app", live, "select w from word")).toEqual([{ w: "old" }]);
      stop.abort();
      await Promise.all(clients);
      const refused = seen.filter((word) => !["old", "new"].includes(word));
      expect(refused.filter((message) => !/terminat|does not exist|connection|ECONNRESET/i.test(message))).toEqual([]);
      await expect(cluster.swap({ live, next: `${A}_nowhere`, retired })).rejects.toMatchObject({ code: "not_found" });
      await expect(cluster.swap({ live: "postgres", next, retired })).rejects.toThrow(/Not the name/);
      for (const name of [live, next, retired]) await cluster.dropDatabase(name);
    });

    test("names are quoted, and too long ones stay apart", async () => {
      const odd = `turbobackend_we"ird; drop`;
      await cluster.provision(`prj_we"ird`, odd);
      await as(`prj_we"ird`, "own", odd, "create table t (id int)");
      await cluster.dropDatabase(odd);
      await cluster.dropRoles(`prj_we"ird`);
      const long = `prj_${"x".repeat(60)}`;
      const [one, two] = [
        await cluster.connection(`${long}1`, "own", A),
        await cluster.connection(`${long}2`, "app", A),
      ];
      expect(one.user).not.toBe(two.user);
      expect([Buffer.byteLength(one.user) <= 63, Buffer.byteLength(two.user) <= 63]).toEqual([true, true]);
    });
  });
}

async function administratorOf(cluster: DatabaseCluster): Promise<{ user: string }> {
  const { rows } = await cluster.query<{ user: string }>("postgres", 'select current_user as "user"');
  return rows[0]!;
}
