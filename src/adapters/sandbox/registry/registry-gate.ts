// A door to the npm registry for one command: an HTTP proxy on a Unix socket that lets through what goes to the registry's own
// host and port. It resolves the name itself, so what is inside neither needs a resolver nor can talk one into anything.
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { pipeline, type Duplex } from "node:stream";
import type { RegistryConnection } from "../sandbox.ts";
import { isReachable } from "./public-address.ts";
import { readServerName } from "./server-name.ts";

/** Connections at once; npm opens fifteen. */
const MOST = 64;
/** Connections of one command. */
const MOST_ALTOGETHER = 5000;
/** Milliseconds without a byte. */
const IDLE = 120_000;
const CONNECTS_WITHIN = 15_000;
const SPEAKS_WITHIN = 10_000;

export interface RegistryGateOptions {
  socketPath: string;
  /** The only host that is let through; asked for at the first request. */
  registry: () => Promise<URL | null>;
  /** Told at the first request, before it is answered. */
  onFirst?: () => void;
  /** Whether the registry may be in a private network. */
  inner?: boolean;
  /** Addresses of a name. */
  resolve?: (host: string) => Promise<string[]>;
}

export interface RegistryGate {
  /** Every connection that was asked for, in order. */
  connections(): RegistryConnection[];
  close(): Promise<void>;
}

/** What hosts are called; an address of IPv6 stands in brackets. */
const NAME = /^([a-z0-9.-]+|\[[0-9a-f:]+\])$/;
const ONLY = "only the npm registry can be reached";

/** Its message is told to whoever asked. */
class Refusal extends Error {}

interface Target {
  host: string;
  port: number;
  protocol: "http:" | "https:";
}

interface Noted extends RegistryConnection {
  socket?: Socket;
}

export async function openRegistryGate(options: RegistryGateOptions): Promise<RegistryGate> {
  const { socketPath, inner = false, resolve = addressesOf } = options;
  const noted: Noted[] = [];
  let registry: Promise<URL | null> | undefined;

  function theRegistry(): Promise<URL | null> {
    if (!registry) options.onFirst?.();
    return (registry ??= options.registry());
  }

  /** A connection to the registry, once `judge` lets it through. Throws a refusal for anything else. */
  async function reach({ host, port, protocol }: Target, judge?: () => Promise<void>): Promise<Socket> {
    if (noted.length >= MOST_ALTOGETHER) throw new Refusal("these were too many connections");
    const named = NAME.test(host);
    const note: Noted = { host: named ? `${host}:${port}` : "(no host name)", refused: null, sent: 0, received: 0 };
    noted.push(note);
    try {
      const allowed = named ? await theRegistry() : null;
      if (!allowed || !isRegistry(allowed, { host, port, protocol })) throw new Refusal(ONLY);
      const address = await addressFor(host, inner, resolve);
      await judge?.();
      return (note.socket = await connectTo(address, port));
    } catch (error) {
      note.refused = error instanceof Refusal ? error.message : `it cannot be reached (${reasonOf(error)})`;
      throw error;
    }
  }

  const clients = new Set<Socket>();
  const server = createServer((request, response) => void answer(request, response));
  server.maxConnections = MOST;
  server.on("connection", (client: Socket) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
  });
  server.on("connect", (request, client: Duplex, head: Buffer) => void tunnel(request, client, head));
  server.on("upgrade", (_, client: Duplex) => client.destroy());

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.url === "/registry") return void response.end((await theRegistry())?.href ?? "");
      const url = new URL(URL.canParse(request.url ?? "") ? request.url! : "none:");
      const host = url.protocol === "http:" ? url.hostname : "";
      forward(request, response, url, await reach({ host, port: Number(url.port || 80), protocol: "http:" }));
    } catch (error) {
      response.writeHead(statusOf(error), { Connection: "close" }).end(`${reasonOf(error)}\n`);
    }
  }

  async function tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on("error", () => client.destroy());
    const [, name = "", port = "0"] = /^(.+):(\d{1,5})$/.exec(request.url ?? "") ?? [];
    const host = name.slice(0, 255).toLowerCase();
    let hello = head;
    try {
      const upstream = await reach({ host, port: Number(port), protocol: "https:" }, async () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n"); // or the client would not say more
        hello = await firstMessage(client, head, host);
      });
      upstream.write(hello);
      pipeline(client, upstream, client, () => upstream.destroy());
    } catch (error) {
      client.end(`HTTP/1.1 ${statusOf(error)} ${reasonOf(error)}\r\nContent-Length: 0\r\n\r\n`); // npm shows the reason
    }
  }

  server.listen(socketPath);
  await once(server, "listening");
  server.unref();
  return {
    connections: () => noted.map(measured),
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of [...clients, ...noted.map(({ socket }) => socket)]) socket?.destroy();
      await closed;
    },
  };
}

