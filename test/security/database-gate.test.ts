// The gate between a sandbox and the database server, with clients that lie, and what the roles behind it may do.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { existsSync, lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type DatabaseError } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Connection, DatabaseCluster } from "../../src/adapters/database-cluster/database-cluster.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { openDatabaseGate } from "../../src/adapters/sandbox/gate/database-gate.ts";
import type { DatabaseDoor } from "../../src/adapters/sandbox/sandbox.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { until } from "../processes/until.ts";
import { describeIsolated, hostileWorld, type HostileWorld } from "./world.ts";
import { readyScratch, readyStandIn } from "../helpers/homes.ts";

const [PROJECT, OTHER] = ["prj_gate000001", "prj_gate000002"];
const LIVE = `turbobackend_${PROJECT}`;
const COPY = `${LIVE}_work`;

let home: ScratchHome;
let cluster: DatabaseCluster;
let app: Connection;
let folder: string;
let gate: DatabaseDoor;

beforeAll(async () => {
  home = await readyScratch();
  cluster = selectDatabaseCluster(home.config);
  await cluster.ensure();
  await cluster.provision(PROJECT, LIVE);
  await cluster.provision(OTHER, `turbobackend_${OTHER}`);
  await cluster.query(LIVE, "create table secrets (text text); insert into secrets values ('live')");
  await cluster.copy(PROJECT, LIVE, COPY);
  app = await cluster.connection(PROJECT, "app", COPY);
  folder = await mkdtemp(join(tmpdir(), "tb-gate-"));
});
afterAll(async () => {
  await cluster.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  gate = await openDatabaseGate({ folder: join(folder, "db"), owner: null, databases: [app] });
});
afterEach(() => gate.close());

/** Through the gate. */
async function open(change: Partial<Connection> & { replication?: string; options?: string } = {}): Promise<Client> {
  const client = new Client({ ...app, ssl: false, host: gate.host, port: gate.port, ...change });
  client.on("error", () => {}); // some tests end the session from the other side
  await client.connect();
  return client;
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return "none";
  } catch (error) {
    return (error as DatabaseError).code;
  }
}

async function raw(bytes?: Buffer, through = gate): Promise<Socket> {
  const socket = connect(join(through.host, ".s.PGSQL.5432"));
  socket.on("error", () => {});
  await once(socket, "connect");
  if (bytes) socket.write(bytes);
  return socket;
}

/** Everything that is answered until the gate closes. */
async function answerTo(bytes: Buffer): Promise<string> {
  const socket = await raw(bytes);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

async function cancel(client: Client): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const packet = Buffer.alloc(16);
  [16, 80877102, processID, secretKey].forEach((value, index) => packet.writeInt32BE(value, index * 4));
  const socket = await raw(packet);
  socket.resume();
  await once(socket, "close");
}

async function statementsOf(): Promise<number> {
  const { rows } = await cluster.query(
    COPY,
    "select 1 from pg_stat_activity where usename = $1 and state = 'active' and query like '%1e12%'",
    [app.user],
  );
  return rows.length;
}

function startup(texts: string[], { version = 196608, length }: { version?: number; length?: number } = {}): Buffer {
  const body = Buffer.from(texts.map((text) => `${text}\0`).join(""));
  const head = Buffer.alloc(8);
  head.writeInt32BE(length ?? body.length + 8, 0);
  head.writeInt32BE(version, 4);
  return Buffer.concat([head, body]);
}

describe("databases that are still being made", () => {
  test("keep sessions waiting, and nobody is refused", async () => {
    const made = Promise.withResolvers<void>();
    const late = await openDatabaseGate({
      folder: join(folder, "late"),
      owner: null,
      databases: [app],
      ready: () => made.promise,
    });
    const clients = [1, 2].map(() => new Client({ ...app, ssl: false, host: late.host, port: late.port }));
    const connected = Promise.all(clients.map((client) => client.connect()));
    const waited = await Promise.race([connected.then(() => "not"), sleep(100).then(() => "waited")]);
    expect(waited).toBe("waited");
    made.resolve();
    await connected;
    for (const client of clients) await client.end();
    await late.close();
  });

  test("refuse sessions when they could not be made", async () => {
    const made = Promise.reject(new Error("there is no room"));
    made.catch(() => {}); // whoever comes is told
    const ready = () => made;
    const late = await openDatabaseGate({ folder: join(folder, "late"), owner: null, databases: [app], ready });
    const client = new Client({ ...app, ssl: false, host: late.host, port: late.port });
    await expect(client.connect()).rejects.toThrow("there is no room");
    await late.close();
  });
});

