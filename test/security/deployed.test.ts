// A deployed application that turns out to be hostile: what it finds, and what it can do to others and to this machine.
import { once } from "node:events";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Connection, DatabaseCluster } from "../../src/adapters/database-cluster/database-cluster.ts";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import type { DeployTarget } from "../../src/adapters/deploy-target/deploy-target.ts";
import { createProcessDeployTarget } from "../../src/adapters/deploy-target/process-deploy-target.ts";
import { identify, type ProcessIdentity } from "../../src/processes/process-identity.ts";
import { ask, writeFakeApp } from "../adapters/deploy-target/fake-app.ts";
import { scratchHome, type ScratchHome } from "../helpers/postgres.ts";
import { until } from "../processes/until.ts";
import { askForSession, describeIsolated } from "./world.ts";

const [PROJECT, OTHER] = ["prj_hostile001", "prj_hostile002"];
const LIVE = `turbobackend_${PROJECT}`;
const asRoot = process.getuid?.() === 0;

describeIsolated("a deployed application", () => {
  let home: ScratchHome;
  let cluster: DatabaseCluster;
  let target: DeployTarget;
  let connection: Connection;
  let url: string;

  async function deploy(projectId: string, deploymentId: string, database: Connection | null): Promise<string> {
    const artefact = await writeFakeApp(join(home.home, "builds", deploymentId), deploymentId);
    const env = database
      ? { DB_HOST: database.host, DB_PORT: String(database.port), DB_USER: database.user, DB_PASSWORD: "correct horse" }
      : {};
    const signal = new AbortController().signal;
    const deployed = await target.deploy({ projectId, deploymentId, artefact, env, database, signal });
    expect(deployed).toMatchObject({ healthy: true, isolation: "bubblewrap" });
    return deployed.url;
  }

  /** What a script comes to that the application runs. */
  async function sh(script: string): Promise<{ status: number | null; output: string }> {
    const response = await fetch(`${url}/hostile`, { method: "POST", body: script });
    return (await response.json()) as { status: number | null; output: string };
  }

  function release(id: string): string {
    return realpathSync(join(home.home, "deployments", PROJECT, "releases", id));
  }

  beforeAll(async () => {
    home = await scratchHome();
    cluster = selectDatabaseCluster(home.config);
    await cluster.ensure();
    await cluster.provision(PROJECT, LIVE);
    connection = await cluster.connection(PROJECT, "app", LIVE);
    target = createProcessDeployTarget(home.config, 14_910);
    url = await deploy(PROJECT, "dep_1", connection);
  });
  afterAll(async () => {
    for (const project of [PROJECT, OTHER]) await target.destroy(project);
    await cluster.close();
    await home.remove();
  });

  test("is said to be isolated", async () => {
    expect(await target.status(PROJECT)).toMatchObject({ healthy: true, isolation: "bubblewrap" });
    expect(readFileSync(await target.logFile(PROJECT), "utf8")).toMatch(/Started dep_1 \(process \d+, bubblewrap\)/);
  });

  test("sees nothing of the user's files, of tb's folder or of system accounts", async () => {
    await writeFile(join(home.home, "secret"), "of the user\n");
    for (const path of [join(home.home, "secret"), join(home.home, "secrets", "installation.key"), "/etc/shadow"]) {
      expect(existsSync(path)).toBe(true);
      expect((await sh(`cat ${path}`)).status).not.toBe(0);
    }
    expect((await sh("ls -d /root /home /var/log /srv 2>/dev/null")).output).toBe("");
    const { output } = await sh(`ls ${home.home} ${home.home}/deployments/${PROJECT}`);
    expect(output).not.toMatch(/secrets|state\.json|logs/);
  });

  test("cannot change its own release, nor anything else that outlives it", async () => {
    const file = join(release("dep_1"), ".output", "server", "index.mjs");
    expect((await sh(`pwd; grep -c NITRO_UNIX_SOCKET ${file}`)).output).toBe(`${release("dep_1")}\n1\n`);
    const before = statSync(file).mtimeMs;
    for (const attempt of [`echo x >> ${file}`, `rm ${file}`, "touch made", `mv .output gone`, "echo x > /usr/tb"]) {
      expect((await sh(attempt)).status).not.toBe(0);
    }
    expect(statSync(file).mtimeMs).toBe(before);
    expect((await sh("echo kept > $HOME/file && cat $HOME/file")).output).toBe("kept\n"); // memory
    expect((await sh("dd if=/dev/zero of=$HOME/fill bs=1M count=400 2>&1; rm $HOME/fill")).output).toMatch(
      /No space left/,
    );
  });

  test("has no network but its own loopback: not this machine's services, not the metadata address", async () => {
    const server = createServer((socket) => void socket.end("secret")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    for (const [host, at] of [
      ["127.0.0.1", port],
      ["169.254.169.254", 80],
      ["1.1.1.1", 443],
    ] as const) {
      expect((await sh(`perl -MIO::Socket -e 'IO::Socket::INET->new("${host}:${at}") or exit 1'`)).status).toBe(1);
    }
    const own = Number(new URL(url).port);
    expect((await sh(`perl -MIO::Socket -e 'IO::Socket::INET->new("127.0.0.1:${own}") or exit 1'`)).status).toBe(1);
    server.close();
  });

  test("cannot reach what controls its supervisor, nor another project's application", async () => {
    await deploy(OTHER, "dep_2", null);
    const { output } = await sh(`find / -name '*.sock' -not -path '/proc/*' 2>/dev/null`);
    const sockets = output.trim().split("\n");
    expect(sockets).toHaveLength(1); // its own
    expect(sockets[0]).toMatch(/app\.sock$/);
    expect((await sh("ls /proc | grep -c '^[0-9]'")).output).toMatch(/^[1-9]\n$/);
    expect((await sh(`kill -9 ${supervisor().pid}`)).status).not.toBe(0);
  });

  test.runIf(asRoot)("is a user of its own, and its files are root's, for that user to read", async () => {
    const { output } = await sh("id -u; id -G");
    const [uid, groups] = output.trim().split("\n");
    expect(Number(uid)).toBeGreaterThanOrEqual(1_900_000_000);
    expect(groups).toBe(uid);
    for (const path of [release("dep_1"), join(release("dep_1"), ".output", "server", "index.mjs")]) {
      const { uid: owner, gid, mode } = statSync(path);
      expect([owner, gid, mode & 0o7027]).toEqual([0, Number(uid), 0]);
    }
  });

  test("reaches its own database through the gate, and no other one", async () => {
    const { output } = await sh("env; ls -A $DB_HOST");
    expect(output).not.toContain(connection.host);
    expect(output).toContain(".s.PGSQL.5432");
    expect((await sh(askForSession(connection.user, LIVE))).output).toContain("SCRAM-SHA-256");
    for (const [user, database] of [
      [connection.user, "postgres"],
      ["postgres", LIVE],
      [connection.user, `${LIVE}_work`],
    ]) {
      expect((await sh(askForSession(user!, database!))).output).toContain("may not use database");
    }
    const server = askForSession(connection.user, LIVE).replaceAll("$DB_HOST", connection.host);
    expect((await sh(server)).output).toBe("ENOENT\n");
  });

  test("finds its database again when the server was away, without being started again", async () => {
    const { pid } = await ask(url);
    const server = createEmbeddedPostgres(home.config, "projects");
    await server.stop();
    expect((await sh(askForSession(connection.user, LIVE))).output).toContain("cannot be reached");
    await server.ensure();
    expect((await sh(askForSession(connection.user, LIVE))).output).toContain("SCRAM-SHA-256");
    expect((await ask(url)).pid).toBe(pid);
  });

  test("a fork bomb ends at the limit, and the application with it serves again", async () => {
    const bomb = `perl -e 'my $n = 0; while (1) { my $p = fork; last unless defined $p; if (!$p) { sleep 100; exit } $n++ } print $n; kill 9, -1'`;
    await sh(bomb).catch(() => {}); // it may end the application, too
    await until(async () => (await fetch(url)).status === 200);
  });

  test("that fills the folder of its socket is stopped, and started with an empty one", async () => {
    const { pid } = await ask(url);
    await sh(`dd if=/dev/zero of="$(dirname "$NITRO_UNIX_SOCKET")/fill" bs=1M count=200 2>/dev/null; sleep 100`).catch(
      () => {},
    );
    await until(() => identify(pid) === null);
    await until(async () => (await fetch(url)).status === 200);
    expect((await sh('ls "$(dirname "$NITRO_UNIX_SOCKET")"')).output).toBe("app.sock\n");
    expect(readFileSync(await target.logFile(PROJECT), "utf8")).toContain("filled the folder of its socket");
  });

  test("a daemon that it leaves behind ends when it is replaced", async () => {
    const { pid } = await ask(`${url}/escape`);
    expect(identify(pid)).not.toBeNull();
    await deploy(PROJECT, "dep_3", connection);
    await until(() => identify(pid) === null);
  });

  test("ends with its supervisor, also when that is killed with SIGKILL, and so does its door to the database", async () => {
    const [{ pid }, { pid: escaped }] = await Promise.all([ask(url), ask(`${url}/escape`)]);
    process.kill(supervisor().pid, "SIGKILL");
    await until(() => identify(pid) === null && identify(escaped) === null);
    url = await deploy(PROJECT, "dep_3", connection);
    expect((await sh("ls -A $DB_HOST/..")).output.trim().split("\n")).toHaveLength(1); // the dead one's is gone
  });

  function supervisor(): ProcessIdentity {
    const state = join(home.home, "deployments", PROJECT, "state.json");
    return (JSON.parse(readFileSync(state, "utf8")) as { supervisor: ProcessIdentity }).supervisor;
  }
});
