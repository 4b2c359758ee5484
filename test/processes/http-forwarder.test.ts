import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHttpForwarder, type HttpForwarder } from "../../src/processes/http-forwarder.ts";

let folder: string;
let target: string | null;
let forwarder: HttpForwarder;
let port: number;
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-forward-"));
  target = null;
  forwarder = createHttpForwarder(() => target);
  await once(forwarder.server.listen(0, "127.0.0.1"), "listening");
  port = (forwarder.server.address() as AddressInfo).port; // oxlint-disable-line typescript/no-unsafe-type-assertion -- a TCP server has one
});

afterEach(async () => {
  for (const server of [forwarder.server, ...servers.splice(0)]) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

test("method, path, headers and bodies pass unchanged in both directions", async () => {
  const seen: IncomingMessage[] = [];
  target = await serve("app", (incoming, response) => {
    seen.push(incoming);
    response.sendDate = false;
    response.writeHead(207, "Quite Multi", ["Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-Mixed-Case", "é"]);
    incoming.pipe(response);
  });
  const answer = await call(
    { method: "PATCH", path: "/a%20b?q=%F0&x[]=1", headers: ["Host", "shop.example", "X-Twice", "1", "X-Twice", "2"] },
    "body",
  );
  expect(answer.body).toBe("body");
  expect([answer.statusCode, answer.statusMessage]).toEqual([207, "Quite Multi"]);
  expect(answer.rawHeaders).toEqual(expect.arrayContaining(["Set-Cookie", "a=1", "b=2", "X-Mixed-Case", "é"]));
  expect(answer.rawHeaders).not.toContain("Date");
  expect([seen[0]?.method, seen[0]?.url]).toEqual(["PATCH", "/a%20b?q=%F0&x[]=1"]);
  expect(seen[0]?.headers.host).toBe("shop.example");
  expect(seen[0]?.headersDistinct["x-twice"]).toEqual(["1", "2"]);
});

test("a body that the application refuses to read does not spoil the client's connection", async () => {
  target = await serve("app", (incoming, response) => {
    if (incoming.method === "POST") response.writeHead(413).end("too large");
    else response.end("fine");
  });
  let connections = 0;
  forwarder.server.on("connection", () => connections++);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    expect((await call({ method: "POST", path: "/", agent }, "x".repeat(5_000_000))).statusCode).toBe(413);
    expect((await call({ path: "/", agent })).body).toBe("fine");
    expect(connections).toBe(1);
  } finally {
    agent.destroy();
  }
});

test("answers without a body keep their length: HEAD, 204, 304", async () => {
  target = await serve("app", (incoming, response) => {
    if (incoming.method === "HEAD") response.writeHead(200, { "Content-Length": "12345" }).end();
    else response.writeHead(Number(incoming.url?.slice(1))).end();
  });
  const head = await call({ method: "HEAD", path: "/" });
  expect([head.statusCode, head.headers["content-length"], head.body]).toEqual([200, "12345", ""]);
  for (const status of [204, 304])
    expect(await call({ path: `/${status}` })).toMatchObject({ statusCode: status, body: "" });
});

test("an answer is passed on while it is still being written", async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<ServerResponse>();
  target = await serve("app", (_, response) => {
    response.write("first");
    arrive(response);
  });
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe("first");
  (await arrived).end("last");
  expect((await reader.read()).value).toBe("last");
});

test("a refusal of a large body arrives although the body was not read", async () => {
  target = await serve("app", (_, response) => void response.writeHead(413).end("too large"));
  for (let i = 0; i < 5; i++) {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: Buffer.alloc(5_000_000) });
    expect([response.status, await response.text()]).toEqual([413, "too large"]);
  }
});

test("a client that goes away ends the request behind too", async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<ServerResponse>();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  target = await serve("app", (_, response) => arrive(response));
  const controller = new AbortController();
  const waiting = fetch(`http://127.0.0.1:${port}/`, { signal: controller.signal });
  const rejected = expect(waiting).rejects.toThrow();
  (await arrived).once("close", resolve);
  controller.abort();
  await rejected;
  await closed;
});

test("while nothing serves every request is answered with 503 and when to try again", async () => {
  for (const socket of [null, join(folder, "absent.sock")]) {
    target = socket;
    const answer = await call({ method: "POST", path: "/" }, "body");
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "1"]);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 503,
      detail: "The application is starting. Try again shortly.",
    });
  }
});

test("a server that ends without answering is 503 for what may be repeated and 502 for what may not", async () => {
  target = await serve("app", (incoming) => void incoming.socket.destroy());
  expect((await call({ path: "/" })).statusCode).toBe(503);
  expect((await call({ method: "POST", path: "/" }, "x")).statusCode).toBe(502);
});

test("a WebSocket handshake and its bytes pass both ways", async () => {
  const app = createServer();
  app.on("upgrade", (incoming, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${incoming.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  target = await listen(app, "app");
  const client = connect(port, "127.0.0.1");
  client.setEncoding("utf8");
  client.write("GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  expect((await once(client, "data"))[0]).toContain("101 Switching Protocols\r\nUpgrade: websocket");
  client.write("ping");
  expect((await once(client, "data"))[0]).toBe("ping");
  client.destroy();
});

test("draining waits for the requests of that server only, and not longer than asked", async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
  const old = await serve("old", (_, response) => arrive(() => response.end("old")));
  target = old;
  const waiting = fetch(`http://127.0.0.1:${port}/`);
  const finish = await arrived;
  target = await serve("new", (_, response) => void response.end("new"));
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("new");
  await forwarder.drained(target, 60_000);
  let drained = false;
  const draining = forwarder.drained(old, 60_000).then(() => (drained = true));
  await forwarder.drained(old, 50); // ends by its limit
  expect(drained).toBe(false);
  finish();
  await draining;
  expect(await (await waiting).text()).toBe("old");
});

function serve(name: string, handler: Parameters<typeof createServer>[1] & {}): Promise<string> {
  return listen(createServer(handler), name);
}

async function listen(server: Server, name: string): Promise<string> {
  const path = join(folder, `${name}.sock`);
  servers.push(server);
  await once(server.listen(path), "listening");
  return path;
}

type Answer = IncomingMessage & { body: string };

function call(
  options: { method?: string; path: string; headers?: string[]; agent?: Agent },
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = options.headers ?? ["Host", "localhost"];
    const sent = request({ agent: false, ...options, port, host: "127.0.0.1", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve(Object.assign(response, { body: text })));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
