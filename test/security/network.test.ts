// Hostile code has no network: not this machine's services, not its neighbours, not the internet.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeIsolated, hostileWorld, type HostileWorld } from "./world.ts";

describeIsolated("network", () => {
  let world: HostileWorld;
  const servers: Server[] = [];
  let reached = 0;

  async function serve(where: { port: number; host: string } | { path: string }): Promise<Server> {
    const server = createServer((socket) => {
      reached++;
      socket.end("secret of this machine");
    });
    server.listen(where);
    await once(server, "listening");
    servers.push(server);
    return server;
  }

  /** What became of a connection tried inside. */
  async function tryConnect(options: object): Promise<string> {
    const { stdout } = await world.node(
      `import { connect } from "node:net";
       const socket = connect(${JSON.stringify({ timeout: 3000, ...options })});
       socket.on("connect", () => { console.log("connected"); process.exit(); });
       socket.on("error", (error) => { console.log(error.code); process.exit(); });
       socket.on("timeout", () => { console.log("timeout"); process.exit(); });`,
    );
    return stdout.trim();
  }

  beforeAll(async () => {
    world = await hostileWorld();
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await world.remove();
  });

  test("there is no interface but its own loopback", async () => {
    const { stdout } = await world.node(
      `import { networkInterfaces } from "node:os"; console.log(JSON.stringify(Object.keys(networkInterfaces())))`,
    );
    expect(JSON.parse(stdout)).toEqual(["lo"]);
    expect((await world.sh("tail -n +2 /proc/net/route")).stdout).toBe("");
  });

  test("the cloud's metadata address cannot be reached", async () => {
    expect(await tryConnect({ host: "169.254.169.254", port: 80 })).toBe("ENETUNREACH");
    expect(await tryConnect({ host: "fd00:ec2::254", port: 80 })).toMatch(/ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT/);
  });

  test("a service on this machine's loopback cannot be reached", async () => {
    const server = await serve({ host: "127.0.0.1", port: 0 });
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1"); // it is there
    await once(socket, "data");
    socket.destroy();
    const before = reached;
    expect(await tryConnect({ host: "127.0.0.1", port })).toBe("ECONNREFUSED");
    expect(await tryConnect({ host: "localhost", port })).toBe("ECONNREFUSED");
    expect(reached).toBe(before);
  });

  test("no address of the private networks or of the internet can be reached", async () => {
    for (const host of ["10.0.0.1", "172.17.0.1", "192.168.1.1", "1.1.1.1"]) {
      expect(await tryConnect({ host, port: 443 })).toBe("ENETUNREACH");
    }
  });

  test("names are not resolved", async () => {
    const { stdout } = await world.node(
      `import { lookup, resolve4 } from "node:dns/promises";
       for (const ask of [() => lookup("example.com"), () => resolve4("example.com")])
         await ask().then(() => console.log("resolved"), (error) => console.log(error.code));`,
    );
    expect(stdout).not.toContain("resolved");
  });

  test("a datagram goes nowhere", async () => {
    const socket = createSocket("udp4");
    let heard = 0;
    socket.on("message", () => heard++);
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    const { stdout } = await world.node(
      `import { createSocket } from "node:dgram";
       const socket = createSocket("udp4");
       const send = (host, port) => new Promise((done) => socket.send("x", port, host, (error) => done(error?.code ?? "sent")));
       console.log(await send("169.254.169.254", 53), await send("127.0.0.1", ${port}));
       socket.close();`,
    );
    expect(stdout).toMatch(/^ENETUNREACH /);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(heard).toBe(0);
    socket.close();
  });

  test("an abstract Unix socket of this machine cannot be reached", async () => {
    const path = `\0tb-security-${process.pid}`;
    await serve({ path });
    const socket = connect(path);
    await once(socket, "data");
    socket.destroy();
    expect(await tryConnect({ path })).toBe("ECONNREFUSED");
  });

  test("a Unix socket of this machine cannot be reached", async () => {
    const path = join(world.config.home, "service.sock");
    await serve({ path });
    expect(await tryConnect({ path })).toBe("ENOENT");
    expect(await tryConnect({ path: "/var/run/docker.sock" })).toBe("ENOENT");
  });

  test("no raw packet can be sent", async () => {
    const { stdout } = await world.sh(`perl -e 'use Socket; print socket(S, PF_INET, SOCK_RAW, 1) ? "raw" : "no: $!"'`);
    expect(stdout).toMatch(/^no:/);
    const packet = await world.sh(`perl -e 'use Socket; print socket(S, 17, SOCK_RAW, 768) ? "raw" : "no: $!"'`);
    expect(packet.stdout).toMatch(/^no:/);
  });

  test("its own loopback works: tests of a project may listen there", async () => {
    const { stdout } = await world.node(
      `import { createServer } from "node:http";
       const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1", async () => {
         const answer = await fetch("http://127.0.0.1:" + server.address().port);
         console.log(await answer.text());
         process.exit();
       });`,
    );
    expect(stdout).toBe("hello\n");
  });
});
