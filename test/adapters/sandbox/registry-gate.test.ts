// The gate to the npm registry, with clients that want to go elsewhere.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer, request } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isReachable } from "../../../src/adapters/sandbox/registry/public-address.ts";
import { openRegistryGate, type RegistryGate } from "../../../src/adapters/sandbox/registry/registry-gate.ts";
import { readServerName } from "../../../src/adapters/sandbox/registry/server-name.ts";

let folder: string;
let gate: RegistryGate | undefined;
const servers: Server[] = [];
/** What servers of this machine were sent. */
let heard: Buffer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-registry-"));
  heard = [];
});
afterEach(async () => {
  await gate?.close();
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(registry: string | null, resolve: (host: string) => string[] = () => []): Promise<void> {
  gate = await openRegistryGate({
    socketPath: join(folder, "npm.sock"),
    registry: async () => (registry === null ? null : new URL(registry)),
    resolve: async (host) => resolve(host),
  });
}

async function serve(server: Server): Promise<number> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A server that only listens to what it is told. */
function listener(): Promise<number> {
  return serve(createServer((socket) => void socket.on("data", (chunk) => heard.push(chunk)).on("error", () => {})));
}

/** Status and text that a request to go somewhere is answered with, and the connection. */
async function tunnelTo(target: string): Promise<{ status: number; socket: Socket }> {
  const asked = request({ socketPath: join(folder, "npm.sock"), method: "CONNECT", path: target });
  asked.end();
  const [response, socket] = (await once(asked, "connect")) as [{ statusCode: number }, Socket];
  socket.on("error", () => {});
  return { status: response.statusCode, socket };
}

/** What is sent first by a TLS client that asks for this server. */
async function helloFor(servername: string | undefined): Promise<Buffer> {
  const port = await listener();
  const client = connectTls({ port, host: "127.0.0.1", ...(servername && { servername }), rejectUnauthorized: false });
  client.on("error", () => {});
  while (heard.length === 0) await new Promise(setImmediate);
  client.destroy();
  const hello = Buffer.concat(heard);
  heard = [];
  return hello;
}

/** What the gate answers to a request for that address. */
async function get(url: string): Promise<{ status: number; body: string }> {
  const asked = request({ socketPath: join(folder, "npm.sock"), path: url });
  asked.end();
  const [response] = await once(asked, "response");
  return { status: response.statusCode, body: await text(response) };
}

/** However it ends. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

describe("a connection", () => {
  test("to the registry's host and port is let through, and what it carries is counted", async () => {
    const port = await listener();
    await open(`https://127.0.0.1:${port}/`);
    const { status, socket } = await tunnelTo(`127.0.0.1:${port}`);
    expect(status).toBe(200);
    const hello = await helloFor(undefined);
    socket.write(hello);
    while (Buffer.concat(heard).length < hello.length) await new Promise(setImmediate);
    expect(Buffer.concat(heard)).toEqual(hello);
    socket.destroy();
    const [note] = gate!.connections();
    expect(note).toEqual({ host: `127.0.0.1:${port}`, refused: null, sent: hello.length, received: 0 });
  });

  test.each([
    ["another host", "example.com:443"],
    ["another port of the host", "registry.test:22"],
    ["the host without a port", "registry.test"],
    ["the metadata address", "169.254.169.254:443"],
    ["this machine", "127.0.0.1:443"],
    ["a name that only begins the same", "registry.test.example.com:443"],
    ["a name that holds another", "registry.test@example.com:443"],
    ["the name with a dot at its end", "registry.test.:443"],
  ])("to %s is refused and written down", async (_, target) => {
    await open("https://registry.test/", () => ["93.184.216.34"]);
    const { status } = await tunnelTo(target);
    expect(status).toBe(403);
    expect(gate!.connections()).toEqual([
      { host: expect.any(String), refused: "only the npm registry can be reached", sent: 0, received: 0 },
    ]);
  });

  test("to anywhere is refused where no registry is known, whatever the tree names as one", async () => {
    await open(null, () => ["93.184.216.34"]);
    expect(await get("/registry")).toEqual({ status: 200, body: "" });
    expect((await tunnelTo("registry.test:443")).status).toBe(403);
    expect(gate!.connections()).toMatchObject([{ refused: "only the npm registry can be reached" }]);
  });

  test.each(["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])(
    "to a registry whose name leads to %s is refused, whatever it led to before (DNS rebinding)",
    async (address) => {
      const answers = [["93.184.216.34"], ["93.184.216.34", address]];
      await open("https://registry.test/", () => answers.shift()!);
      const first = await tunnelTo("registry.test:443");
      first.socket.destroy(); // was let through as far as it spoke
      const second = await tunnelTo("registry.test:443");
      expect(second.status).toBe(403);
      expect(gate!.connections().at(-1)).toMatchObject({
        refused: `registry.test leads to ${address}, which is not in the internet`,
      });
    },
  );

  test("that asks the registry's address for another server is refused before a byte reaches it", async () => {
    const port = await listener();
    await open(`https://localhost:${port}/`);
    for (const hello of [
      await helloFor("evil.example"),
      await helloFor(undefined),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    ]) {
      const { socket } = await tunnelTo(`localhost:${port}`);
      socket.write(hello);
      socket.resume();
      await closed(socket);
    }
    expect(heard).toEqual([]);
    expect(gate!.connections().map(({ refused }) => refused)).toEqual([
      "the connection is for another server",
      "the connection is for another server",
      "the connection is for no server at all",
    ]);
  });
});

describe("a registry without encryption", () => {
  test("is asked on the client's behalf; nothing else is", async () => {
    const server = createHttpServer((incoming, response) => response.end(`${incoming.headers.host} ${incoming.url}`));
    const [port, other] = [await serve(server), await listener()];
    await open(`http://127.0.0.1:${port}/npm/`);
    expect(await get(`http://127.0.0.1:${port}/npm/left?x=1`)).toEqual({
      status: 200,
      body: `127.0.0.1:${port} /npm/left?x=1`,
    });
    expect(await get(`http://127.0.0.1:${other}/`)).toMatchObject({ status: 403 });
    expect(await get("/etc/passwd")).toMatchObject({ status: 403 });
    expect(await get("ftp://127.0.0.1/")).toMatchObject({ status: 403 });
    expect(heard).toEqual([]);
    expect((await tunnelTo(`127.0.0.1:${port}`)).status).toBe(403); // it does not encrypt
    expect(gate!.connections().filter(({ refused }) => refused === null)).toEqual([
      { host: `127.0.0.1:${port}`, refused: null, sent: expect.any(Number), received: expect.any(Number) },
    ]);
  });

  test("tells its address to whoever asks for it", async () => {
    await open("http://127.0.0.1:9/npm/");
    expect(await get("/registry")).toEqual({ status: 200, body: "http://127.0.0.1:9/npm/" });
  });
});

test("closing ends what is under way, and nothing can be opened any more", async () => {
  const port = await listener();
  await open(`https://127.0.0.1:${port}/`);
  const { socket } = await tunnelTo(`127.0.0.1:${port}`);
  socket.write(await helloFor(undefined));
  socket.resume();
  const ended = closed(socket);
  await gate!.close();
  await ended;
  const again = connect(join(folder, "npm.sock"));
  await expect(once(again, "connect")).rejects.toMatchObject({ code: expect.stringMatching(/ENOENT|ECONNREFUSED/) });
});

describe("addresses", () => {
  test.each(["1.1.1.1", "93.184.216.34", "2606:4700::6810:22ca", "2a00:1450:4001::1"])("%s is public", (address) => {
    expect(isReachable(address, false)).toBe(true);
    expect(isReachable(address, true)).toBe(true);
  });
  test.each([
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.19.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:1.1.1.1",
    "::127.0.0.1",
    "64:ff9b::a00:1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001::1",
    "2002:7f00:1::",
    "2001:db8::1",
    "localhost",
    "",
    "1.1.1",
  ])("%s is not", (address) => {
    expect(isReachable(address, false)).toBe(false);
  });
  test("of a private network count where that is set; those of this machine and its link never do", () => {
    const inner = ["10.0.0.1", "192.168.1.1", "172.31.0.1", "100.64.0.1", "203.0.113.1", "fc00::1", "fd12:3456::1"];
    expect(inner.filter((address) => !isReachable(address, true))).toEqual([]);
    const never = [
      "127.0.0.1",
      "0.0.0.0",
      "169.254.169.254",
      "255.255.255.255",
      "::",
      "::1",
      "::ffff:10.0.0.1",
      "64:ff9b::a00:1",
    ];
    const link = ["fe80::1", "ff02::1", "2002:7f00:1::", "fd00:ec2::254", "localhost", ""];
    expect([...never, ...link].filter((address) => isReachable(address, true))).toEqual([]);
  });
});

describe("the first message of a TLS client", () => {
  test("is read whole or not at all, wherever it is cut", async () => {
    const hello = await helloFor("registry.test");
    for (let length = 0; length < hello.length; length++) {
      expect(readServerName(hello.subarray(0, length))).toEqual({ kind: "incomplete" });
    }
    expect(readServerName(hello)).toEqual({ kind: "name", name: "registry.test" });
    expect(readServerName(await helloFor(undefined))).toEqual({ kind: "name", name: null });
  });

  test("is read without an exception whatever is wrong with it", async () => {
    const hello = await helloFor("registry.test");
    for (let at = 0; at < hello.length; at++) {
      const bent = Buffer.from(hello);
      bent[at] = bent[at]! ^ 0xff;
      expect(["incomplete", "malformed", "name"]).toContain(readServerName(bent).kind);
    }
    expect(readServerName(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toEqual({ kind: "malformed" });
  });
});