describe("who is let through", () => {
  test("the given role in the given database", async () => {
    const client = await open();
    const { rows } = await client.query("select current_user as role, current_database() as database, 1 + 1 as sum");
    expect(rows).toEqual([{ role: app.user, database: COPY, sum: 2 }]);
    await client.end();
  });

  test("not the live database, nor with its own roles' passwords, which are right there", async () => {
    const live = await cluster.connection(PROJECT, "app", LIVE);
    const direct = new Client(live);
    await direct.connect(); // without the gate it would work
    await direct.end();
    expect(await codeOf(open(live.user === app.user ? {} : { ...live, host: gate.host, port: gate.port }))).toBe(
      "28000",
    );
    await expect(open({ database: LIVE })).rejects.toThrow(`may not use database "${LIVE}"`);
    expect(await codeOf(open({ database: LIVE }))).toBe("28000");
  });

  test("not the owner's role, unless it was given too", async () => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    expect(await codeOf(open(own.user === app.user ? {} : { user: own.user, password: own.password }))).toBe("28000");
    const wider = await openDatabaseGate({ folder: join(folder, "wide"), owner: null, databases: [app, own] });
    const client = new Client({ ...own, host: wider.host, port: wider.port });
    await client.connect();
    await client.end();
    await wider.close();
  });

  test("not a pair that was not given, although each half was", async () => {
    const own = await cluster.connection(PROJECT, "own", LIVE);
    const both = await openDatabaseGate({ folder: join(folder, "pair"), owner: null, databases: [app, own] });
    const client = new Client({ ...app, database: LIVE, host: both.host, port: both.port });
    expect(await codeOf(client.connect())).toBe("28000");
    await both.close();
  });

  test.each(["postgres", "template1", `turbobackend_${OTHER}`, COPY.toUpperCase(), `${COPY} `, ""])(
    "not database %j",
    async (database) => {
      expect(await answerTo(startup(["user", app.user, "database", database, ""]))).toContain("28000");
    },
  );

  test("not the administrator", async () => {
    expect(await codeOf(open({ user: "postgres" }))).toBe("28000");
  });

  test("not with a wrong password: the server still asks for it", async () => {
    expect(await codeOf(open({ password: "wrong" }))).toBe("28P01");
  });

  test("not for replication, in any spelling", async () => {
    for (const value of ["database", "true", "1", "off"]) {
      const answer = await answerTo(startup(["user", app.user, "database", COPY, "replication", value, ""]));
      expect(answer).toContain("replication is not available");
    }
  });

  test("not by naming a second database behind the first", async () => {
    const answer = await answerTo(startup(["user", app.user, "database", COPY, "database", LIVE, ""]));
    expect(answer).toContain("08P01");
  });
});

describe("clients that do not keep to the protocol", () => {
  test.each<[string, Buffer]>([
    ["a length of nothing", startup([], { length: 0 })],
    ["a negative length", startup([], { length: -1 })],
    ["a length of two gigabytes", startup(["user", "x"], { length: 0x7fffffff })],
    ["a length just above the limit", startup(["user", "x"], { length: 10_001 })],
    ["an old protocol", startup(["user", app?.user ?? "x", ""], { version: 131072 })],
    ["no end", startup(["user", "x", "database", "y"])],
    ["a name without a value", startup(["user", "x", "database", ""])],
    ["no user", startup(["database", "x", ""])],
    ["an empty name", startup(["", "x", "user", "y", ""])],
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["a request for encryption that is too long", startup(["x"], { version: 80877103 })],
  ])("%s is refused as a malformed start", async (_, bytes) => {
    expect(await answerTo(bytes)).toMatch(/^E....SFATAL\0VFATAL\0C08P01/s);
  });

  test("encryption is declined, and the start comes after that", async () => {
    const socket = await raw(startup([], { version: 80877103 }));
    expect(String((await once(socket, "data"))[0])).toBe("N");
    socket.write(startup([], { version: 80877104 })); // GSSENCRequest
    expect(String((await once(socket, "data"))[0])).toBe("N");
    socket.write(startup(["user", app.user, "database", COPY, ""]));
    expect(String((await once(socket, "data"))[0])).toMatch(/^R/);
    socket.destroy();
  });

  test("a client that asks for encryption over and over is refused", async () => {
    expect(
      await answerTo(Buffer.concat(Array.from({ length: 20 }, () => startup([], { version: 80877103 })))),
    ).toContain("08P01");
  });

  test("a start that comes byte by byte is understood", async () => {
    const socket = await raw();
    for (const byte of startup(["user", app.user, "database", COPY, ""])) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(String((await once(socket, "data"))[0])).toMatch(/^R/);
    socket.destroy();
  });

  test("a client that never says who it is is dropped", async () => {
    const strict = await openDatabaseGate({
      folder: join(folder, "strict"),
      owner: null,
      databases: [app],
      patience: 50,
    });
    const socket = await raw(Buffer.from([0, 0]), strict);
    socket.resume();
    await once(socket, "close");
    await strict.close();
  });

  test("a flood of connections is refused, and does not use up the server's", async () => {
    const sockets = await Promise.all(Array.from({ length: 80 }, () => raw()));
    const refused = await Promise.race(
      sockets.slice(64).map(async (socket) => String((await once(socket, "data"))[0])),
    );
    expect(refused).toContain("53300");
    const { rows } = await cluster.query<{ count: string }>(
      COPY,
      "select count(*) from pg_stat_activity where usename = $1",
      [app.user],
    );
    expect(rows[0]!.count).toBe("0");
    for (const socket of sockets) socket.destroy();
    await until(async () => (await codeOf(open().then((client) => client.end()))) === "none");
  });
});