function isRegistry(registry: URL, { host, port, protocol }: Target): boolean {
  const wanted = Number(registry.port || (registry.protocol === "https:" ? 443 : 80));
  return registry.protocol === protocol && registry.hostname.toLowerCase() === host && wanted === port;
}

/** A name that leads to this machine leads nowhere: whoever has such a registry sets its address. */
async function addressFor(host: string, inner: boolean, resolve: (host: string) => Promise<string[]>): Promise<string> {
  const literal = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(literal) !== 0) return literal;
  if (host === "localhost") return "127.0.0.1";
  const addresses = await resolve(host);
  const wrong = addresses.find((address) => !isReachable(address, inner));
  if (wrong !== undefined) throw new Refusal(`${host} leads to ${wrong}, which is not in the internet`);
  if (addresses[0] === undefined) throw new Error("it has no address");
  return addresses[0];
}

/** What a client of TLS says first, once it asks for this very host: behind one address there may be many. */
function firstMessage(client: Duplex, head: Buffer, host: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = head;
    const timer = setTimeout(() => reject(new Error("it said nothing")), SPEAKS_WITHIN);
    function judge(): void {
      const found = readServerName(bytes);
      if (found.kind === "incomplete") return;
      clearTimeout(timer);
      client.off("data", read);
      client.pause();
      if (found.kind === "name" && found.name === (isIP(host) === 0 ? host : null)) resolve(bytes);
      else
        reject(new Refusal(`the connection is for ${found.kind === "name" ? "another server" : "no server at all"}`));
    }
    function read(chunk: Buffer): void {
      bytes = Buffer.concat([bytes, chunk]);
      judge();
    }
    client.on("data", read);
    client.on("close", () => reject(new Error("it went away")));
    judge();
  });
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

async function connectTo(address: string, port: number): Promise<Socket> {
  const socket = connect({ host: address, port, noDelay: true });
  socket.on("error", () => socket.destroy());
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECTS_WITHIN) });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket.setTimeout(IDLE, () => socket.destroy());
}

/** A registry without encryption is asked on behalf of the client, over the connection that was judged. */
function forward(request: IncomingMessage, response: ServerResponse, url: URL, socket: Socket): void {
  const { "proxy-authorization": _, "proxy-connection": __, ...headers } = request.headers;
  const upstream = httpRequest({
    createConnection: () => socket,
    method: request.method,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, connection: "close" },
  });
  upstream.on("response", (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, incoming.headers);
    pipeline(incoming, response, () => socket.destroy());
  });
  pipeline(request, upstream, (error) => {
    if (error) response.destroy();
  });
}

function measured({ host, refused, socket }: Noted): RegistryConnection {
  return { host, refused, sent: socket?.bytesWritten ?? 0, received: socket?.bytesRead ?? 0 };
}

function statusOf(error: unknown): number {
  return error instanceof Refusal ? 403 : 502;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" && error.name !== "AbortError" ? error.code : error.message;
}