describe("cancelling", () => {
  test("a session's own statement can be cancelled", async () => {
    const client = await open();
    const running = codeOf(client.query("select count(*) from generate_series(1, 1e12)"));
    await until(async () => (await statementsOf()) === 1);
    await cancel(client);
    expect(await running).toBe("57014");
    await client.end();
  });

  test("somebody else's statement cannot be, even with the right key", async () => {
    const direct = new Client(app);
    await direct.connect();
    const running = codeOf(direct.query("select count(*) from generate_series(1, 1e12)"));
    await until(async () => (await statementsOf()) === 1);
    await cancel(direct);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await statementsOf()).toBe(1);
    await cluster.query(COPY, "select pg_cancel_backend(pid) from pg_stat_activity where usename = $1", [app.user]);
    expect(await running).toBe("57014");
    await direct.end();
  });
});

describe("the gate's end", () => {
  test("all its sessions end with it, and nothing can be opened any more", async () => {
    const client = await open();
    const ended = new Promise((resolve) => client.once("end", resolve));
    await gate.close();
    await ended;
    await expect(open()).rejects.toThrow("ENOENT");
    expect(existsSync(gate.host)).toBe(false);
  });

  test("one that a dead tb left is replaced", async () => {
    const second = await openDatabaseGate({ folder: gate.host, owner: null, databases: [app] });
    const client = await open();
    await client.end();
    await gate.close(); // the first one's end does not take the second one's socket away
    await (await open()).end();
    await second.close();
  });

  test("a server that is away is said, not waited for", async () => {
    const away = { ...app, host: folder };
    const lonely = await openDatabaseGate({ folder: join(folder, "away"), owner: null, databases: [away] });
    await expect(open({ host: lonely.host })).rejects.toThrow("cannot be reached");
    await lonely.close();
  });

  test("sessions that the server breaks off are counted, those that their clients end are not", async () => {
    let broken = 0;
    const onBroken = () => void (broken += 1);
    const counting = await openDatabaseGate({ folder: join(folder, "count"), owner: null, databases: [app], onBroken });
    const [leaving, lost, staying] = await Promise.all([1, 2, 3].map(() => open({ host: counting.host })));
    await leaving!.end();
    const killed = await open({ host: counting.host });
    killed.connection.stream.destroy(); // as when its process is killed
    const { rows } = await lost!.query<{ pid: number }>("select pg_backend_pid() as pid");
    await cluster.query("postgres", "select pg_terminate_backend($1)", [rows[0]!.pid]);
    await until(() => broken > 0);
    await staying!.query("select 1");
    await counting.close();
    expect(broken).toBe(1);
    const away = { ...app, host: folder };
    const lonely = await openDatabaseGate({ folder: join(folder, "away"), owner: null, databases: [away], onBroken });
    await expect(open({ host: lonely.host })).rejects.toThrow("cannot be reached");
    await lonely.close();
    expect(broken).toBe(2);
  });

  test("a server of the user's own is reached over TCP", async () => {
    const server = await readyStandIn();
    const remote = selectDatabaseCluster({ home: home.config.home, projectsCluster: server.settings });
    await remote.provision(PROJECT, COPY);
    const there = await remote.connection(PROJECT, "app", COPY);
    const tcp = await openDatabaseGate({ folder: join(folder, "tcp"), owner: null, databases: [there] });
    const client = new Client({ ...there, host: tcp.host, port: tcp.port });
    await client.connect();
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await client.end();
    await tcp.close();
    await remote.close();
    await server.remove();
  });
});

describe("what the application's role may do behind the gate", () => {
  test.each([
    ["run a program on the server", "copy (select 1) to program 'id'"],
    ["read the server's files", "select pg_read_file('/etc/passwd')"],
    ["copy from the server's files", "create temp table t (x text); copy t from '/etc/passwd'"],
    ["take the administrator's role", "set role postgres"],
    ["take another session's role", "set session authorization postgres"],
    ["change the schema", "create table mine (x int)"],
    ["make a database", "create database mine"],
    ["make a role", "create role mine"],
    ["change the server's settings", "alter system set log_statement = 'all'"],
    ["read passwords", "select * from pg_authid"],
    ["keep others out with locks", "select pg_advisory_lock(g) from generate_series(1, 1000000) g"],
    ["import a file as a large object", "select lo_import('/etc/passwd')"],
    ["load a library", "load 'pg_stat_statements'"],
    ["make a function in another language", "create function f() returns int language c as 'x'"],
    ["connect on to another database", "select dblink_connect('dbname=postgres')"],
    ["end other sessions", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'"],
  ])("it cannot %s", async (_, sql) => {
    const client = await open();
    const work = client.query(sql);
    const failed = await codeOf(work);
    if (failed === "none") expect(((await work) as { rows: object[] }).rows ?? []).toEqual([]);
    else expect(failed).toMatch(/^(42501|42704|42883|22023|3F000|0A000|2BP01|42P07|58P01)$/);
    await client.end();
  });

  test("it cannot take the owner's role, which is there", async () => {
    const own = await cluster.connection(PROJECT, "own", COPY);
    const client = await open();
    expect(await codeOf(client.query(`set role "${own.user}"`))).toBe("42501");
    await client.end();
    expect(await codeOf(open({ options: `-c role=${own.user}` }))).toBe("42501");
  });

  test("resetting the role gives nothing more", async () => {
    const client = await open();
    await client.query("reset role; reset session authorization");
    expect((await client.query("select current_user as role")).rows).toEqual([{ role: app.user }]);
    await client.end();
  });
});

describeIsolated("the gate seen from the sandbox", () => {
  let world: HostileWorld;
  beforeAll(async () => {
    world = await hostileWorld();
  });
  afterAll(() => world.remove());

  const START = `
    import { connect } from "node:net";
    const texts = ["user", process.env.DB_USER, "database", process.env.WANTED, ""].map((text) => text + "\\0").join("");
    const packet = Buffer.alloc(8); packet.writeInt32BE(texts.length + 8, 0); packet.writeInt32BE(196608, 4);
    const socket = connect(process.env.DB_HOST + "/.s.PGSQL." + process.env.DB_PORT);
    socket.on("error", (error) => { console.log(error.code); process.exit(); });
    socket.on("data", (data) => { console.log(data.toString("latin1").replaceAll("\\0", " ")); process.exit(); });
    socket.write(Buffer.concat([packet, Buffer.from(texts)]));`;

  test("its own copy is reached, the live database is not", async () => {
    const env = { DB_USER: app.user };
    const own = await world.node(START, { env: { ...env, WANTED: COPY }, databases: [app] });
    expect(own.stdout).toMatch(/SCRAM-SHA-256/);
    const live = await world.node(START, { env: { ...env, WANTED: LIVE }, databases: [app] });
    expect(live.stdout).toContain("28000");
  });

  test("the server itself is out of its reach", async () => {
    const { stdout } = await world.node(START, {
      env: { DB_USER: app.user, WANTED: COPY, DB_HOST: app.host, DB_PORT: "5432" },
    });
    expect(stdout).toBe("ENOENT\n");
  });

  test("without databases there is no gate", async () => {
    expect((await world.sh(`find ${world.root}/db -mindepth 1; echo "[$DB_HOST]"`)).stdout).toBe("[]\n");
  });

  test("the gate cannot be removed, replaced or listened at", async () => {
    const { stdout } = await world.sh(
      `cd "$DB_HOST" && (rm -f .s.PGSQL.5432; mv .s.PGSQL.5432 x; ln -s /x y; touch z; cd .. && mv "$DB_HOST" gone; mkdir gone) 2>/dev/null; ls -A "$DB_HOST" ..`,
      { databases: [app] },
    );
    expect(stdout).not.toMatch(/gone|^[xyz]$/m);
    expect(stdout).toContain(".s.PGSQL.5432");
  });

  test("a gate that stays open is found by every command, and is away when closed", async () => {
    const door = await world.sandbox.openDatabases([app]);
    expect(lstatSync(join(door.host, ".s.PGSQL.5432")).isSocket()).toBe(true);
    const env = { DB_USER: app.user, WANTED: COPY, DB_HOST: door.host, DB_PORT: String(door.port) };
    expect((await world.node(START, { env })).stdout).toContain("SCRAM");
    await door.close();
    expect((await world.node(START, { env })).stdout).toBe("ENOENT\n");
  });
});
